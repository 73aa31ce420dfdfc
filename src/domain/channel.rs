//! The way an answer came in.

use std::fmt;

/// Where and how the questionnaire was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// The desk's own tablet.
    Kiosk,
    /// The citizen's phone, by QR or link.
    Phone,
    /// The public page, on whatever device.
    Web,
    /// An interviewer typed the answers.
    Interviewer,
    /// A paper form, entered later.
    Paper,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 5] = [Self::Kiosk, Self::Phone, Self::Web, Self::Interviewer, Self::Paper];

    /// The word used in files and addresses.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Kiosk => "kiosk",
            Self::Phone => "phone",
            Self::Web => "web",
            Self::Interviewer => "interviewer",
            Self::Paper => "paper",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.code() == text)
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
