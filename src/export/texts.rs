//! Texts of which few differ, as the names of desks do: a list, and the place of each row's text in it. Rows that are handed from
//! one thread to another so count no references to the texts.

use std::sync::Arc;

/// Some of which may be missing.
pub type List = Arc<[Option<Arc<str>>]>;

/// Texts of one variable, a row each.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    list: List,
    places: Arc<Vec<u32>>,
}

impl Texts {
    /// Rows whose texts stand in a list at these places; a place beyond its end has none.
    #[must_use]
    pub fn listed(list: List, places: Arc<Vec<u32>>) -> Self {
        Self { list, places }
    }

    /// The rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The text of a row, counted from 0.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&str> {
        self.listed_at(*self.places.get(row)?)
    }

    /// The list, the same one for blocks that share it.
    #[must_use]
    pub fn list(&self) -> &List {
        &self.list
    }

    /// Whether the rows of both stand at the same places of their lists, as those of a code and a name do.
    #[must_use]
    pub fn go_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.places, &other.places)
    }

    /// The place in the list of a row's text, counted from 0.
    #[must_use]
    pub fn place(&self, row: usize) -> Option<usize> {
        self.places.get(row).map(|place| *place as usize)
    }

    /// The text of each row.
    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        self.places.iter().map(|place| self.listed_at(*place))
    }

    fn listed_at(&self, place: u32) -> Option<&str> {
        self.list.get(place as usize)?.as_deref()
    }
}

impl From<Vec<Option<Arc<str>>>> for Texts {
    fn from(texts: Vec<Option<Arc<str>>>) -> Self {
        let places = (0..).take(texts.len()).collect();
        Self { list: texts.into(), places: Arc::new(places) }
    }
}

impl FromIterator<Option<Arc<str>>> for Texts {
    fn from_iter<I: IntoIterator<Item = Option<Arc<str>>>>(texts: I) -> Self {
        texts.into_iter().collect::<Vec<_>>().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_find_their_texts() {
        let list: List = [Some("một".into()), None, Some("một cửa".into())].into();
        let texts = Texts::listed(list, Arc::new(vec![2, 0, 1, 9, 0]));
        let found = [Some("một cửa"), Some("một"), None, None, Some("một")];
        assert_eq!(texts.iter().collect::<Vec<_>>(), found);
        assert_eq!((texts.get(0), texts.get(3), texts.get(5), texts.len()), (found[0], None, None, 5));
    }
}
