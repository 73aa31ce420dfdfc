//! People who are told of results.

use super::province::area_code;
use sipas::domain::recipient::{Address, LetterLanguage, Recipient, Role, Schedule};

/// The chair of a unit, told at publication, in Vietnamese, without a PDF.
pub(crate) fn recipient(address: &str, unit: &str) -> Recipient {
    Recipient {
        address: Address::parse(address).unwrap(),
        role: Role::Chair,
        unit: area_code(unit),
        language: LetterLanguage::Vietnamese,
        schedule: Schedule { at_publication: true, rhythm: None },
        with_pdf: false,
    }
}

/// What a Message-ID is made of.
pub(crate) fn token() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}
