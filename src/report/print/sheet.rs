//! Sheets of slips, each with a receipt code and its QR: cut apart and handed out with the result.

use super::page::{self, HEIGHT, WIDTH, a4, lines, text};
use super::qr::{self, NoQr};
use crate::domain::receipt::ReceiptCode;
use chrono::NaiveDate;

const COLUMNS: usize = 3;
const ROWS: usize = 8;
const MARGIN: f64 = 6.0;
/// Letters of the desk's name in a line, and lines of it: what fits beside the QR.
const NAME_CHARS: usize = 18;
const NAME_LINES: usize = 3;

/// What stands on every slip.
#[derive(Debug, Clone)]
pub struct Slip<'a> {
    /// The page of the desk, such as `https://khaosat.example.vn/s/D01-001`.
    pub address: &'a str,
    /// The desk's name.
    pub desk: &'a str,
    /// The last day on which the code is taken.
    pub valid_to: NaiveDate,
    /// What to do, in Vietnamese and in English.
    pub words: [&'a str; 2],
}

/// The pages of so many codes.
///
/// # Errors
/// [`NoQr`] when the address is too long.
pub fn sheets(slip: &Slip<'_>, codes: &[ReceiptCode]) -> Result<Vec<String>, NoQr> {
    codes.chunks(COLUMNS * ROWS).map(|codes| sheet(slip, codes)).collect()
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
    let mut out = qr::path(&format!("{}?c={code}", slip.address), (left, top + 1.0), QR)?;
    let beside = left + QR + 0.5;
    for (line, words) in lines(slip.desk, NAME_CHARS).iter().take(NAME_LINES).enumerate() {
        out.push_str(&text((beside, top + 6.0 + line as f64 * 3.6), 3.0, "font-weight=\"600\"", words));
    }
    let [vietnamese, english] = slip.words;
    for (line, words) in lines(vietnamese, 21).iter().take(3).enumerate() {
        out.push_str(&text((beside, top + 18.0 + line as f64 * 3.2), 2.7, "", words));
    }
    out.push_str(&text((left + 3.0, top + 31.0), 4.6, "class=\"code\"", &code.to_string()));
    let until = slip.valid_to.format("%d/%m/%Y");
    out.push_str(&text((beside + 4.0, top + 31.0), 2.6, "class=\"soft\"", &format!("đến {until}")));
    out.push_str(&text((left + 3.0, top + 34.2), 2.1, "class=\"soft\"", english));
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
    format!("<path class=\"cut\" d=\"{}\"/>", page::plain(&commands))
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
            valid_to: NaiveDate::from_ymd_opt(2026, 12, 31).unwrap(),
            words: ["Quét mã", "Scan"],
        };
        let pages = sheets(&slip, &codes).unwrap();
        assert_eq!(pages.len(), 2);
        assert_eq!(pages.iter().map(|page| page.matches("class=\"qr\"").count()).collect::<Vec<_>>(), [24, 1]);
        assert!(pages[0].contains("&lt;Một") && pages[0].contains("đến 31/12/2026"), "{}", pages[0]);
        assert!(pages[1].contains(&codes[24].to_string()));
    }
}
