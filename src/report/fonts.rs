//! The letters of everything drawn here: Noto Sans, which has all of Vietnamese. They are part of the program, so that a
//! picture looks the same on a server without fonts, and a PDF carries what it was set in.

/// The family, as SVG and typst name it.
pub const FAMILY: &str = "Noto Sans";

/// Its faces, as TrueType files.
pub const FACES: [&[u8]; 2] = [
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/reports/fonts/NotoSans-Regular.ttf")),
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/reports/fonts/NotoSans-Bold.ttf")),
];
