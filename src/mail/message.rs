//! Puts a letter into its envelope: headers, both texts, the pictures beside the HTML, the PDF at the end.

use crate::domain::letter::{Letter, Part};
use crate::domain::outbox::{ClaimedMail, Reason};
use crate::domain::recipient::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use std::time::SystemTime;

/// Who writes.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The name that readers see.
    pub name: String,
    /// Where replies and returned mail go.
    pub address: Address,
}

/// A letter as the bytes that SMTP carries. Two calls on the same mail differ in the date only.
///
/// # Errors
/// When a name or address cannot be put into a header; none that was parsed at the door is such.
pub fn message(letter: &Letter, mail: &ClaimedMail, sender: &Sender, date: SystemTime) -> Result<Vec<u8>, Reason> {
    let wrong = |error: &dyn std::fmt::Display| Reason::of(&format!("the message could not be made: {error}"));
    let auto = HeaderName::new_from_ascii_str("Auto-Submitted");
    let message = lettre::Message::builder()
        .from(Mailbox::new(Some(sender.name.clone()), address(&sender.address)?))
        .to(Mailbox::new(None, address(&mail.to.recipient.address)?))
        .subject(&letter.subject)
        .date(date)
        .message_id(Some(format!("<{}@{}>", mail.token, sender.address.domain())))
        // RFC 3834: nobody's holiday notice answers a program.
        .raw_header(HeaderValue::new(auto, "auto-generated".to_owned()))
        .multipart(body(letter, &mail.token).map_err(|error| wrong(&error))?)
        .map_err(|error| wrong(&error))?;
    Ok(message.formatted())
}

/// An address as the library has it.
///
/// # Errors
/// Never for one that was parsed at the door.
pub(super) fn address(address: &Address) -> Result<lettre::Address, Reason> {
    address.reveal().parse().map_err(|_| Reason::of("the address is none that mail can be sent to"))
}

/// `mixed(alternative(plain, related(html, pictures…)), attachments…)`. The marks between the parts follow from the token, so
/// that they are the same each time.
fn body(letter: &Letter, token: &str) -> Result<MultiPart, lettre::message::header::ContentTypeErr> {
    let (pictures, attached): (Vec<&Part>, Vec<&Part>) = letter.parts.iter().partition(|part| part.is_inline);
    let mut related =
        MultiPart::related().boundary(format!("=_r{token}")).singlepart(SinglePart::html(letter.html.clone()));
    for picture in pictures {
        let content_type = ContentType::parse(&picture.media)?;
        let inline = Attachment::new_inline_with_name(picture.name.clone(), picture.name.clone());
        related = related.singlepart(inline.body(picture.content.clone(), content_type));
    }
    let texts = MultiPart::alternative()
        .boundary(format!("=_a{token}"))
        .singlepart(SinglePart::plain(letter.plain.clone()))
        .multipart(related);
    if attached.is_empty() {
        return Ok(texts);
    }
    let mut mixed = MultiPart::mixed().boundary(format!("=_m{token}")).multipart(texts);
    for part in attached {
        let content_type = ContentType::parse(&part.media)?;
        mixed = mixed.singlepart(Attachment::new(part.name.clone()).body(part.content.clone(), content_type));
    }
    Ok(mixed)
}
