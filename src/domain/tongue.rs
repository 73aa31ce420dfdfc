//! The two languages of everything that officials see. Citizens may have more: see
//! [`Language`](super::questionnaire::Language).

use super::word::words;

words!(
    /// A language that results are told in.
    Tongue {
        /// Tiếng Việt.
        Vietnamese = "vi",
        /// English.
        English = "en",
    }
);

impl Tongue {
    /// Of two texts the one in this language.
    #[must_use]
    pub fn of<T>(self, vietnamese: T, english: T) -> T {
        match self {
            Self::Vietnamese => vietnamese,
            Self::English => english,
        }
    }
}
