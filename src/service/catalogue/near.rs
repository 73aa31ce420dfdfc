//! "Did you mean": the known word nearest to one that is not known.

/// The nearest of the known words, if it is near enough to be a slip of the keyboard: one change for every three
/// characters, and always one if something of the word is left.
pub(super) fn nearest<'k>(typed: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let allowed = (typed.chars().count() / 3).max(1);
    let distances = known.into_iter().map(|word| (distance(typed, word), word));
    let is_slip = |distance: usize| distance <= allowed && distance < typed.chars().count();
    distances.filter(|(distance, _)| is_slip(*distance)).min_by_key(|(distance, _)| *distance).map(|(_, word)| word)
}

/// ` (did you mean …?)`, or nothing when no known word is near.
pub(super) fn hint<'k>(typed: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    nearest(typed, known).map_or_else(String::new, |word| format!(" (did you mean {word}?)"))
}

/// How many characters must be put in, taken out, replaced or swapped with their neighbour to turn one word into the
/// other (optimal string alignment). Letters of both cases count as the same.
fn distance(left: &str, right: &str) -> usize {
    let lower = |text: &str| text.to_lowercase().chars().collect::<Vec<char>>();
    let (left, right) = (lower(left), lower(right));
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    let mut left_before = None;
    for (i, &l) in left.iter().enumerate() {
        let mut next = vec![i + 1];
        let mut right_before = None;
        for ((j, &r), pair) in right.iter().enumerate().zip(row.windows(2)) {
            let &[diagonal, above] = pair else { continue };
            let replaced = diagonal + usize::from(l != r);
            let beside = next.last().copied().unwrap_or(i + 1);
            let mut least = replaced.min(above + 1).min(beside + 1);
            if Some(l) == right_before && Some(r) == left_before {
                let swapped = j.checked_sub(1).and_then(|column| before.get(column)).map_or(least, |cost| cost + 1);
                least = least.min(swapped);
            }
            next.push(least);
            right_before = Some(r);
        }
        before = std::mem::replace(&mut row, next);
        left_before = Some(l);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_single_slips() {
        for (left, right, expected) in
            [("", "abc", 3), ("abc", "", 3), ("item", "itme", 1), ("kind", "kinds", 1), ("kitten", "sitting", 3)]
        {
            assert_eq!(distance(left, right), expected, "{left} {right}");
        }
        assert_eq!(distance("Điểm", "điểm"), 0);
    }

    #[test]
    fn only_near_words_are_offered() {
        let known = ["element", "required", "kind"];
        assert_eq!(hint("elemnet", known), " (did you mean element?)");
        assert_eq!(hint("colour", known), "");
        assert_eq!(hint("j", ["i"]), "");
    }
}
