//! What reports print about a figure, as they print it: "tăng 4,32%; xếp thứ 02/12; tăng 01 bậc".

use crate::domain::points::Points;

/// One statement of a printed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// `57,04 + 8,19 + 18,34`: what the total is made of.
    Parts(Vec<Points>),
    /// `printed 86,89 and 86,76`, `công bố 86,89`: totals as printed.
    Totals(Vec<Points>),
    /// `68,32 points of an applicable maximum of 84`, `68,32/84 điểm`.
    PointsOf {
        /// Points.
        points: Points,
        /// The maximum that applies.
        max: Points,
    },
    /// `xếp thứ 02/12`, `1/22`.
    RankOf {
        /// The rank.
        rank: u32,
        /// Of how many.
        of: u32,
    },
    /// `tăng 01 bậc` is 1, `giảm 05 bậc` is −5, `giữ nguyên` is 0.
    Places(i32),
    /// `tăng 4,32%`, `+4,30`; negative for a fall.
    Change(Points),
    /// A statement in none of these forms. It is shown, so that nobody takes it for checked.
    NotUnderstood(String),
}

impl Claim {
    /// Reads a printed text, statement by statement; they are separated by semicolons.
    #[must_use]
    pub fn read(text: &str) -> Vec<Self> {
        text.split(';').map(str::trim).filter(|part| !part.is_empty()).flat_map(Self::of_statement).collect()
    }

    /// The rank, if the statement gives one.
    #[must_use]
    pub fn rank(&self) -> Option<u32> {
        if let Self::RankOf { rank, .. } = self { Some(*rank) } else { None }
    }

    /// The totals, if the statement gives some.
    #[must_use]
    pub fn totals(&self) -> Option<&Vec<Points>> {
        if let Self::Totals(totals) = self { Some(totals) } else { None }
    }

    fn of_statement(statement: &str) -> Vec<Self> {
        let lower = statement.to_lowercase();
        if let Some((parts, total)) = lower.split_once('=')
            && let (Some(parts), Ok(total)) = (parts_in(parts), Points::parse(total.trim().trim_end_matches('%')))
        {
            return vec![parts, Self::Totals(vec![total])];
        }
        let claim = parts_in(&lower)
            .or_else(|| totals_in(&lower))
            .or_else(|| points_of_in(&lower))
            .or_else(|| rank_in(&lower))
            .or_else(|| move_in(&lower));
        vec![claim.unwrap_or_else(|| Self::NotUnderstood(statement.to_owned()))]
    }
}

fn parts_in(text: &str) -> Option<Claim> {
    let parts: Option<Vec<Points>> = text.split('+').map(|part| Points::parse(part).ok()).collect();
    parts.filter(|parts| parts.len() > 1).map(Claim::Parts)
}

fn totals_in(text: &str) -> Option<Claim> {
    let list = ["printed ", "published ", "công bố "].iter().find_map(|word| text.strip_prefix(word))?;
    let list = list.replace(" and ", "|").replace(" và ", "|");
    let totals: Option<Vec<Points>> =
        list.split('|').map(|part| Points::parse(part.trim().trim_end_matches('%')).ok()).collect();
    totals.map(Claim::Totals)
}

fn points_of_in(text: &str) -> Option<Claim> {
    if !(text.contains("points of") || text.contains("điểm")) {
        return None;
    }
    let numbers: Vec<Points> = text
        .split(|c: char| !(c.is_ascii_digit() || matches!(c, ',' | '.')))
        .filter_map(|part| Points::parse(part).ok())
        .collect();
    match numbers.as_slice() {
        [points, max] => Some(Claim::PointsOf { points: *points, max: *max }),
        _ => None,
    }
}

fn rank_in(text: &str) -> Option<Claim> {
    let words = ["xếp thứ", "xếp hạng", "thứ hạng", "hạng", "thứ", "rank"];
    let text = words.iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text);
    let (rank, of) = text.trim().split_once('/')?;
    Some(Claim::RankOf { rank: rank.trim().parse().ok()?, of: of.trim().parse().ok()? })
}

fn move_in(text: &str) -> Option<Claim> {
    if text.starts_with("giữ nguyên") || text == "unchanged" {
        return Some(Claim::Places(0));
    }
    let rises = ["tăng", "up", "+"].iter().find_map(|word| text.strip_prefix(word)).map(|rest| (rest, 1));
    let falls =
        ["giảm", "down", "-", "\u{2212}"].iter().find_map(|word| text.strip_prefix(word)).map(|rest| (rest, -1));
    let (rest, sign) = rises.or(falls)?;
    let rest = rest.trim();
    let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ',' | '.'))).unwrap_or(rest.len());
    let (number, unit) = rest.split_at_checked(end)?;
    let unit = unit.trim();
    if unit.starts_with("bậc") || unit.starts_with("place") {
        return Some(Claim::Places(sign * number.parse::<u16>().ok().map(i32::from)?));
    }
    let is_value = unit.is_empty() || unit.starts_with('%') || unit.starts_with("điểm") || unit.starts_with("point");
    let change = Points::parse(number).ok().filter(|_| is_value)?;
    Some(Claim::Change(if sign < 0 { Points::ZERO - change } else { change }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(text: &str) -> Points {
        Points::parse(text).unwrap()
    }

    #[test]
    fn statements_are_read_as_printed() {
        let claims = Claim::read("tăng 4,32%; xếp thứ 02/12; tăng 01 bậc");
        let expected = [Claim::Change(points("4.32")), Claim::RankOf { rank: 2, of: 12 }, Claim::Places(1)];
        assert_eq!(claims, expected);
        assert_eq!(Claim::read("giảm 7,86%; giảm 05 bậc"), [Claim::Change(points("-7.86")), Claim::Places(-5)]);
        assert_eq!(Claim::read("+4,30"), [Claim::Change(points("4.3"))]);
        assert_eq!(Claim::read("\u{2212}1.5; giữ nguyên"), [Claim::Change(points("-1.5")), Claim::Places(0)]);
        assert_eq!(Claim::read("1/22"), [Claim::RankOf { rank: 1, of: 22 }]);
        assert_eq!(Claim::read(" ; "), []);
    }

    #[test]
    fn sums_and_shares_are_read_as_printed() {
        let parts = Claim::Parts(vec![points("57.04"), points("8.19")]);
        let totals = Claim::Totals(vec![points("86.89"), points("86.76")]);
        assert_eq!(Claim::read("57,04 + 8,19; printed 86,89 and 86,76"), [parts.clone(), totals]);
        assert_eq!(Claim::read("57,04 + 8,19 = 65,23"), [parts, Claim::Totals(vec![points("65.23")])]);
        let share = Claim::PointsOf { points: points("68.32"), max: points("84") };
        assert_eq!(Claim::read("68,32 points of an applicable maximum of 84"), std::slice::from_ref(&share));
        assert_eq!(Claim::read("68,32/84 điểm"), [share]);
    }

    #[test]
    fn what_is_not_understood_is_kept_and_shown() {
        for text in ["đứng đầu cả nước", "tăng vọt", "tăng 2 đơn vị", "2/", "giảm 99999999 bậc"]
        {
            assert_eq!(Claim::read(text), [Claim::NotUnderstood(text.to_owned())]);
        }
    }
}
