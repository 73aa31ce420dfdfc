//! A poster for a counter: one large QR, what it is for, and how long it takes.

use super::page::{WIDTH, a4, lines, text};
use super::qr::{self, NoQr};

/// What stands on the poster.
#[derive(Debug, Clone)]
pub struct Poster<'a> {
    /// The page of the desk, such as `https://khaosat.example.vn/s/D01-001`.
    pub address: &'a str,
    /// The desk's name.
    pub desk: &'a str,
    /// Heading and text, in Vietnamese and in English.
    pub words: [(&'a str, &'a str); 2],
}

/// The page.
///
/// # Errors
/// [`NoQr`] when the address is too long.
pub fn poster(poster: &Poster<'_>) -> Result<String, NoQr> {
    const QR: f64 = 140.0;
    let middle = WIDTH / 2.0;
    let centred = |y: f64, size: f64, more: &str, words: &str| {
        text((middle, y), size, &format!("text-anchor=\"middle\" {more}"), words)
    };
    let [(heading, words), (english, english_words)] = poster.words;
    let mut content = format!("<rect width=\"{WIDTH}\" height=\"58\" fill=\"#0a5a66\"/>");
    let mut y = 24.0;
    for line in lines(heading, 24).iter().take(2) {
        content.push_str(&centred(y, 14.0, "font-weight=\"700\" style=\"fill:#fff\"", line));
        y += 17.0;
    }
    content.push_str(&centred(52.5, 6.0, "style=\"fill:#fff\"", english));
    content.push_str(&qr::path(poster.address, (middle - QR / 2.0, 60.0), QR)?);
    let mut y = 208.0;
    for line in lines(words, 46).iter().take(3) {
        content.push_str(&centred(y, 7.4, "font-weight=\"600\"", line));
        y += 9.6;
    }
    for line in lines(english_words, 70).iter().take(2) {
        content.push_str(&centred(y + 1.0, 5.0, "class=\"soft\"", line));
        y += 6.6;
    }
    for (line, name) in lines(poster.desk, 40).iter().take(2).enumerate() {
        content.push_str(&centred(262.0 + line as f64 * 10.0, 8.0, "font-weight=\"700\"", name));
    }
    content.push_str(&centred(288.0, 4.6, "class=\"soft\"", poster.address));
    Ok(a4(poster.desk, &content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poster_names_its_desk_and_its_address() {
        let address = "https://khaosat.example.vn/s/D01";
        let words = [("Cho ý kiến", "Quét mã bằng điện thoại"), ("Tell us", "Scan the code")];
        let page = poster(&Poster { address, desk: "Một cửa A & B", words }).unwrap();
        assert!(page.contains("Một cửa A &amp; B") && page.contains(address) && page.contains("class=\"qr\""));
        let long = "x".repeat(5_000);
        assert_eq!(poster(&Poster { address: &long, desk: "A", words }), Err(NoQr));
    }
}
