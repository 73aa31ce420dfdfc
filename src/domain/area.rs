//! The tree of areas: any number of levels, because the levels themselves change (districts end in 2025). Desks are
//! leaves; a chair may sit on any node.

use super::ids::AreaCode;
use super::period::Year;
use super::word::words;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

words!(
    /// What kind of place or office an area is.
    Level {
        /// Bộ, cơ quan ngang bộ.
        Ministry = "ministry",
        /// Tỉnh, thành phố trực thuộc trung ương.
        Province = "province",
        /// Sở, ban, ngành.
        Department = "department",
        /// Huyện, thị xã, thành phố thuộc tỉnh; until mid-2025.
        District = "district",
        /// Xã, phường, đặc khu.
        Commune = "commune",
        /// Bộ phận Một cửa: the counter where answers are given.
        Desk = "desk",
    }
);

/// In which years an area is a focus unit (đơn vị chỉ đạo điểm); provinces name them anew each year.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Focus {
    /// In no year.
    #[default]
    Never,
    /// In every year.
    Always,
    /// In these years.
    In(BTreeSet<Year>),
}

impl Focus {
    /// Reads `` (never), `no`, `yes`, or years separated by semicolons: `2023;2024`.
    ///
    /// # Errors
    /// When the text is none of these.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" | "no" => Ok(Self::Never),
            "yes" => Ok(Self::Always),
            years => Ok(Self::In(years.split(';').map(Year::parse).collect::<Result<_, _>>()?)),
        }
    }

    /// Whether the area is a focus unit in a year.
    #[must_use]
    pub fn holds_in(&self, year: Year) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::In(years) => years.contains(&year),
        }
    }
}

impl fmt::Display for Focus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str("no"),
            Self::Always => f.write_str("yes"),
            Self::In(years) => {
                let years: Vec<String> = years.iter().map(ToString::to_string).collect();
                f.write_str(&years.join(";"))
            }
        }
    }
}

/// The years in which an area exists; an open end means "still" or "always did".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Validity {
    /// First year, if known.
    pub from: Option<Year>,
    /// Last year, if it has ended.
    pub to: Option<Year>,
}

impl Validity {
    /// Whether the area exists in a year.
    #[must_use]
    pub fn holds_in(&self, year: Year) -> bool {
        self.from.is_none_or(|from| from <= year) && self.to.is_none_or(|to| year <= to)
    }
}

/// One area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// Its code, unique in the tree.
    pub code: AreaCode,
    /// Its name as shown to people.
    pub name: String,
    /// What kind of area it is.
    pub level: Level,
    /// The area it belongs to; none for a root.
    pub parent: Option<AreaCode>,
    /// When it is a focus unit.
    pub focus: Focus,
    /// When it exists.
    pub validity: Validity,
}

/// Why a list of areas is not a tree. `index` counts the areas as given, from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeFault {
    /// Two areas share a code.
    #[error("code {code} is used twice; each area needs its own")]
    Duplicate {
        /// The later of the two.
        index: usize,
        /// The code.
        code: AreaCode,
    },
    /// The parent is not in the list.
    #[error("parent {parent} is not an area; add it or correct the code")]
    UnknownParent {
        /// The child.
        index: usize,
        /// The missing code.
        parent: AreaCode,
    },
    /// Following the parents comes back to the start.
    #[error("{code} is its own ancestor; one of the parents in the circle is wrong")]
    Cycle {
        /// One member of the circle.
        index: usize,
        /// Its code.
        code: AreaCode,
    },
    /// A desk has areas below it.
    #[error("parent {parent} is a desk; nothing can lie below a desk")]
    BelowDesk {
        /// The child.
        index: usize,
        /// The desk.
        parent: AreaCode,
    },
}

impl TreeFault {
    /// Which area of the list is meant, from 0.
    #[must_use]
    pub fn index(&self) -> usize {
        match self {
            Self::Duplicate { index, .. }
            | Self::UnknownParent { index, .. }
            | Self::Cycle { index, .. }
            | Self::BelowDesk { index, .. } => *index,
        }
    }

    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Duplicate { .. } => "duplicate-code",
            Self::UnknownParent { .. } => "unknown-parent",
            Self::Cycle { .. } => "cycle",
            Self::BelowDesk { .. } => "below-desk",
        }
    }
}

/// Areas that were checked to form a forest with desks as leaves only.
#[derive(Debug, Clone, Default)]
pub struct AreaTree {
    areas: BTreeMap<AreaCode, Area>,
    children: BTreeMap<AreaCode, Vec<AreaCode>>,
}

impl AreaTree {
    /// Checks the areas and builds the tree.
    ///
    /// # Errors
    /// Every duplicate code, unknown parent, cycle and child of a desk.
    pub fn build(list: Vec<Area>) -> Result<Self, Vec<TreeFault>> {
        let mut first: BTreeMap<&AreaCode, &Area> = BTreeMap::new();
        let mut faults = Vec::new();
        for (index, area) in list.iter().enumerate() {
            if first.contains_key(&area.code) {
                faults.push(TreeFault::Duplicate { index, code: area.code.clone() });
            } else {
                first.insert(&area.code, area);
            }
        }
        for (index, area) in list.iter().enumerate() {
            faults.extend(Self::parent_fault(index, area, &first));
        }
        if !faults.is_empty() {
            faults.sort_by_key(TreeFault::index);
            return Err(faults);
        }
        let mut tree = Self::default();
        for area in list {
            if let Some(parent) = &area.parent {
                tree.children.entry(parent.clone()).or_default().push(area.code.clone());
            }
            tree.areas.insert(area.code.clone(), area);
        }
        tree.children.values_mut().for_each(|codes| codes.sort());
        Ok(tree)
    }

    fn parent_fault(index: usize, area: &Area, areas: &BTreeMap<&AreaCode, &Area>) -> Option<TreeFault> {
        let parent = area.parent.as_ref()?;
        let Some(found) = areas.get(parent) else {
            return Some(TreeFault::UnknownParent { index, parent: parent.clone() });
        };
        if found.level == Level::Desk {
            return Some(TreeFault::BelowDesk { index, parent: parent.clone() });
        }
        let mut ancestor = Some(parent);
        for _ in 0..=areas.len() {
            match ancestor {
                None => return None,
                Some(code) if *code == area.code => {
                    return Some(TreeFault::Cycle { index, code: area.code.clone() });
                }
                Some(code) => ancestor = areas.get(code).and_then(|a| a.parent.as_ref()),
            }
        }
        // A circle further up, that this area hangs from but is no part of, is reported at its members.
        None
    }

    /// The area with a code.
    #[must_use]
    pub fn get(&self, code: &AreaCode) -> Option<&Area> {
        self.areas.get(code)
    }

    /// All areas, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Area> {
        self.areas.values()
    }

    /// How many areas.
    #[must_use]
    pub fn len(&self) -> usize {
        self.areas.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }

    /// The areas directly below, by code.
    pub fn children<'a>(&'a self, code: &AreaCode) -> impl Iterator<Item = &'a Area> + use<'a> {
        self.children.get(code).into_iter().flatten().filter_map(|child| self.areas.get(child))
    }

    /// The area itself and everything above it, upwards.
    pub fn lineage<'a>(&'a self, code: &AreaCode) -> impl Iterator<Item = &'a Area> + use<'a> {
        let start = self.areas.get(code);
        std::iter::successors(start, |area| area.parent.as_ref().and_then(|parent| self.areas.get(parent)))
    }

    /// Whether `code` is `ancestor` or lies below it.
    #[must_use]
    pub fn is_within(&self, code: &AreaCode, ancestor: &AreaCode) -> bool {
        self.lineage(code).any(|area| area.code == *ancestor)
    }

    /// All areas at `level` within `root`, by code.
    pub fn at_level<'a>(&'a self, level: Level, root: &'a AreaCode) -> impl Iterator<Item = &'a Area> + 'a {
        self.iter().filter(move |area| area.level == level && self.is_within(&area.code, root))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> AreaCode {
        AreaCode::parse(text).unwrap()
    }

    fn area(text: &str, level: Level, parent: Option<&str>) -> Area {
        let (focus, validity) = (Focus::Never, Validity::default());
        Area { code: code(text), name: text.to_owned(), level, parent: parent.map(code), focus, validity }
    }

    #[test]
    fn a_tree_of_any_depth_knows_its_lines() {
        let tree = AreaTree::build(vec![
            area("K1", Level::Desk, Some("C1")),
            area("C1", Level::Commune, Some("D1")),
            area("D1", Level::District, Some("P")),
            area("K2", Level::Desk, Some("P")),
            area("P", Level::Province, None),
        ])
        .unwrap();
        let lineage: Vec<&str> = tree.lineage(&code("K1")).map(|a| a.code.as_str()).collect();
        assert_eq!(lineage, ["K1", "C1", "D1", "P"]);
        assert!(tree.is_within(&code("K2"), &code("P")) && !tree.is_within(&code("K2"), &code("D1")));
        assert_eq!(tree.at_level(Level::Desk, &code("P")).count(), 2);
        assert_eq!(tree.children(&code("P")).count(), 2);
    }

    #[test]
    fn every_fault_is_named_with_its_place() {
        let faults = AreaTree::build(vec![
            area("P", Level::Province, None),
            area("A", Level::District, Some("B")),
            area("B", Level::District, Some("A")),
            area("P", Level::Province, None),
            area("X", Level::Desk, Some("nowhere")),
            area("K", Level::Desk, Some("P")),
            area("Y", Level::Desk, Some("K")),
            area("Z", Level::Commune, Some("A")),
        ])
        .unwrap_err();
        let found: Vec<(usize, &str)> = faults.iter().map(|f| (f.index(), f.code())).collect();
        let expected = [(1, "cycle"), (2, "cycle"), (3, "duplicate-code"), (4, "unknown-parent"), (6, "below-desk")];
        assert_eq!(found, expected);
    }

    #[test]
    fn an_area_is_its_own_ancestor_only_in_error() {
        let faults = AreaTree::build(vec![area("A", Level::District, Some("A"))]).unwrap_err();
        assert_eq!(faults, [TreeFault::Cycle { index: 0, code: code("A") }]);
    }

    #[test]
    fn districts_end_and_focus_moves() {
        let year = |y| Year::new(y).unwrap();
        let until_2025 = Validity { from: None, to: Some(year(2025)) };
        assert!(until_2025.holds_in(year(2025)) && !until_2025.holds_in(year(2026)));
        let focus = Focus::parse("2023;2024").unwrap();
        assert!(focus.holds_in(year(2024)) && !focus.holds_in(year(2025)));
        assert_eq!(focus.to_string(), "2023;2024");
        assert!(Focus::parse("perhaps").is_err());
    }
}
