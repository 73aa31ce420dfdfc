//! What one method of one address does: whom it is for, what it takes, what it gives and what it refuses.

use super::content::{Gives, Takes};
use super::parameter::{Parameter, Place};
use crate::domain::access::Scope;
use crate::domain::device::DeviceKind;
use crate::domain::word::words;
use crate::web::problem::catalogue::{
    ADDRESS_TOO_LONG, ALL, BODY_TOO_LARGE, HEADERS_TOO_LARGE, Kind, MALFORMED_REQUEST, NOT_ACCEPTABLE, SERVER_FAULT,
    TOO_SLOW, UNSUPPORTED_MEDIA_TYPE,
};
use std::collections::BTreeSet;

/// The same in both languages.
#[derive(Debug, Clone, Copy)]
pub struct Both {
    /// In Vietnamese, which comes first.
    pub vi: &'static str,
    /// In English.
    pub en: &'static str,
}

impl Both {
    /// Both, one after the other.
    #[must_use]
    pub fn joined(&self) -> String {
        format!("{} · {}", self.vi, self.en)
    }
}

/// The description of a method at an address. It stands beside the function that answers.
#[derive(Debug)]
pub struct Operation {
    /// Its name among all others; what a generated client calls it.
    pub id: &'static str,
    /// Whom it is for.
    pub group: Group,
    /// What it does, in a sentence.
    pub does: Both,
    /// Who is let in.
    pub access: Access,
    /// What stands in the address.
    pub parameters: &'static [Parameter],
    /// The body.
    pub takes: Takes,
    /// Its answers; the first is that to the example.
    pub gives: &'static [Gives],
    /// Problems of its own, besides those that any request may meet.
    pub refuses: &'static [&'static Kind],
}

words!(
    /// Whom an address is for.
    Group {
        /// People who answer.
        Citizens = "citizens",
        /// Whoever wants to know.
        Everybody = "everybody",
        /// Software of others.
        Programs = "programs",
        /// Whoever runs a survey.
        Office = "office",
        /// Whoever keeps the server running.
        Keepers = "keepers",
    }
);

impl Group {
    /// Its heading.
    #[must_use]
    pub fn heading(self) -> Both {
        match self {
            Self::Citizens => Both { vi: "Người trả lời và thiết bị", en: "For citizens and devices" },
            Self::Everybody => Both { vi: "Mọi người: kết quả", en: "For everybody: results" },
            Self::Programs => Both { vi: "Phần mềm khác", en: "For programs" },
            Self::Office => Both { vi: "Cơ quan khảo sát", en: "For the office" },
            Self::Keepers => Both { vi: "Vận hành máy chủ", en: "For whoever keeps the server running" },
        }
    }
}

/// Who is let in.
#[derive(Debug, Clone, Copy)]
pub enum Access {
    /// Whoever comes.
    Anyone,
    /// Whoever comes; an enrolled device may show its key.
    AnyoneOrDevice,
    /// An enrolled device of one of these kinds, with its key.
    Device(&'static [DeviceKind]),
    /// A program with a key of a scope.
    Program(Scope),
    /// The operator with a key; at the server itself without one.
    Operator,
    /// Whoever comes, once it is published; until then the operator, as above.
    Published,
}

impl Access {
    /// What it says to people.
    #[must_use]
    pub fn words(self) -> Both {
        match self {
            Self::Anyone => Both { vi: "Không cần khóa", en: "No key is needed" },
            Self::AnyoneOrDevice => Both {
                vi: "Không cần khóa; thiết bị đã đăng ký gửi kèm khóa của mình",
                en: "No key is needed; an enrolled device sends its own",
            },
            Self::Device(_) => {
                Both { vi: "Khóa của thiết bị đã đăng ký", en: "The key of an enrolled device" }
            }
            Self::Program(_) => Both { vi: "Khóa do người phụ trách cấp", en: "A key that the operator made" },
            Self::Operator => Both {
                vi: "Khóa của người phụ trách; ngay trên máy chủ thì không cần",
                en: "The operator's key; none at the server itself",
            },
            Self::Published => Both {
                vi: "Đã công bố thì không cần khóa; trước đó chỉ người phụ trách xem được",
                en: "No key is needed once it is published; until then the operator's",
            },
        }
    }
}

/// What any request may meet.
const EVERYWHERE: [&Kind; 5] =
    [&MALFORMED_REQUEST, &NOT_ACCEPTABLE, &ADDRESS_TOO_LONG, &HEADERS_TOO_LARGE, &SERVER_FAULT];
/// What a request with a body may meet besides.
const WITH_BODY: [&Kind; 3] = [&TOO_SLOW, &BODY_TOO_LARGE, &UNSUPPORTED_MEDIA_TYPE];

impl Operation {
    /// Every problem it may report, in the order of the catalogue.
    pub fn problems(&self) -> impl Iterator<Item = &'static Kind> {
        let with_body = if self.takes.is_nothing() { &[][..] } else { &WITH_BODY };
        let reported = move |kind: &&Kind| {
            let mut known = EVERYWHERE.iter().chain(with_body).chain(self.refuses);
            known.any(|known| known == kind)
        };
        ALL.iter().copied().filter(reported)
    }

    /// Whether its example can be tried at once: what was never published, say, is nowhere.
    #[must_use]
    pub fn has_example(&self) -> bool {
        self.parameters.iter().all(|parameter| parameter.place != Place::Path || parameter.example.is_some())
    }

    /// Every status it may answer with.
    #[must_use]
    pub fn statuses(&self) -> BTreeSet<u16> {
        let given = self.gives.iter().map(|gives| gives.status);
        given.chain(self.problems().map(|kind| kind.status)).collect()
    }
}
