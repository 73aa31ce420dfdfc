//! `sipas export`: a round's answers and tables as files that statisticians open.

use super::breakdown::Asked;
use super::failure::Failure;
use super::frozen::Which;
use super::quality::Flagged;
use super::round::parse_code;
use super::{Place, cannot_write, parse_unit, results};
use crate::cli::output;
use crate::domain::admission::Admission;
use crate::export::format::Format;
use crate::export::manifest::Manifest;
use crate::service::export::{self, ExportRefusal, Request, TableName};
use clap::builder::PossibleValuesParser;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What stands for standard output.
const STDOUT: &str = "-";

/// What to export, and where to.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The round
    #[arg(long)]
    round: String,
    /// The format: csv for analysis, excel-csv for a double click, jsonl, parquet, r for a script that analyses the CSV
    #[arg(long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(Format::ALL.map(Format::code)))]
    format: String,
    /// The table: the answers, or figures
    #[arg(long, default_value = "responses", value_parser = PossibleValuesParser::new(TableName::ALL.map(TableName::code)))]
    table: String,
    /// The file, replaced when the new one is whole; PATH.manifest.json says beside it what is in it. `-` is standard output, without a manifest
    #[arg(long, value_name = "PATH|-")]
    out: PathBuf,
    /// Only what lies within this area
    #[arg(long)]
    unit: Option<String>,
    /// Of results, only those of people who came with a receipt code, or without
    #[arg(long, value_name = "receipt|walk-in", value_parser = results::admission)]
    admission: Option<Admission>,
    #[command(flatten)]
    as_of: Which,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    flagged: Flagged,
}

/// Exports it.
pub(super) fn run(place: &Place, arguments: &Arguments) -> Result<(), Failure> {
    let unknown = || Failure::message("no such format or table");
    let format = Format::parse(&arguments.format).ok_or_else(unknown)?;
    let request = Request {
        round: parse_code(&arguments.round)?,
        table: TableName::parse(&arguments.table).ok_or_else(unknown)?,
        unit: parse_unit(arguments.unit.as_deref())?,
        answers: arguments.flagged.into(),
        admission: arguments.admission,
        by: arguments.asked.by(),
        figures: arguments.asked.figures(),
        as_of: arguments.as_of.parsed()?,
    };
    if arguments.out.as_os_str() == STDOUT {
        return write(place, (&request, format), Box::new(output::Bytes)).map(|manifest| tell(&manifest));
    }
    let target = Target::beside(&arguments.out)?;
    let out = target.begin()?;
    let manifest = write(place, (&request, format), Box::new(out))?;
    target.settle(&manifest)?;
    tell(&manifest);
    Ok(())
}

/// Writes the table to wherever.
fn write(place: &Place, asked: (&Request, Format), out: Box<dyn Write + Send>) -> Result<Manifest, Failure> {
    let (catalogue, store) = (place.catalogue()?, place.store()?);
    // The bar draws itself on a terminal only.
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} rows, {per_sec}, {eta} left") {
        bar.set_style(style);
    }
    let told = |n_done, n_rows| {
        bar.set_length(n_rows);
        bar.set_position(n_done);
    };
    let exported = export::export(&catalogue, &store, asked, |_| Ok(out), told);
    bar.finish_and_clear();
    exported.map_err(Failure::from)
}

/// Says on standard error what was written, and what must be said wherever it is used.
fn tell(manifest: &Manifest) {
    eprintln!("{} rows, {} bytes, SHA-256 {}", manifest.n_rows(), manifest.n_bytes(), manifest.sha256());
    manifest.warnings().iter().for_each(|warning| eprintln!("warning: {warning}"));
}

/// A file that takes its name when it is whole. Until then it has another, which no program takes for a table; whatever breaks
/// off, the file that had the name before stays as it was.
struct Target {
    path: PathBuf,
    partial: PathBuf,
}

impl Target {
    fn beside(path: &Path) -> Result<Self, Failure> {
        let name = path.file_name().ok_or_else(|| Failure::message(format!("{} is no file", path.display())))?;
        if path.is_dir() {
            return Err(Failure::message(format!("{} is a folder; give the name of a file in it", path.display())));
        }
        let mut partial = name.to_owned();
        partial.push(format!(".{}.partial", std::process::id()));
        Ok(Self { path: path.to_owned(), partial: path.with_file_name(partial) })
    }

    fn begin(&self) -> Result<File, Failure> {
        File::create_new(&self.partial).map_err(|error| cannot_write(&self.partial, &error))
    }

    /// Gives the file its name and writes the manifest beside it. That of an earlier file goes first: none may stand beside a
    /// file that it does not describe.
    fn settle(&self, manifest: &Manifest) -> Result<(), Failure> {
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(".manifest.json");
        let beside = self.path.with_file_name(name);
        let settled = || -> io::Result<()> {
            File::open(&self.partial)?.sync_all()?;
            match fs::remove_file(&beside) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            fs::rename(&self.partial, &self.path)?;
            let mut file = File::create_new(&self.partial)?;
            file.write_all(manifest.to_json()?.as_bytes())?;
            file.sync_all()?;
            fs::rename(&self.partial, &beside)?;
            sync_folder(&self.path)
        };
        settled().map_err(|error| cannot_write(&self.path, &error))
    }
}

/// A new name is on disk when its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

impl Drop for Target {
    /// Takes away what did not become whole.
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.partial);
    }
}

impl From<ExportRefusal> for Failure {
    fn from(refusal: ExportRefusal) -> Self {
        match refusal {
            ExportRefusal::Analyse(refusal) => refusal.into(),
            other => Self::message(other.to_string()),
        }
    }
}
