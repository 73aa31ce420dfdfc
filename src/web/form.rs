//! `application/x-www-form-urlencoded`, read strictly: what cannot be decoded is refused, not replaced, so that the
//! answers stored are the answers sent.

/// The survey page has some forty fields; a choice of several adds one per tick.
pub const MAX_FIELDS: usize = 500;

/// Reads a form's fields in the order they came.
///
/// # Errors
/// What cannot be read, for a problem's detail.
pub fn read(body: &[u8]) -> Result<Vec<(String, String)>, String> {
    let mut fields = Vec::new();
    for (index, field) in body.split(|byte| *byte == b'&').filter(|field| !field.is_empty()).enumerate() {
        if index == MAX_FIELDS {
            return Err(format!("There are more than {MAX_FIELDS} fields"));
        }
        let mut halves = field.splitn(2, |byte| *byte == b'=');
        let mut half = || decode(halves.next().unwrap_or_default());
        let number = index + 1;
        let pair =
            half().zip(half()).ok_or_else(|| format!("Field {number} is not encoded as UTF-8 in percent signs"))?;
        fields.push(pair);
    }
    Ok(fields)
}

/// Undoes `+` and `%20`; none if a percent sign stands alone or the bytes are no UTF-8.
fn decode(encoded: &[u8]) -> Option<String> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => hex(*rest.next()?)? << 4 | hex(*rest.next()?)?,
            plain => *plain,
        });
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_out_as_typed() {
        let read = read(b"a=1&a=2&&c=%C4%90%e1%bb%a9c+%26+b&empty=&bare").unwrap();
        let fields = [("a", "1"), ("a", "2"), ("c", "Đức & b"), ("empty", ""), ("bare", "")];
        assert_eq!(read, fields.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn what_cannot_be_decoded_is_refused() {
        for broken in ["a=%", "a=%4", "a=%zz", "a=%ff", "%=1", "a=%ed%a0%80"] {
            assert!(read(broken.as_bytes()).is_err(), "{broken}");
        }
        assert!(read("a&".repeat(MAX_FIELDS).as_bytes()).is_ok());
        assert!(read("a&".repeat(MAX_FIELDS + 1).as_bytes()).is_err());
    }
}
