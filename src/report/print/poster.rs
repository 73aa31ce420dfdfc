//! A poster for a counter: one large QR, what it is for, and how long it takes.

use super::page::{HEIGHT, Room, WIDTH, a4, paragraph, text};
use super::qr::{self, NoQr};

const MARGIN: f64 = 12.0;
/// The base line of the address.
const ADDRESS: f64 = HEIGHT - MARGIN;

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
    let centred = |(top, tall): (f64, f64), size: f64, style: &str, words: &str| {
        let more = format!("text-anchor=\"middle\" {style}");
        paragraph(words, &Room { left: middle, top, wide: WIDTH - 2.0 * MARGIN, tall, size, more: &more })
    };
    let [(heading, words), (english, english_words)] = poster.words;
    let (title, bottom) = centred((10.0, 38.0), 15.0, "font-weight=\"700\" style=\"fill:#fff\"", heading);
    let (subtitle, bottom) = centred((bottom + 2.0, 9.0), 6.5, "style=\"fill:#fff\"", english);
    let qr_top = bottom + 8.0;
    let band = format!("<rect width=\"{WIDTH}\" height=\"{:.2}\" fill=\"#0a5a66\"/>", bottom + 7.0);
    let code = qr::path(poster.address, (middle - QR / 2.0, qr_top), QR)?;
    let (invitation, bottom) = centred((qr_top + QR, 19.0), 7.4, "font-weight=\"600\"", words);
    let (translation, bottom) = centred((bottom + 2.0, 13.0), 5.0, "class=\"soft\"", english_words);
    let top = bottom + 9.0;
    let (name, _) = centred((top, ADDRESS - 8.0 - top), 8.4, "font-weight=\"700\"", poster.desk);
    // A long address is set smaller, down to what the page holds: cut off, nobody could type it.
    let size = (340.0 / poster.address.chars().count().max(1) as f64).min(4.6);
    let address = text((middle, ADDRESS), size, "text-anchor=\"middle\" class=\"soft\"", poster.address);
    Ok(a4(poster.desk, &[band, title, subtitle, code, invitation, translation, name, address].concat()))
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
