//! An A4 page: its size, its letters, and text that is only text.

/// Width and height in millimetres, which are the units of everything on the page.
pub(super) const WIDTH: f64 = 210.0;
pub(super) const HEIGHT: f64 = 297.0;

/// A page around its content.
pub(super) fn a4(title: &str, content: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}mm\" height=\"{HEIGHT}mm\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"Noto Sans, Segoe UI, Roboto, DejaVu Sans, sans-serif\" fill=\"#16242b\"><title>{}</title>\
         <style>.qr{{fill:#000}} .cut{{fill:none;stroke:#9aa5a8;stroke-width:.2;stroke-dasharray:2 1.5}} .soft{{fill:#4a5a61}} \
         .code{{font-family:Noto Sans Mono,DejaVu Sans Mono,monospace;font-weight:700;letter-spacing:.05em}}</style>\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>{content}</svg>\n",
        plain(title)
    )
}

/// Text in the place of markup.
pub(in crate::report) fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// One line of text, its letters so high, from a place on its base line.
pub(super) fn text((x, y): (f64, f64), size: f64, more: &str, words: &str) -> String {
    format!("<text x=\"{x:.2}\" y=\"{y:.2}\" font-size=\"{size:.2}\" {more}>{}</text>", plain(words))
}

/// Room for a paragraph.
pub(super) struct Room<'a> {
    /// Where it begins; `more` says whether `left` is its edge or its middle.
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) wide: f64,
    pub(super) tall: f64,
    /// How high letters are where there is room enough.
    pub(super) size: f64,
    /// Attributes of the text.
    pub(super) more: &'a str,
}

/// Width of a letter in parts of its height, on the safe side for bold letters of the fonts above.
const LETTER: f64 = 0.58;
/// From line to line, in parts of the height of letters.
const LINE: f64 = 1.24;
/// The smallest letters, in parts of those wished for.
const SMALLEST: f64 = 0.55;

/// Words in their room, the letters smaller where they would not fit. Returns where the paragraph ends, too.
pub(super) fn paragraph(words: &str, room: &Room<'_>) -> (String, f64) {
    let sizes = std::iter::successors(Some(room.size), |size| Some(size * 0.95));
    let mut sizes = sizes.take_while(|size| *size > room.size * SMALLEST);
    let fits = |size: &f64| {
        let lines = lines(words, (room.wide / (size * LETTER)) as usize);
        lines.len() as f64 * size * LINE <= room.tall
    };
    let size = sizes.find(fits).unwrap_or(room.size * SMALLEST);
    let lines = whole(lines(words, (room.wide / (size * LETTER)) as usize), (room.tall / (size * LINE)) as usize);
    let base = |line: usize| room.top + size + line as f64 * size * LINE;
    let drawn = lines.iter().enumerate().map(|(line, words)| text((room.left, base(line)), size, room.more, words));
    (drawn.collect(), room.top + lines.len() as f64 * size * LINE)
}

/// Words in lines of so many letters; a longer word has a line of its own.
fn lines(words: &str, letters: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        match lines.last_mut().filter(|line| line.chars().count() + 1 + word.chars().count() <= letters) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// So many of the lines; if there are more, they are seen to be missing.
fn whole(mut lines: Vec<String>, most: usize) -> Vec<String> {
    if lines.len() > most {
        lines.truncate(most);
        lines.iter_mut().last().into_iter().for_each(|line| line.push('…'));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_smaller_before_any_is_left_out() {
        let room = Room { left: 0.0, top: 10.0, wide: 36.0, tall: 11.5, size: 3.0, more: "" };
        let drawn = |words: &str| paragraph(words, &room);
        let (short, bottom) = drawn("Một cửa & xã");
        assert!(short.contains("font-size=\"3.00\"") && short.contains(">Một cửa &amp; xã<"), "{short}");
        assert!((bottom - 10.0 - 3.0 * LINE).abs() < 1e-9);
        let name = "Bộ phận Tiếp nhận và Trả kết quả giải quyết thủ tục hành chính Ủy ban nhân dân phường Tân An";
        let (long, bottom) = drawn(name);
        assert!(long.contains(" An</text>") && !long.contains("font-size=\"3.00\"") && bottom <= 21.5, "{long}");
        let (cut, bottom) = drawn(&name.repeat(3));
        assert!(cut.ends_with("…</text>") && bottom <= 21.5, "{cut}");
        assert_eq!(drawn(""), (String::new(), 10.0));
    }
}
