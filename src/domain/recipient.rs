//! Who is told of results by mail: in what role, of which unit, how often, in which language. The address is kept apart from
//! all else, because it is personal.

use super::ids::AreaCode;
use super::tongue::Tongue;
use super::word::words;
use std::fmt;

words!(
    /// As what somebody reads the figures of a unit. It decides what may be sent before anything is published.
    Role {
        /// Chủ tịch, giám đốc: answers for the unit.
        Chair = "chair",
        /// Runs a one-stop desk.
        Head = "head",
        /// Follows the reform in the office (cán bộ đầu mối CCHC).
        Official = "official",
        /// Anybody else: gets what is published, and nothing before.
        Reader = "reader",
    }
);

impl Role {
    /// Whether provisional figures may be sent.
    #[must_use]
    pub fn is_of_the_office(self) -> bool {
        self != Self::Reader
    }
}

words!(
    /// How often provisional figures are sent.
    Rhythm {
        /// After each month.
        Monthly = "monthly",
        /// After each quarter.
        Quarterly = "quarterly",
    }
);

/// The word for being told when figures are published or revised.
const AT_PUBLICATION: &str = "at-publication";

/// When a recipient is written to. At least one of the two holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// When figures are published or revised.
    pub at_publication: bool,
    /// Regularly, while a round is going on.
    pub rhythm: Option<Rhythm>,
}

impl Schedule {
    /// Reads `at-publication`, `monthly`, `quarterly`, or one of the latter with the former: `monthly;at-publication`.
    ///
    /// # Errors
    /// When the text is none of these.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut schedule = Self { at_publication: false, rhythm: None };
        for word in text.split(';').map(str::trim) {
            match Rhythm::parse(word) {
                Some(rhythm) if schedule.rhythm.is_none() => schedule.rhythm = Some(rhythm),
                None if word == AT_PUBLICATION && !schedule.at_publication => schedule.at_publication = true,
                _ => {
                    return Err(format!(
                        "{text:?} is no schedule; it is {AT_PUBLICATION}, {}, or two of them as in monthly;{AT_PUBLICATION}",
                        Rhythm::listed()
                    ));
                }
            }
        }
        Ok(schedule)
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.rhythm.map(Rhythm::code).into_iter().chain(self.at_publication.then_some(AT_PUBLICATION));
        f.write_str(&words.collect::<Vec<_>>().join(";"))
    }
}

/// Longest address that SMTP carries (RFC 5321, 4.5.3.1.3).
const MAX_ADDRESS_CHARS: usize = 254;
/// Longest part before the @ (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL_CHARS: usize = 64;
/// Longest part of a name between two points (RFC 1035, 2.3.4).
const MAX_LABEL_CHARS: usize = 63;

/// Why a text is not an address. None of the messages repeats it: they end up in places where it must not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// No @, or more than one.
    #[error("is no mail address; one has a single @, as in chutich@huyen.example.vn")]
    At,
    /// Too long for SMTP.
    #[error("is longer than {MAX_ADDRESS_CHARS} characters, or has more than {MAX_LOCAL_CHARS} before the @")]
    TooLong,
    /// A character that not every mail server takes.
    #[error(
        "contains {0:?}; before the @ stand letters a-z, digits and .!#$%&'*+/=?^_`{{|}}~- without quotation marks"
    )]
    Character(char),
    /// A point at the beginning, at the end or beside another.
    #[error("has a point at the wrong place before the @")]
    Point,
    /// The part after the @ is no name of a mail domain.
    #[error(
        "has no mail domain after the @; one has letters a-z, digits and hyphens between points, as in huyen.example.vn"
    )]
    Domain,
}

/// A mail address that every server takes: letters of ASCII, no quotation marks, no comments.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(String);

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// Which rule of an address the text breaks.
    pub fn parse(text: &str) -> Result<Self, AddressFault> {
        let text = text.trim();
        let (local, domain) = text.split_once('@').ok_or(AddressFault::At)?;
        if local.is_empty() || domain.contains('@') {
            return Err(AddressFault::At);
        }
        if text.len() > MAX_ADDRESS_CHARS || local.len() > MAX_LOCAL_CHARS {
            return Err(AddressFault::TooLong);
        }
        if let Some(odd) = local.chars().find(|c| !is_of_local_part(*c)) {
            return Err(AddressFault::Character(odd));
        }
        if local.split('.').any(str::is_empty) {
            return Err(AddressFault::Point);
        }
        let labels: Vec<&str> = domain.split('.').collect();
        if labels.len() < 2 || !labels.iter().all(|label| is_label(label)) {
            return Err(AddressFault::Domain);
        }
        Ok(Self(text.to_owned()))
    }

    /// The address, for the letter's envelope and for whoever manages recipients.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The part after the @.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Whether both lead to the same mailbox. Servers are free to tell large letters from small ones before the @; none in use
    /// does, and people type both.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

/// An address is never printed by accident.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

fn is_of_local_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c)
}

fn is_label(label: &str) -> bool {
    (1..=MAX_LABEL_CHARS).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Somebody who is told of a unit's results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Where the mail goes.
    pub address: Address,
    /// As what they read it.
    pub role: Role,
    /// The unit whose results they get.
    pub unit: AreaCode,
    /// In which language.
    pub language: Tongue,
    /// When.
    pub schedule: Schedule,
    /// Whether the report is attached as PDF.
    pub with_pdf: bool,
}

impl Recipient {
    /// The mailbox and the unit: only one recipient may have both.
    #[must_use]
    pub fn key(&self) -> (String, AreaCode) {
        (self.address.0.to_ascii_lowercase(), self.unit.clone())
    }
}

/// A recipient that is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRecipient {
    /// The number they are called by wherever the address must not be.
    pub number: i32,
    /// Who it is.
    pub recipient: Recipient,
    /// Whether mail to the address came back for good, so that none is sent.
    pub is_returned: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_that_every_server_takes() {
        for good in ["a@b.vn", "chu.tich+cchc@ubnd-huyen.example.gov.vn", " x_1@xn--h-nga.vn "] {
            assert!(Address::parse(good).is_ok(), "{good}");
        }
        for (bad, fault) in [
            ("", AddressFault::At),
            ("a", AddressFault::At),
            ("@b.vn", AddressFault::At),
            ("a@b@c.vn", AddressFault::At),
            ("a b@c.vn", AddressFault::Character(' ')),
            ("ă@c.vn", AddressFault::Character('ă')),
            ("a\r\nRCPT@c.vn", AddressFault::Character('\r')),
            ("\"a\"@c.vn", AddressFault::Character('"')),
            (".a@c.vn", AddressFault::Point),
            ("a..b@c.vn", AddressFault::Point),
            ("a@localhost", AddressFault::Domain),
            ("a@-b.vn", AddressFault::Domain),
            ("a@b_c.vn", AddressFault::Domain),
            ("a@b.vn>", AddressFault::Domain),
            ("a@b..vn", AddressFault::Domain),
        ] {
            assert_eq!(Address::parse(bad), Err(fault), "{bad:?}");
        }
        assert_eq!(Address::parse(&format!("{}@b.vn", "a".repeat(65))), Err(AddressFault::TooLong));
        let address = Address::parse("A@B.vn").unwrap();
        assert!(address.is_same_as(&Address::parse("a@b.vn").unwrap()));
        assert_eq!((format!("{address:?}").as_str(), address.domain()), ("Address(…)", "B.vn"));
    }

    #[test]
    fn schedules_read_back_as_written() {
        for text in ["at-publication", "monthly", "quarterly;at-publication"] {
            assert_eq!(Schedule::parse(text).unwrap().to_string(), text);
        }
        for bad in ["", "weekly", "monthly;quarterly", "monthly;monthly", "at-publication;", "Monthly"] {
            assert!(Schedule::parse(bad).is_err(), "{bad:?}");
        }
    }
}
