//! The way an answer came in.

use super::word::words;

words!(
    /// Where and how the questionnaire was answered.
    Channel {
        /// The desk's own tablet.
        Kiosk = "kiosk",
        /// The citizen's phone, by QR or link.
        Phone = "phone",
        /// The public page, on whatever device.
        Web = "web",
        /// An interviewer typed the answers.
        Interviewer = "interviewer",
        /// A paper form, entered later.
        Paper = "paper",
    }
);
