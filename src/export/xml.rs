//! Text in the place of markup, for XML and HTML.

/// A text as the content of an element or of an attribute between double quotes. Characters that XML cannot hold become `�`.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => plain.push_str("&amp;"),
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '"' => plain.push_str("&quot;"),
            // An XML reader would make a line end of it.
            '\r' => plain.push_str("&#13;"),
            '\t' | '\n' => plain.push(c),
            c if c.is_ascii_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                plain.push(char::REPLACEMENT_CHARACTER)
            }
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_only_text() {
        assert_eq!(plain("<a b=\"1\">&amp;\r\n"), "&lt;a b=&quot;1&quot;&gt;&amp;amp;&#13;\n");
        assert_eq!(plain("a\0b\u{1b}c\u{ffff}d\te"), "a\u{fffd}b\u{fffd}c\u{fffd}d\te");
        assert_eq!(plain("Nghê\u{323} An 👍"), "Nghê\u{323} An 👍");
    }
}
