//! The `sipas` program.

fn main() -> std::process::ExitCode {
    sipas::cli::run()
}
