//! Closed lists of words: each variant has one word, in files, addresses and the database's neighbourhood alike.

/// Makes an enum whose variants are written as words, with `ALL`, `code`, `parse` and `Display`.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// All of them, in order.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];

            /// The word used in files and addresses.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// Reads the word.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|known| known.code() == text)
            }

            /// All the words, for a message that says what would be right.
            #[must_use]
            pub fn listed() -> String {
                Self::ALL.map(Self::code).join(", ")
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}

pub(crate) use words;

#[cfg(test)]
mod tests {
    use crate::domain::round::Mode;

    #[test]
    fn a_word_reads_back_as_written() {
        for mode in Mode::ALL {
            assert_eq!(Mode::parse(&mode.to_string()), Some(mode));
        }
        assert_eq!(Mode::parse("Sampled"), None);
        assert_eq!(Mode::listed(), "sampled, census, self-selected");
    }
}
