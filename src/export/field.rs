//! Fields of fixed width, as the binary formats lay them.

/// Appends a text and fills what is left of its field. What is longer than the field is the caller's mistake, and is cut.
pub(super) fn push(bytes: &mut Vec<u8>, text: &str, width: usize, filler: u8) {
    let text = text.as_bytes();
    bytes.extend_from_slice(text.get(..width).unwrap_or(text));
    bytes.extend(std::iter::repeat_n(filler, width.saturating_sub(text.len())));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_filled() {
        let mut bytes = vec![b'>'];
        push(&mut bytes, "ab", 4, b' ');
        push(&mut bytes, "xyz", 2, 0);
        push(&mut bytes, "", 1, 0);
        assert_eq!(bytes, b">ab  xy\0");
    }
}
