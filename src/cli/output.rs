//! What goes to standard output, and what becomes of it when nobody reads it any more.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write as _};

/// The exit code of a program whose reader went away; a shell does not report it as a failure of ours.
const READER_GONE: i32 = 0;

/// Writes to standard output. A reader that has seen enough (`sipas … | head`) ends the program quietly; a full disk ends it
/// with a message and exit code 1, so that nobody takes half a table for a whole one.
pub(super) fn write(text: Arguments<'_>) {
    let mut out = std::io::stdout().lock();
    let Err(error) = out.write_fmt(text).and_then(|()| out.flush()) else { return };
    if error.kind() == ErrorKind::BrokenPipe {
        std::process::exit(READER_GONE);
    }
    eprintln!("sipas: the output could not be written: {error}");
    std::process::exit(1);
}

/// As `print!`, but see [`write()`].
macro_rules! say {
    ($($text:tt)*) => {
        $crate::cli::output::write(format_args!($($text)*))
    };
}

/// As `println!`, but see [`write()`].
macro_rules! say_line {
    ($($text:tt)*) => {
        $crate::cli::output::write(format_args!("{}\n", format_args!($($text)*)))
    };
}

pub(in crate::cli) use {say, say_line};
