//! Sheets of slips, each with a receipt code and its QR: cut apart and handed out with the result.

use super::page::{HEIGHT, Room, WIDTH, a4, paragraph, text};
use super::qr::{self, NoQr};
use crate::domain::receipt::ReceiptCode;

const COLUMNS: usize = 3;
const ROWS: usize = 8;
/// Slips of a page.
pub const SLIPS: usize = COLUMNS * ROWS;
const MARGIN: f64 = 6.0;

/// What stands on every slip.
#[derive(Debug, Clone)]
pub struct Slip<'a> {
    /// The page of the desk, such as `https://khaosat.example.vn/s/D01-001`.
    pub address: &'a str,
    /// The desk's name.
    pub desk: &'a str,
    /// Until when the code is taken, in Vietnamese and in English.
    pub until: [String; 2],
    /// What to do, in Vietnamese and in English.
    pub words: [String; 2],
}

/// The pages of so many codes.
///
/// # Errors
/// [`NoQr`] when the address is too long.
pub fn sheets(slip: &Slip<'_>, codes: &[ReceiptCode]) -> Result<Vec<String>, NoQr> {
    codes.chunks(SLIPS).map(|codes| sheet(slip, codes)).collect()
}

fn sheet(slip: &Slip<'_>, codes: &[ReceiptCode]) -> Result<String, NoQr> {
    let (wide, tall) = ((WIDTH - 2.0 * MARGIN) / COLUMNS as f64, (HEIGHT - 2.0 * MARGIN) / ROWS as f64);
    let mut content = cuts(wide, tall);
    for (place, code) in codes.iter().enumerate() {
        let left = MARGIN + (place % COLUMNS) as f64 * wide;
        let top = MARGIN + (place / COLUMNS) as f64 * tall;
        content.push_str(&one(slip, *code, (left, top))?);
    }
    Ok(a4(slip.desk, &content))
}

fn one(slip: &Slip<'_>, code: ReceiptCode, (left, top): (f64, f64)) -> Result<String, NoQr> {
    const QR: f64 = 26.0;
    let mut out = qr::path(&format!("{}?c={code}", slip.address), (left, top + 0.5), QR)?;
    let ([vietnamese, english], [until, until_english]) = (&slip.words, &slip.until);
    let beside = |top: f64, tall: f64, size: f64, more: &'static str| Room {
        left: left + QR + 0.5,
        top,
        wide: 37.5,
        tall,
        size,
        more,
    };
    let (name, bottom) = paragraph(slip.desk, &beside(top + 3.2, 11.5, 3.0, "font-weight=\"600\""));
    out.push_str(&name);
    out.push_str(&paragraph(vietnamese, &beside(bottom + 1.2, 10.0, 2.7, "")).0);
    out.push_str(&text((left + 3.0, top + 30.6), 4.8, "class=\"code\"", &code.to_string()));
    out.push_str(&text((left + 36.0, top + 28.3), 2.6, "", until));
    out.push_str(&text((left + 36.0, top + 30.9), 2.1, "class=\"soft\"", until_english));
    let under = Room { left: left + 3.0, top: top + 31.8, wide: 61.0, tall: 2.7, size: 2.1, more: "class=\"soft\"" };
    out.push_str(&paragraph(english, &under).0);
    Ok(out)
}

fn cuts(wide: f64, tall: f64) -> String {
    let mut commands = String::new();
    for column in 0..=COLUMNS {
        commands.push_str(&format!("M{:.2} {MARGIN}V{}", MARGIN + column as f64 * wide, HEIGHT - MARGIN));
    }
    for row in 0..=ROWS {
        commands.push_str(&format!("M{MARGIN} {:.2}H{}", MARGIN + row as f64 * tall, WIDTH - MARGIN));
    }
    format!("<path class=\"cut\" d=\"{commands}\"/>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_four_slips_fill_a_page_and_a_name_is_only_text() {
        let codes: Vec<ReceiptCode> = (0..25).filter_map(ReceiptCode::of_number).collect();
        let slip = Slip {
            address: "https://khaosat.example.vn/s/D01",
            desk: "Bộ phận <Một cửa> & \"huyện\"",
            until: ["đến 31/12/2026", "until 31/12/2026"].map(str::to_owned),
            words: ["Quét mã", "Scan"].map(str::to_owned),
        };
        let pages = sheets(&slip, &codes).unwrap();
        assert_eq!(pages.len(), 2);
        assert_eq!(pages.iter().map(|page| page.matches("class=\"qr\"").count()).collect::<Vec<_>>(), [24, 1]);
        assert!(pages[0].contains("&lt;Một") && pages[0].contains("đến 31/12/2026"), "{}", pages[0]);
        assert!(pages[1].contains(&codes[24].to_string()));
    }
}
