//! A talk with a mail server, one mail after the other over one connection. It is led command by command, because the queue
//! has to know when the text begins to go out, and whether its end went out.

use super::message;
use crate::domain::outbox::{Outcome, Reason};
use crate::domain::recipient::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use std::cell::Cell;
use std::fmt;
use std::time::Duration;

/// How long a server may take for one reply. RFC 5321, 4.5.3.2, grants ten minutes after the text; whoever takes longer than
/// five is taken for dead, and its mail becomes uncertain.
const REPLY_LIMIT: Duration = Duration::from_secs(300);
/// How long a server may take to be there.
const CONNECT_LIMIT: Duration = Duration::from_secs(30);

/// How a connection is kept from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte: `smtps://`.
    Tls,
    /// TLS after STARTTLS, and no mail without it: `smtp://`.
    StartTls,
    /// None, for a mail server on the same machine: `smtp-plain://`.
    Plain,
}

/// A mail server and how to talk to it.
#[derive(Clone)]
pub struct Server {
    /// Its name; the certificate has to be for it.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub security: Security,
    /// Who we are to it.
    pub login: Option<Credentials>,
    /// Certificates (PEM) that are trusted beside those of the public authorities: an office's own server.
    pub authorities: Vec<Certificate>,
}

/// Neither the name nor the password is printed by accident.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} ({:?})", self.host, self.port, self.security)
    }
}

impl Server {
    /// Reads `smtp://[USER@]HOST[:PORT]` (587), `smtps://…` (465) or `smtp-plain://…` (25). The password comes from elsewhere:
    /// an address ends up in lists of processes.
    ///
    /// # Errors
    /// When the text is none of these, or would send a password in the open.
    pub fn parse(url: &str, password: Option<&str>, authorities: Vec<Certificate>) -> Result<Self, String> {
        let wrong =
            || "a mail server is smtp://USER@HOST:587 (STARTTLS), smtps://USER@HOST:465 or smtp-plain://HOST:25";
        let (scheme, rest) = url.split_once("://").ok_or_else(wrong)?;
        let (security, usual) = match scheme {
            "smtp" => (Security::StartTls, 587),
            "smtps" => (Security::Tls, 465),
            "smtp-plain" => (Security::Plain, 25),
            _ => return Err(wrong().to_owned()),
        };
        let (user, place) = rest.rsplit_once('@').map_or((None, rest), |(user, place)| (Some(user), place));
        let (host, port) = match place.trim_end_matches('/').rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| wrong())?),
            None => (place.trim_end_matches('/'), usual),
        };
        if host.is_empty() || host.contains(|c: char| !(c.is_ascii_alphanumeric() || "-.".contains(c))) {
            return Err(wrong().to_owned());
        }
        let login = match (user, password) {
            (None, _) => None,
            (Some(user), _) if user.contains(':') => {
                return Err("leave the password out of the address; set SIPAS_MAIL_PASSWORD or give a file".to_owned());
            }
            (Some(_), None) => return Err("the server's user needs a password: set SIPAS_MAIL_PASSWORD".to_owned()),
            (Some(_), Some(_)) if security == Security::Plain => {
                return Err("a password is not sent over a connection that anybody can read; use smtp:// or smtps://"
                    .to_owned());
            }
            // A user's own name may have an @, written %40.
            (Some(user), Some(password)) => Some(Credentials::new(user.replace("%40", "@"), password.to_owned())),
        };
        Ok(Self { host: host.to_owned(), port, security, login, authorities })
    }
}

/// Reads certificates (PEM) to be trusted.
///
/// # Errors
/// When the text holds none.
pub fn certificates(pem: &[u8]) -> Result<Vec<Certificate>, String> {
    match Certificate::from_pem(pem) {
        Ok(certificate) if pem.windows(11).any(|part| part == b"-----BEGIN ") => Ok(vec![certificate]),
        Ok(_) => Err("holds no certificate; one begins with -----BEGIN CERTIFICATE-----".to_owned()),
        Err(error) => Err(format!("holds no certificate that can be read: {error}")),
    }
}

/// A connection on which mail after mail is handed over.
pub struct Session {
    connection: SmtpConnection,
    /// Whether the talk went wrong in a way after which nothing more can be said on it.
    is_broken: bool,
}

impl Session {
    /// Connects, secures the connection and says who we are.
    ///
    /// # Errors
    /// Why no mail can be handed over now, whoever it is for.
    pub fn open(server: &Server) -> Result<Self, Reason> {
        let said = |error: lettre::transport::smtp::Error| Reason::of(&error.to_string());
        let hello = ClientId::default();
        let tls = tls_of(server).map_err(said)?;
        let at_once = tls.as_ref().filter(|_| server.security == Security::Tls);
        let place = (server.host.as_str(), server.port);
        let mut connection =
            SmtpConnection::connect(place, Some(CONNECT_LIMIT), &hello, at_once, None).map_err(said)?;
        if let Some(tls) = tls.as_ref().filter(|_| server.security == Security::StartTls) {
            connection.starttls(tls, &hello).map_err(said)?;
        }
        if let Some(login) = &server.login {
            connection.auth(&[Mechanism::Plain, Mechanism::Login], login).map_err(said)?;
        }
        connection.set_timeout(Some(REPLY_LIMIT)).map_err(|error| Reason::of(&error.to_string()))?;
        Ok(Self { connection, is_broken: false })
    }

    /// Says from whom and to whom the next mail goes.
    ///
    /// # Errors
    /// What became of the mail, if it ends here.
    pub fn address(&mut self, from: &Address, to: &Address) -> Result<(), Outcome> {
        let from = message::address(from).map_err(Outcome::Refused)?;
        let to = message::address(to).map_err(Outcome::Refused)?;
        let mailed = self.connection.command(Mail::new(Some(from), Vec::new()));
        let named = mailed.and_then(|_| self.connection.command(Rcpt::new(to, Vec::new())));
        let Err(error) = named else { return Ok(()) };
        let outcome = before_the_end(&error);
        // After a refusal the server still holds the sender's name.
        self.is_broken = error.status().is_none_or(is_farewell) || self.connection.command(Rset).is_err();
        Err(outcome)
    }

    /// Hands the text over. Only if its end went out and no reply came is the outcome uncertain.
    pub fn text(&mut self, message: &[u8]) -> Outcome {
        if let Err(error) = self.connection.command(Data) {
            self.is_broken = error.status().is_none_or(is_farewell) || self.connection.command(Rset).is_err();
            return before_the_end(&error);
        }
        // The connection asks for the next piece only when the one before is out, and writes the end when there is none.
        let is_all_out = Cell::new(false);
        let mut pieces = [message].into_iter();
        let pieces = std::iter::from_fn(|| {
            let piece = pieces.next();
            is_all_out.set(piece.is_none());
            piece
        });
        match self.connection.message_iter(pieces) {
            Ok(_) => Outcome::Sent,
            Err(error) if error.status().is_some() => {
                self.is_broken = error.status().is_none_or(is_farewell);
                before_the_end(&error)
            }
            Err(error) => {
                self.is_broken = true;
                if is_all_out.get() {
                    let said = format!("the text was out, and {}; it may have arrived or not", broken(&error));
                    return Outcome::Uncertain(Reason::of(&said));
                }
                before_the_end(&error)
            }
        }
    }

    /// Whether another mail can be handed over.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        !self.is_broken && !self.connection.has_broken()
    }

    /// Takes leave.
    pub fn close(mut self) {
        if self.is_usable() {
            // Whatever it answers: every mail of this talk is settled.
            let _ = self.connection.quit();
        }
    }
}

fn tls_of(server: &Server) -> Result<Option<TlsParameters>, lettre::transport::smtp::Error> {
    if server.security == Security::Plain {
        return Ok(None);
    }
    let mut tls = TlsParameters::builder(server.host.clone());
    for authority in &server.authorities {
        tls = tls.add_root_certificate(authority.clone());
    }
    tls.build().map(Some)
}

/// What a failure means while the end of the text has not gone out, or was answered.
fn before_the_end(error: &lettre::transport::smtp::Error) -> Outcome {
    let reason = match error.status() {
        // The server's own words, after its number.
        Some(code) => {
            let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            Reason::of(&format!("{code} {said}"))
        }
        None => Reason::of(broken(error)),
    };
    if error.is_permanent() { Outcome::Refused(reason) } else { Outcome::Temporary(reason) }
}

/// Why no reply came.
fn broken(error: &lettre::transport::smtp::Error) -> &'static str {
    if error.is_timeout() { "the mail server did not reply in time" } else { "the connection to the mail server broke" }
}

/// 421: the server says that it closes the connection.
fn is_farewell(code: lettre::transport::smtp::response::Code) -> bool {
    u16::from(code) == 421
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_named_without_its_password() {
        let parse = |url: &str, password| Server::parse(url, password, Vec::new());
        let named = |url: &str| parse(url, Some("x")).map(|server| format!("{server:?}"));
        assert_eq!(named("smtp://cchc@mail.huyen.vn").unwrap(), "mail.huyen.vn:587 (StartTls)");
        assert_eq!(named("smtps://a%40b.vn@mail.huyen.vn:4650/").unwrap(), "mail.huyen.vn:4650 (Tls)");
        assert_eq!(named("smtp-plain://localhost").unwrap(), "localhost:25 (Plain)");
        for bad in
            ["", "mail.huyen.vn", "http://x", "smtp://", "smtp://h:x", "smtp://a:b@h", "smtp-plain://a@h", "smtp://a b"]
        {
            assert!(named(bad).is_err(), "{bad}");
        }
        assert!(parse("smtp://a@h", None).is_err(), "a user without a password");
        assert!(parse("smtp://h", None).is_ok());
    }

    #[test]
    fn a_file_without_a_certificate_is_no_authority() {
        assert!(certificates(b"").is_err());
        assert!(certificates(b"hello").is_err());
    }
}
