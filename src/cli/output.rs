//! What goes to standard output, and what becomes of it when nobody reads it any more.

use std::fmt::Arguments;
use std::io::{ErrorKind, IsTerminal as _, Write};

/// The exit code of a program whose reader went away; a shell does not report it as a failure of ours.
const READER_GONE: i32 = 0;

/// Writes to standard output. A reader that has seen enough (`sipas … | head`) ends the program quietly; a full disk ends it
/// with a message and exit code 1, so that nobody takes half a table for a whole one.
pub(super) fn write(text: Arguments<'_>) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_fmt(text).and_then(|()| out.flush()) {
        end(&error);
    }
}

fn end(error: &std::io::Error) -> ! {
    if error.kind() == ErrorKind::BrokenPipe {
        std::process::exit(READER_GONE);
    }
    eprintln!("sipas: the output could not be written: {error}");
    std::process::exit(1);
}

/// Standard output for a file, which need not be text; ends as [`write()`] does.
pub(super) struct Bytes;

impl Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut out = std::io::stdout().lock();
        match out.write_all(bytes).and_then(|()| out.flush()) {
            Ok(()) => Ok(bytes.len()),
            Err(error) => end(&error),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Tells on a terminal how far a long file has come; whatever else standard error leads to hears nothing of it.
pub(super) struct Progress {
    n_lines: usize,
    is_told: bool,
}

impl Progress {
    /// Nothing is told of a file that is done at once.
    pub(super) fn of(n_lines: usize) -> Self {
        const LONG: usize = 2_000;
        Self { n_lines, is_told: n_lines >= LONG && std::io::stderr().is_terminal() }
    }

    /// So many lines are done.
    pub(super) fn tell(&self, n_done: usize) {
        if self.is_told {
            eprint!("\r{n_done} / {}", self.n_lines);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_told {
            eprint!("\r\u{1b}[K");
        }
    }
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
