//! Reads the notices that mail servers send about mail that came back (RFC 3464): a message of type `multipart/report` whose
//! second part says for each address what became of it, and whose third part is the head of the mail.

use crate::domain::bounce::Bounce;
use crate::domain::ids::Digest;
use crate::domain::outbox::Reason;
use crate::domain::recipient::Address;
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};

/// Largest notice that is read; a longer one carries back more than it has to.
const MAX_NOTICE_BYTES: u64 = 32 * 1024 * 1024;

/// What a message says of mail that came back, address by address; nothing when it is no notice.
#[must_use]
pub fn read(message: &[u8]) -> Vec<Bounce> {
    let text = String::from_utf8_lossy(message).replace("\r\n", "\n");
    let (head, body) = split_head(&text);
    let content_type = field(head, "content-type").unwrap_or_default();
    let is_report = content_type.to_ascii_lowercase().starts_with("multipart/report");
    let Some(boundary) = parameter(&content_type, "boundary").filter(|_| is_report) else { return Vec::new() };
    let (mut groups, mut token) = (Vec::new(), None);
    for part in parts(body, &boundary) {
        let (head, content) = split_head(part);
        let kind = field(head, "content-type").unwrap_or_default().to_ascii_lowercase();
        if kind.starts_with("message/delivery-status") || kind.starts_with("message/global-delivery-status") {
            groups.extend(content.split("\n\n").map(str::to_owned));
        } else if kind.starts_with("message/rfc822") || kind.starts_with("text/rfc822-headers") {
            token = field(split_head(content).0, "message-id").as_deref().and_then(token_of);
        }
    }
    let notice = Digest(Sha256::digest(message).into());
    groups.iter().filter_map(|group| bounce(group, notice, token.clone())).collect()
}

/// The messages in a file or in a folder of files, as a mailbox of the form maildir is one (`cur`, `new`).
///
/// # Errors
/// In words, when something cannot be read.
pub fn messages(path: &Path) -> Result<Vec<Vec<u8>>, String> {
    let cannot = |path: &Path, error: std::io::Error| format!("cannot read {}: {error}", path.display());
    if !path.is_dir() {
        return read_file(path).map(|message| vec![message]);
    }
    let mut folders: Vec<PathBuf> =
        ["cur", "new"].map(|name| path.join(name)).into_iter().filter(|p| p.is_dir()).collect();
    if folders.is_empty() {
        folders.push(path.to_owned());
    }
    let mut files = Vec::new();
    for folder in folders {
        let entries = std::fs::read_dir(&folder).map_err(|error| cannot(&folder, error))?;
        files.extend(entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()));
    }
    files.sort();
    files.iter().map(|path| read_file(path)).collect()
}

fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    let length = std::fs::metadata(path).map_or(0, |file| file.len());
    if length > MAX_NOTICE_BYTES {
        return Err(format!("{} is larger than any notice; it is no message", path.display()));
    }
    std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// What one group of fields says; nothing for the group about the whole mail, and for mail that arrived.
fn bounce(group: &str, notice: Digest, token: Option<String>) -> Option<Bounce> {
    let action = field(group, "action")?.to_ascii_lowercase();
    if !matches!(action.as_str(), "failed" | "delayed") {
        return None;
    }
    let recipient = field(group, "final-recipient").or_else(|| field(group, "original-recipient"))?;
    // `rfc822; name@host`
    let address = recipient.rsplit(';').next().and_then(|text| Address::parse(text.trim_matches(['<', '>', ' '])).ok());
    let status = field(group, "status").unwrap_or_default();
    let said = field(group, "diagnostic-code").unwrap_or_default();
    let is_final = action == "failed";
    Some(Bounce {
        notice,
        token,
        address,
        is_final,
        is_mailbox_gone: is_final && status.starts_with('5'),
        reason: Reason::of(&format!("{action} {status}: {said}")),
    })
}

/// The token of a Message-ID that this program made: 32 hex digits before the @.
fn token_of(message_id: &str) -> Option<String> {
    let (token, _) = message_id.trim().trim_start_matches('<').split_once('@')?;
    let is_ours = token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_ours.then(|| token.to_owned())
}

/// The fields before the first empty line, and what follows it.
fn split_head(text: &str) -> (&str, &str) {
    let text = text.trim_start_matches('\n');
    text.split_once("\n\n").unwrap_or((text, ""))
}

/// The value of the first field of a name, its lines joined.
fn field(head: &str, name: &str) -> Option<String> {
    let mut lines = head
        .lines()
        .skip_while(|line| line.split_once(':').is_none_or(|(found, _)| !found.trim_end().eq_ignore_ascii_case(name)));
    let (_, first) = lines.next()?.split_once(':')?;
    let folded = lines.take_while(|line| line.starts_with([' ', '\t']));
    Some(std::iter::once(first).chain(folded).map(str::trim).collect::<Vec<_>>().join(" "))
}

/// A parameter of a media type, without its quotation marks.
fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|part| {
        let (found, value) = part.split_once('=')?;
        found.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// The parts between the marks.
fn parts<'a>(body: &'a str, boundary: &str) -> Vec<&'a str> {
    let mark = format!("--{boundary}");
    let (mut parts, mut start, mut at) = (Vec::new(), None, 0);
    for line in body.split_inclusive('\n') {
        let is_mark = line.trim_end().strip_prefix(mark.as_str()).is_some_and(|rest| rest.is_empty() || rest == "--");
        if is_mark {
            parts.extend(start.and_then(|start| body.get(start..at)));
            start = Some(at + line.len());
        }
        at += line.len();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Postfix writes it, shortened.
    const NOTICE: &str = "Return-Path: <>\r\nFrom: MAILER-DAEMON@mail.vn\r\nSubject: Undelivered Mail\r\n\
        Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"B1/mail.vn\"\r\n\r\n\
        This is a MIME-encapsulated message.\r\n\r\n--B1/mail.vn\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\r\n\
        --B1/mail.vn\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.vn\r\nArrival-Date: x\r\n\r\n\
        Final-Recipient: rfc822; gone@huyen.vn\r\nOriginal-Recipient: rfc822;gone@huyen.vn\r\nAction: failed\r\nStatus: 5.1.1\r\n\
        Diagnostic-Code: smtp; 550 5.1.1 <gone@huyen.vn>: Recipient\r\n    address rejected\r\n\r\n\
        Final-Recipient: rfc822; slow@huyen.vn\r\nAction: delayed\r\nStatus: 4.4.1\r\n\r\n\
        Final-Recipient: rfc822; well@huyen.vn\r\nAction: delivered\r\nStatus: 2.0.0\r\n\r\n\
        --B1/mail.vn\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: x\r\n\
        Message-Id: <0123456789abcdef0123456789abcdef@tinh.vn>\r\n\r\n--B1/mail.vn--\r\n";

    #[test]
    fn a_notice_tells_whose_mail_came_back_and_which() {
        let bounces = read(NOTICE.as_bytes());
        assert_eq!(bounces.len(), 2, "{bounces:?}");
        let (gone, slow) = (&bounces[0], &bounces[1]);
        assert!(gone.is_final && gone.is_mailbox_gone && !slow.is_final && !slow.is_mailbox_gone);
        assert_eq!(gone.address.as_ref().map(Address::reveal), Some("gone@huyen.vn"));
        assert_eq!(gone.token.as_deref(), Some("0123456789abcdef0123456789abcdef"));
        assert_eq!(gone.reason.as_str(), "failed 5.1.1: smtp; 550 5.1.1 <…> Recipient address rejected");
        assert_eq!(read(NOTICE.replace("\r\n", "\n").as_bytes()).len(), 2, "line ends do not matter");
    }

    #[test]
    fn what_is_no_notice_says_nothing() {
        for message in ["", "Subject: holiday\n\nI am away", &NOTICE.replace("multipart/report", "multipart/mixed")] {
            assert!(read(message.as_bytes()).is_empty());
        }
        assert!(read(b"Content-Type: multipart/report; boundary=x\n\n--x\n\xff\xfe--x").is_empty());
        let stranger = NOTICE.replace("0123456789abcdef0123456789abcdef", "somebody.else");
        assert_eq!(read(stranger.as_bytes())[0].token, None);
    }
}
