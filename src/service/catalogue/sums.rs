//! Checks that the parts of a scheme add up to what it declares, and says which line is wrong when they do not.

use super::reader::{Findings, Mark, Marked};
use crate::domain::points::Points;

/// Points that are part of a sum.
#[derive(Debug, Clone)]
pub(super) struct Share {
    /// The code they belong to.
    pub(super) code: String,
    /// How many.
    pub(super) points: Points,
    /// Where they were written.
    pub(super) mark: Mark,
}

/// The parts of a sum, as far as they could be read.
#[derive(Debug, Default)]
pub(super) struct Parts {
    shares: Vec<Share>,
    incomplete: bool,
}

impl Parts {
    /// Adds a part; one that could not be read leaves the sum unknown.
    pub(super) fn push(&mut self, share: Option<Share>) {
        self.incomplete |= share.is_none();
        self.shares.extend(share);
    }

    /// The sum, if every part was read.
    pub(super) fn sum(&self) -> Option<Points> {
        (!self.incomplete).then(|| self.shares.iter().map(|share| share.points).sum())
    }

    /// Notes a fault if the parts do not add up to the declared points. `whole` says what they are: `the declared total`.
    ///
    /// One slip makes a sum wrong, so the fault stands at the number that is a slip for the one that would mend it (10.05
    /// for 10.5), be it declared or a part; if there is no such number, or no likeliest one, at the declared points.
    pub(super) fn check(&self, findings: &Findings<'_>, whole: &str, declared: &Marked<Points>) {
        let Some(sum) = self.sum().filter(|sum| *sum != declared.value) else { return };
        let off = if sum > declared.value {
            format!("{} too many", sum - declared.value)
        } else {
            format!("{} too few", declared.value - sum)
        };
        let gap = format!("{whole} is {}, but its parts sum to {sum}, {off}", declared.value);
        let declaration = Share { code: "declared".to_owned(), points: declared.value, mark: declared.mark };
        let missing = declared.value - sum;
        let mended = self.shares.iter().map(|share| (share, share.points + missing));
        let numbers: Vec<(&Share, Points)> = mended.chain([(&declaration, sum)]).collect();
        if let Some((Share { code, points, mark }, meant)) = likeliest_slip(&numbers) {
            findings.note(*mark, "sum", format!("{gap}; {code} {points} looks like a slip for {meant}"));
        } else {
            let parts: Vec<String> =
                self.shares.iter().map(|share| format!("{} {}", share.code, share.points)).collect();
            findings.note(declared.mark, "sum", format!("{gap}; correct it or one of {}", parts.join(", ")));
        }
    }
}

/// Of numbers as typed and as they would have to be: the one that is a slip and becomes the roundest, if it is alone in
/// that. Maxima are round; so 10.05 is rather a slip for 10.5 than 10.5 for 10.05.
fn likeliest_slip<'s>(numbers: &[(&'s Share, Points)]) -> Option<(&'s Share, Points)> {
    let slips = || numbers.iter().filter(|(share, meant)| is_slip(share.points, *meant));
    let gain = |(share, meant): &(&Share, Points)| n_decimals(share.points) - n_decimals(*meant);
    let best = slips().map(gain).max()?;
    let mut candidates = slips().filter(|slip| gain(slip) == best);
    candidates.next().filter(|_| candidates.next().is_none()).copied()
}

/// Whether two numbers have the same digits but for zeros, in any order: a moved comma, an extra zero, two digits swapped.
fn is_slip(typed: Points, meant: Points) -> bool {
    let digits = |points: Points| {
        let mut digits: Vec<char> = points.to_string().chars().filter(|c| *c != '0' && *c != '.').collect();
        digits.sort_unstable();
        digits
    };
    typed != meant && digits(typed) == digits(meant)
}

fn n_decimals(points: Points) -> i64 {
    let text = points.to_string();
    text.split_once('.').map_or(0, |(_, decimals)| i64::try_from(decimals.len()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_keep_their_digits() {
        let points = |text: &str| Points::parse(text).unwrap();
        assert!(is_slip(points("10.05"), points("10.5")));
        assert!(is_slip(points("1.25"), points("2.15")));
        assert!(is_slip(points("15"), points("1.5")));
        assert!(!is_slip(points("20.5"), points("20.95")));
        assert!(!is_slip(points("0.5"), points("-0.5")));
        assert!(!is_slip(points("0.5"), points("0.5")));
    }
}
