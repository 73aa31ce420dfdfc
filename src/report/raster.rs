//! A picture as PNG, for mail programs, which show no SVG.

use super::fonts;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};
use std::sync::{Arc, LazyLock};

/// Why a picture could not be drawn: a fault of whoever wrote the SVG.
#[derive(Debug, thiserror::Error)]
pub enum RasterFault {
    /// It is no SVG.
    #[error("this is no picture: {0}")]
    NoPicture(#[from] resvg::usvg::Error),
    /// It is too large to be drawn.
    #[error("a picture of {width} × {height} dots cannot be drawn")]
    Size {
        /// Dots from left to right.
        width: u32,
        /// Dots from top to bottom.
        height: u32,
    },
    /// It could not be packed.
    #[error("the picture could not be packed: {0}")]
    Packing(String),
}

/// The faces, read once; the server's own fonts are not asked, so that a mail looks the same from each.
static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    fonts::FACES.iter().for_each(|face| fonts.load_font_data(face.to_vec()));
    fonts.set_sans_serif_family(fonts::FAMILY);
    Arc::new(fonts)
});

/// Draws an SVG on white, so many dots wide.
///
/// # Errors
/// When it is no SVG, or has no size that can be drawn.
pub fn png(svg: &str, width: u32) -> Result<Vec<u8>, RasterFault> {
    let options = Options { font_family: fonts::FAMILY.to_owned(), fontdb: Arc::clone(&FONTS), ..Options::default() };
    let tree = Tree::from_str(svg, &options)?;
    let scale = width as f32 / tree.size().width();
    let height = (tree.size().height() * scale).ceil() as u32;
    let mut dots = Pixmap::new(width, height).ok_or(RasterFault::Size { width, height })?;
    dots.fill(resvg::tiny_skia::Color::WHITE);
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut dots.as_mut());
    dots.encode_png().map_err(|fault| RasterFault::Packing(fault.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A word in the middle of a picture.
    fn picture(word: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 30\"><text x=\"5\" y=\"20\" font-size=\"16\" font-family=\"Noto Sans, sans-serif\">{word}</text></svg>"
        )
    }

    #[test]
    fn letters_of_vietnamese_are_drawn_and_differ() {
        let drawn = |word: &str| Pixmap::decode_png(&png(&picture(word), 400).unwrap()).unwrap();
        let (marked, plain, nothing) = (drawn("Hồng Ngự"), drawn("Hong Ngu"), drawn(""));
        assert_eq!((marked.width(), marked.height()), (400, 120));
        let dark = |dots: &Pixmap| dots.pixels().iter().filter(|dot| dot.red() < 128).count();
        assert!(
            dark(&nothing) == 0 && dark(&plain) > 500 && dark(&marked) > dark(&plain),
            "marks take ink of their own"
        );
    }

    #[test]
    fn what_is_no_picture_is_said_so() {
        assert!(matches!(png("no picture", 400), Err(RasterFault::NoPicture(_))));
        assert!(matches!(png(&picture("x"), 0), Err(RasterFault::Size { .. })));
    }
}
