//! The way mail takes, as it is told on the command line: where it goes, who writes, when, and how fast.

use crate::cli::failure::Failure;
use crate::cli::{PublicUrl, read_file};
use crate::domain::quiet_hours::QuietHours;
use crate::domain::recipient::Address;
use crate::mail::Transport;
use crate::mail::delivery::Settings;
use crate::mail::message::Sender;
use crate::mail::smtp::{self, Server};
use crate::report::letter::Letterhead;
use crate::service::outbox::Terms;
use chrono::TimeDelta;
use std::path::PathBuf;

/// The folder of a dry run, unless another is named.
const DRY_RUN: &str = "folder:sipas-mail";
/// Who writes in a dry run, unless somebody is named.
const NOBODY: &str = "sipas <sipas@sipas.invalid>";
/// The variable that holds the password of the mail server; on the command line everybody could read it.
const PASSWORD: &str = "SIPAS_MAIL_PASSWORD";

/// The way mail takes.
#[derive(clap::Args)]
#[command(next_help_heading = "Mail")]
pub(in crate::cli) struct Route {
    /// Where mail goes: `smtp://USER@HOST:587` (STARTTLS), `smtps://USER@HOST:465`, `smtp-plain://HOST:25`, `none`, or
    /// `folder:DIR` for a dry run, which is what happens unless told. The password comes from `SIPAS_MAIL_PASSWORD`
    #[arg(long = "mail", value_name = "WHERE", env = "SIPAS_MAIL")]
    to: Option<String>,
    /// Who writes: `UBND huyện Một <cchc@huyenmot.example.vn>`; replies and returned mail go there
    #[arg(long = "mail-from", value_name = "SENDER", env = "SIPAS_MAIL_FROM")]
    from: Option<String>,
    /// Whom to write to, to get no more mail, as it stands in every letter; the sender unless told
    #[arg(long = "mail-contact", value_name = "WHOM", env = "SIPAS_MAIL_CONTACT")]
    contact: Option<String>,
    /// A file with the mail server's password, instead of `SIPAS_MAIL_PASSWORD`
    #[arg(long = "mail-password-file", value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// A certificate (PEM) to trust besides the public authorities: an office's own mail server
    #[arg(long = "mail-ca", value_name = "FILE", env = "SIPAS_MAIL_CA")]
    authority: Option<PathBuf>,
    /// Hours in which no mail goes out, by the clock in Việt Nam; `none` for none
    #[arg(long = "mail-quiet", value_name = "FROM-TO", env = "SIPAS_MAIL_QUIET", default_value_t = QuietHours::default().to_string())]
    quiet: String,
    /// Mails a minute at most
    #[arg(long = "mail-per-minute", value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=60_000))]
    per_minute: u32,
    /// Days for which a mail is tried
    #[arg(long = "mail-give-up-days", value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=30))]
    give_up_days: u16,
    /// Seconds after which a mail of a server that died is somebody else's
    #[arg(long = "mail-lease", value_name = "S", default_value_t = 900, hide = true, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    lease_seconds: u32,
}

impl Route {
    /// Whether somebody said where mail goes.
    pub(in crate::cli) fn is_told(&self) -> bool {
        self.to.is_some()
    }

    /// Where, from whom and how fast.
    pub(in crate::cli) fn settings(&self) -> Result<Settings, Failure> {
        let to = self.to.as_deref().unwrap_or(DRY_RUN);
        let transport = match (to, to.strip_prefix("folder:")) {
            ("none", _) => Transport::None,
            (_, Some(folder)) if !folder.is_empty() => Transport::Folder(PathBuf::from(folder)),
            (url, _) => Transport::Smtp(self.server(url)?),
        };
        let is_real = matches!(transport, Transport::Smtp(_));
        if is_real && self.from.is_none() {
            return Err(Failure::message("mail needs a sender: --mail-from 'NAME <ADDRESS>' or SIPAS_MAIL_FROM"));
        }
        let sender = sender(self.from.as_deref().unwrap_or(NOBODY))?;
        Ok(Settings { transport, sender, per_minute: self.per_minute })
    }

    /// What stands on every letter.
    pub(in crate::cli) fn letterhead(&self, public: &PublicUrl) -> Result<Letterhead, Failure> {
        let sender = self.settings()?.sender;
        let contact = self.contact.clone().unwrap_or_else(|| sender.address.reveal().to_owned());
        Ok(Letterhead { public_url: public.given()?.map(str::to_owned), contact })
    }

    /// On what terms.
    pub(in crate::cli) fn terms(&self) -> Result<Terms, Failure> {
        let quiet = match self.quiet.as_str() {
            "none" => None,
            span => Some(QuietHours::parse(span)?),
        };
        Ok(Terms {
            lease: TimeDelta::seconds(i64::from(self.lease_seconds)),
            give_up_after: TimeDelta::days(i64::from(self.give_up_days)),
            quiet,
        })
    }

    fn server(&self, url: &str) -> Result<Server, Failure> {
        let password = match &self.password_file {
            Some(file) => {
                let bytes = read_file(file)?;
                let text = String::from_utf8(bytes).map_err(|_| format!("{} is not UTF-8", file.display()))?;
                Some(text.trim_end_matches(['\r', '\n']).to_owned())
            }
            None => std::env::var(PASSWORD).ok().filter(|password| !password.is_empty()),
        };
        let authorities = match &self.authority {
            Some(file) => {
                let pem = read_file(file)?;
                smtp::certificates(&pem).map_err(|fault| format!("{} {fault}", file.display()))?
            }
            None => Vec::new(),
        };
        Ok(Server::parse(url, password.as_deref(), authorities)?)
    }
}

/// Reads `NAME <ADDRESS>` or an address alone.
fn sender(text: &str) -> Result<Sender, Failure> {
    let (name, address) = match text.split_once('<') {
        Some((name, rest)) => (name.trim().trim_matches('"'), rest.trim_end().trim_end_matches('>')),
        None => ("", text),
    };
    let address = Address::parse(address).map_err(|fault| format!("the sender's address {fault}"))?;
    if name.chars().any(char::is_control) {
        return Err(Failure::message("the sender's name contains a line break or another control character"));
    }
    let name = if name.is_empty() { "sipas" } else { name };
    Ok(Sender { name: name.to_owned(), address })
}
