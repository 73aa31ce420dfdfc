//! Codes of which few differ, as the answers to an item do: a byte a row, and what each byte stands for. Variables that were asked
//! together lie together, so rows go from the questionnaire to a file without being turned into columns first.

use std::sync::Arc;

/// What each byte stands for; `None` is a missing value without a reason.
pub type Legend = [Option<i16>; 256];

/// Codes of one variable, a row each.
#[derive(Debug, Clone)]
pub struct Codes {
    legend: Arc<Legend>,
    /// Rows of `width` bytes, of which each variable has one.
    bytes: Arc<Vec<u8>>,
    width: usize,
    offset: usize,
}

impl Codes {
    /// Codes that lie at an offset in rows of so many bytes. Bytes beyond the last whole row are none.
    #[must_use]
    pub fn laid(legend: Arc<Legend>, bytes: Arc<Vec<u8>>, width: usize, offset: usize) -> Self {
        let width = width.max(1);
        Self { legend, bytes, width, offset: offset.min(width - 1) }
    }

    /// Codes one after the other; `None` if more than 256 of them differ.
    #[must_use]
    pub fn of(codes: &[Option<i16>]) -> Option<Self> {
        let mut known = Vec::new();
        let mut byte = |code: &Option<i16>| {
            let place = known.iter().position(|known| known == code).unwrap_or_else(|| {
                known.push(*code);
                known.len() - 1
            });
            u8::try_from(place).ok()
        };
        let bytes = codes.iter().map(&mut byte).collect::<Option<Vec<u8>>>()?;
        let mut legend: Legend = [None; 256];
        legend.iter_mut().zip(known).for_each(|(slot, code)| *slot = code);
        Some(Self::laid(Arc::new(legend), Arc::new(bytes), 1, 0))
    }

    /// The rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len() / self.width
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the bytes stand for, the same one for variables that share it.
    #[must_use]
    pub fn legend(&self) -> &Arc<Legend> {
        &self.legend
    }

    /// The code of a row, counted from 0.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<i16> {
        let byte = *self.bytes.get(row * self.width + self.offset)?;
        self.legend.get(usize::from(byte)).copied().flatten()
    }

    /// The code of each row.
    pub fn iter(&self) -> impl Iterator<Item = Option<i16>> {
        self.bytes().map(|byte| self.legend.get(usize::from(byte)).copied().flatten())
    }

    /// The byte of each row.
    pub(super) fn bytes(&self) -> impl Iterator<Item = u8> {
        let rows = self.bytes.chunks_exact(self.width);
        rows.map(|row| row.get(self.offset).copied().unwrap_or_default())
    }

    /// The bytes of a row, of this variable and of those that follow it.
    pub(super) fn row(&self, row: usize, n_variables: usize) -> &[u8] {
        let first = row * self.width + self.offset;
        self.bytes.get(first..first + n_variables).unwrap_or_default()
    }

    /// Whether a variable lies so many bytes behind this one and means the same by them.
    pub(super) fn goes_on(&self, after: usize, other: &Self) -> bool {
        Arc::ptr_eq(&self.bytes, &other.bytes)
            && Arc::ptr_eq(&self.legend, &other.legend)
            && other.width == self.width
            && other.offset == self.offset + after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_that_lie_together_are_told_apart() {
        let mut legend: Legend = [None; 256];
        legend[1] = Some(10);
        legend[2] = Some(-1);
        let (legend, bytes) = (Arc::new(legend), Arc::new(vec![1, 2, 0, 2, 1, 9, 1]));
        let at = |offset| Codes::laid(Arc::clone(&legend), Arc::clone(&bytes), 3, offset);
        let (first, second) = (at(0), at(1));
        assert_eq!(first.iter().collect::<Vec<_>>(), [Some(10), Some(-1)], "a last row that is not whole is none");
        assert_eq!((second.get(0), second.get(1), second.get(7), second.len()), (Some(-1), Some(10), None, 2));
        assert_eq!(first.row(1, 2), [2, 1]);
        assert!(first.goes_on(1, &second) && !first.goes_on(2, &second) && !second.goes_on(1, &first));
        assert!(!first.goes_on(1, &Codes::of(&[Some(10)]).unwrap()));
    }

    #[test]
    fn any_codes_are_taken_while_they_are_few() {
        let codes = [Some(-300), None, Some(32_000), Some(-300)];
        assert_eq!(Codes::of(&codes).unwrap().iter().collect::<Vec<_>>(), codes);
        let many: Vec<Option<i16>> = (0..257).map(Some).collect();
        assert!(Codes::of(&many[..256]).is_some() && Codes::of(&many).is_none());
    }
}
