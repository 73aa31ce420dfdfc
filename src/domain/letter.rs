//! A letter about a unit's figures, ready to be put into an envelope. It names nobody.

/// What a letter says. Everybody who reads the same edition about the same unit in the same language gets the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The subject, one line.
    pub subject: String,
    /// The text for programs that show no HTML.
    pub plain: String,
    /// The same as HTML; pictures are named by `cid:` and their part's name.
    pub html: String,
    /// Pictures and attachments, in order.
    pub parts: Vec<Part>,
}

/// Something in a letter beside its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// A file name of ASCII letters, digits, points and hyphens; pictures are referred to by it.
    pub name: String,
    /// The media type, for example `image/png`.
    pub media: String,
    /// Whether the HTML shows it; otherwise it is attached.
    pub is_inline: bool,
    /// The bytes.
    pub content: Vec<u8>,
}
