//! `sipas mail preview`: a letter as files, to be opened in a browser and a mail program.

use crate::cli::failure::Failure;
use crate::cli::output::say_line;
use crate::cli::round::parse_code;
use crate::cli::{Place, PublicUrl, cannot_write, create_new, make_folder, write_new};
use crate::domain::ids::AreaCode;
use crate::domain::outbox::Edition;
use crate::domain::tongue::Tongue;
use crate::report::letter::Letterhead;
use crate::service::letters::{self, LetterKey};
use std::io::Write as _;
use std::path::PathBuf;

/// Which letter.
#[derive(clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The round
    #[arg(long)]
    round: String,
    /// The unit it is about
    #[arg(long)]
    unit: String,
    /// Its language: vi or en
    #[arg(long, default_value = "vi", value_parser = language)]
    language: Tongue,
    /// Which of the round's letters: r1 as published, r2 corrected, 2025-03 or 2025-Q1 provisional
    #[arg(long, default_value = "r1", value_parser = edition)]
    edition: Edition,
    /// With the report as PDF
    #[arg(long)]
    pdf: bool,
    /// A folder for the files; nothing in it is overwritten
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Whom to write to, to get no more mail, as it stands in every letter
    #[arg(long = "mail-contact", value_name = "WHOM", env = "SIPAS_MAIL_CONTACT", default_value = "cchc@example.vn")]
    contact: String,
    #[command(flatten)]
    public: PublicUrl,
}

/// Does it.
pub(super) fn run(place: &Place, arguments: &Arguments) -> Result<(), Failure> {
    let unit = AreaCode::parse(&arguments.unit).map_err(|fault| format!("the unit's code {fault}"))?;
    let key = LetterKey {
        round: parse_code(&arguments.round)?,
        edition: arguments.edition,
        unit,
        language: arguments.language,
        with_pdf: arguments.pdf,
    };
    let letterhead =
        Letterhead { public_url: arguments.public.given()?.map(str::to_owned), contact: arguments.contact.clone() };
    let letter = letters::preview(&place.catalogue()?, &place.store()?, &letterhead, &key)
        .map_err(|refusal| Failure::message(refusal.to_string()))?;
    let name = format!("{}-{}-{}-{}", key.round, key.edition, key.unit, key.language);
    let file = |ending: &str| arguments.out.join(format!("{name}{ending}"));
    // A browser finds the pictures beside the page.
    let html = letter.html.replace("cid:", &format!("{name}-"));
    let parts: Vec<PathBuf> = letter.parts.iter().map(|part| file(&format!("-{}", part.name))).collect();
    let texts = [(file(".html"), html), (file(".txt"), format!("{}\n\n{}", letter.subject, letter.plain))];
    let all: Vec<PathBuf> = texts.iter().map(|(path, _)| path.clone()).chain(parts.iter().cloned()).collect();
    make_folder(&arguments.out, &all)?;
    for (path, text) in &texts {
        write_new(path, text)?;
    }
    for (path, part) in parts.iter().zip(&letter.parts) {
        create_new(path)?.write_all(&part.content).map_err(|error| cannot_write(path, &error))?;
    }
    say_line!("{}", letter.subject);
    all.iter().for_each(|path| say_line!("{}", path.display()));
    Ok(())
}

fn language(word: &str) -> Result<Tongue, String> {
    Tongue::parse(word).ok_or_else(|| format!("it is one of {}", Tongue::listed()))
}

fn edition(text: &str) -> Result<Edition, String> {
    Edition::parse(text).ok_or_else(|| "it is r1, r2, … as published, or a month 2025-03 or quarter 2025-Q1".to_owned())
}
