//! The letters of everything drawn here: Noto Sans, which has all of Vietnamese. They are part of the program, so that a
//! picture looks the same on a server without fonts, and a PDF carries what it was set in. How wide words are is read from them
//! too, so that pictures can keep words within their room.

use std::sync::LazyLock;
use typst::foundations::Bytes;
use typst::layout::Abs;
use typst::text::{Font, FontInstance, FontVariant, FontVariations};

/// The family, as SVG and typst name it.
pub const FAMILY: &str = "Noto Sans";

/// Its faces, as TrueType files.
pub const FACES: [&[u8]; 2] = [
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/reports/fonts/NotoSans-Regular.ttf")),
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/reports/fonts/NotoSans-Bold.ttf")),
];

/// Width of a letter that the fonts do not have, in parts of its height.
const STRANGE: f64 = 1.0;

/// The faces, read once.
static MEASURED: LazyLock<[Option<FontInstance>; 2]> = LazyLock::new(|| {
    let instance = |font: Font| font.instantiate(FontVariant::default(), Abs::pt(12.0), &FontVariations::default());
    FACES.map(|face| Font::new(Bytes::new(face), 0).map(instance))
});

/// How wide a line of text is, in parts of the height of its letters. Pairs of letters that are set closer are not counted
/// closer, so it is on the safe side.
#[must_use]
pub fn width(text: &str, is_bold: bool) -> f64 {
    let [regular, bold] = &*MEASURED;
    let font = if is_bold { bold } else { regular };
    let letter = |letter: char| {
        let font = font.as_ref()?;
        Some(font.x_advance(font.ttf().glyph_index(letter)?.0)?.get())
    };
    text.chars().map(|c| letter(c).unwrap_or(STRANGE)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_as_wide_as_their_letters() {
        let [narrow, wide, bold] = [width("ill", false), width("mmm", false), width("mmm", true)];
        assert!(narrow < 1.0 && wide > 2.5 && bold > wide, "{narrow} {wide} {bold}");
        let (composed, decomposed) = (width("Ngự", false), width("Ngư\u{323}", false));
        assert!((composed - decomposed).abs() < 1e-9, "marks take no room of their own");
        assert!((width("北", false) - STRANGE).abs() < 1e-9 && width("", true) == 0.0);
    }
}
