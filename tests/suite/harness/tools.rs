//! Programs that statisticians and programmers use, run as they are: Python, R, PSPP, xmllint. `tests/run.sh` installs them.

use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a program and returns what it printed. Fails with its complaint.
pub(crate) fn run(program: impl AsRef<OsStr>, arguments: &[&OsStr]) -> String {
    run_in(Path::new("."), program, arguments, &[])
}

/// Runs a command of this program on a machine whose clock is so many days behind, and returns what it printed.
pub(crate) fn days_ago(days: u32, command: &mut Command) -> String {
    let mut faked = Command::new("faketime");
    faked.args(["-f", &format!("-{days}d")]).arg(command.get_program()).args(command.get_args());
    faked.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    // What waits shall wait no longer for it.
    let output = faked.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").output().expect("tests/run.sh installs faketime");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// As [`run`], in a folder where the program may leave things, and with more in its environment.
pub(crate) fn run_in(
    folder: &Path,
    program: impl AsRef<OsStr>,
    arguments: &[&OsStr],
    environment: &[(&str, &str)],
) -> String {
    let name = program.as_ref().to_string_lossy().into_owned();
    let output = Command::new(&program)
        .args(arguments)
        .current_dir(folder)
        .envs(environment.iter().copied())
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap_or_else(|error| panic!("{name} does not start ({error}); tests/run.sh installs it"));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} {arguments:?}: {complaint}{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stdout).unwrap()
}

/// What a script beside the tests says about a file, as JSON. `.py` is run by Python, `.R` by R.
pub(crate) fn read_by(script: &str, file: &Path) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/export").join(script);
    let interpreter = match script.extension().and_then(OsStr::to_str) {
        Some("py") => python(),
        _ => PathBuf::from("Rscript"),
    };
    let said = run(interpreter, &[script.as_os_str(), file.as_os_str()]);
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
}

/// The interpreter that has the packages of `tests/requirements.txt`, beside the build's other results.
pub(crate) fn python() -> PathBuf {
    let target = Path::new(env!("CARGO_BIN_EXE_sipas")).ancestors().nth(2).unwrap();
    target.join("python/bin/python")
}
