//! Labels in the room a format has for them. Cut ones end with `…`; the codebook has them whole.

use unicode_width::UnicodeWidthChar as _;

/// What shows that a label goes on.
const ELLIPSIS: char = '…';
/// Joins two signs into one.
const JOINER: char = '\u{200d}';

/// A label of at most so many bytes.
pub(super) fn in_bytes(label: &str, room: usize) -> String {
    cut(label, room, char::len_utf8)
}

/// A label of at most so many characters, as Unicode counts them.
pub(super) fn in_characters(label: &str, room: usize) -> String {
    cut(label, room, |_| 1)
}

/// Line by line, each of at most so many bytes, broken between words where that is possible.
pub(super) fn lines(text: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in plain(text).split_whitespace() {
        match lines.last_mut().filter(|line| line.len() + 1 + word.len() <= room) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(in_bytes(word, room)),
        }
    }
    lines
}

/// Control characters, line ends too, become blanks: a label is one line.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Cuts between signs as people see them: a letter keeps its marks, a joined emoji stays whole.
fn cut(label: &str, room: usize, size: impl Fn(char) -> usize) -> String {
    let label = plain(label);
    if label.chars().map(&size).sum::<usize>() <= room {
        return label;
    }
    let room = room.saturating_sub(size(ELLIPSIS));
    let (mut end, mut used, mut before) = (0, 0, None);
    for (place, c) in label.char_indices() {
        if !continues(before, c) {
            end = place;
        }
        used += size(c);
        if used > room {
            break;
        }
        before = Some(c);
    }
    let kept = label.get(..end).unwrap_or_default();
    format!("{}{ELLIPSIS}", kept.trim_end())
}

/// Whether a character belongs to the sign before it.
fn continues(before: Option<char>, c: char) -> bool {
    before == Some(JOINER) || c.width() == Some(0) || ('\u{1f3fb}'..='\u{1f3ff}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_cut_between_signs() {
        assert_eq!(in_bytes("Rất hài lòng", 16), "Rất hài lòng");
        assert_eq!(in_bytes("Rất hài lòng", 15), "Rất hài l…");
        assert_eq!(in_bytes("Rất hài lòng", 13), "Rất hài…", "no blank before the ellipsis");
        assert_eq!(in_characters("Rất hài lòng", 12), "Rất hài lòng");
        assert_eq!(in_characters("Rất hài lòng", 11), "Rất hài lò…");
        assert_eq!(in_bytes("", 0), "");
    }

    #[test]
    fn letters_keep_their_marks_and_joined_signs_stay_whole() {
        let decomposed = "Nghe\u{323}\u{302} An";
        assert_eq!(in_characters(decomposed, 6), "Ngh…", "not a bare e, nor one with half of its marks");
        assert_eq!(in_characters(decomposed, 8), "Nghe\u{323}\u{302}…");
        let family = "ab👩\u{200d}👩\u{200d}👧cd";
        assert_eq!(in_characters(family, 6), "ab…");
        assert_eq!(in_characters("👍\u{1f3fd}ok", 2), "…");
        for room in 3..40 {
            assert!(in_bytes(family, room).len() <= room && in_bytes(decomposed, room).len() <= room);
        }
    }

    #[test]
    fn a_label_is_one_line() {
        assert_eq!(in_bytes("a\r\nb\tc\0", 80), "a  b c ");
    }

    #[test]
    fn notes_are_broken_between_words() {
        assert_eq!(lines("Ô ít hơn năm phiếu\nbị ẩn", 17), ["Ô ít hơn năm", "phiếu bị ẩn"]);
        assert_eq!(lines(&"x".repeat(9), 8), ["xxxxx…"]);
        assert!(lines(" ", 8).is_empty());
    }
}
