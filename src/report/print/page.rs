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
pub(super) fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Text of a size at a place; in the middle of it if so wished.
pub(super) fn text((x, y): (f64, f64), size: f64, more: &str, words: &str) -> String {
    format!("<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" {more}>{}</text>", plain(words))
}

/// Words in lines of so many letters at most; a longer word has a line of its own.
pub(super) fn lines(words: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        match lines.last_mut().filter(|line| line.chars().count() + 1 + word.chars().count() <= most) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}
