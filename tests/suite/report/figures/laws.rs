//! What holds of each picture, whatever it shows: it is drawn within its bounds, has no number that is none, and needs
//! nothing from outside.

use super::{bars, grid, importance, likert, mark, ranks, trend};
use proptest::prelude::*;
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};
use sipas::domain::disclosure::NoFigure;
use sipas::domain::estimate::Interval;
use sipas::domain::period::Year;
use sipas::domain::tongue::Tongue;
use sipas::report::figure::bars::{Bar, Bars};
use sipas::report::figure::grid::Grid;
use sipas::report::figure::importance::{Importance, Weighed};
use sipas::report::figure::likert::{Likert, Parts, Strip};
use sipas::report::figure::ranks::Ranks;
use sipas::report::figure::trend::{Break, Trend};
use sipas::report::figure::{Mark, NARROW, Picture, Unit, WIDE};
use sipas::report::fonts;
use std::sync::{Arc, LazyLock};

static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    fonts::FACES.iter().for_each(|face| fonts.load_font_data(face.to_vec()));
    Arc::new(fonts)
});

/// What holds of every picture.
pub(super) fn holds(picture: &dyn Picture, width: f64) {
    for tongue in Tongue::ALL {
        let svg = picture.svg(tongue, width);
        assert!(!svg.contains("NaN") && !svg.contains("inf\""), "a number that is none in {svg:.900}");
        for outside in ["<script", "<style", "class=", "href", "url(", "foreignObject", "id="] {
            assert!(!svg.contains(outside), "{outside} in {svg}");
        }
        assert!(svg.contains("role=\"img\"") && svg.contains("<desc>") && svg.contains("Noto Sans"));
        let options =
            Options { fontdb: Arc::clone(&FONTS), font_family: fonts::FAMILY.to_owned(), ..Options::default() };
        let tree = Tree::from_str(&svg, &options).unwrap_or_else(|error| panic!("{error} in {svg}"));
        let (size, drawn) = (tree.size(), tree.root().abs_stroke_bounding_box());
        // Half a border may lie outside.
        let (right, bottom) = (size.width() + 1.0, size.height() + 1.0);
        let is_inside =
            drawn.left() >= -1.0 && drawn.top() >= -1.0 && drawn.right() <= right && drawn.bottom() <= bottom;
        assert!(is_inside, "{drawn:?} leaves {size:?} in {svg:.900}");
    }
}

/// Any number, some of them none.
fn value() -> impl Strategy<Value = f64> {
    prop_oneof![8 => 0.0..100.0, 1 => -1e4..1e4, 1 => Just(f64::NAN), 1 => Just(f64::INFINITY)]
}

fn any_outcome() -> impl Strategy<Value = Result<Mark, NoFigure>> {
    (value(), proptest::option::of((value(), value())), 0..u64::MAX)
        .prop_map(|(value, ends, n)| Mark::new(value, ends.map(|(a, b)| Interval { low: a.min(b), high: a.max(b) }), n))
}

fn any_mark() -> impl Strategy<Value = Mark> {
    any_outcome().prop_filter_map("a number", Result::ok)
}

/// Names as offices have them, longer ones, and what no office has.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-ZĐÔỨ][a-zđăâêôơư ạảấầẩễệỉịọộớờợụựỳ]{0,90}",
        "[a-zươ]{40,80}",
        "[<>&\"'\\u{1}\\u{7f}a-z ]{0,20}",
        Just(String::new())
    ]
}

fn width() -> impl Strategy<Value = f64> {
    prop_oneof![Just(NARROW), Just(WIDE), 320.0..900.0]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bars_stay_within_their_picture(
        rows in proptest::collection::vec((name(), any::<bool>(), any_outcome()), 0..7),
        max in 0.0..120.0,
        width in width(),
    ) {
        let bar = |(name, is_heading, shown)| Bar { code: String::new(), name, is_heading, shown };
        let rows: Vec<Bar> = rows.into_iter().map(bar).collect();
        let unit = if max < 20.0 { Unit::Percent } else { Unit::Points(max) };
        holds(&Bars { rows, unit, ..bars() }, width);
    }

    #[test]
    fn strips_stay_within_their_picture(
        rows in proptest::collection::vec((name(), proptest::array::uniform5(0.0..1.0)), 0..5),
        width in width(),
    ) {
        let strip = |(name, shares): (String, [f64; 5])| {
            let whole: f64 = shares.iter().sum();
            let shares = shares.map(|share| share / whole);
            Strip { code: String::new(), name, shown: Ok(Parts { shares, n: 9 }) }
        };
        let rows = rows.into_iter().map(strip).collect();
        holds(&Likert { rows, ..likert() }, width);
    }

    #[test]
    fn no_line_crosses_a_break_or_a_missing_year(
        years in proptest::collection::btree_map(2010..2031_u16, any_mark(), 0..14),
        breaks in proptest::collection::btree_set(2010..2031_u16, 0..3),
        width in width(),
    ) {
        let year = |year: u16| Year::new(year).unwrap();
        let breaks = breaks.into_iter().map(|from| Break { from: year(from), why: "đổi phiếu".to_owned() }).collect();
        let years = years.into_iter().map(|(at, mark)| (year(at), mark)).collect();
        let trend = Trend { years, breaks, ..trend() };
        for run in trend.runs() {
            for pair in run.windows(2) {
                prop_assert_eq!(pair[0].0.get() + 1, pair[1].0.get());
                prop_assert!(!trend.breaks.iter().any(|one| one.from == pair[1].0));
            }
        }
        prop_assert_eq!(trend.runs().iter().map(|run| run.len()).sum::<usize>(), trend.years.len());
        let n_lines = trend.svg(Tongue::Vietnamese, width).matches("stroke-width=\"2.2\"").count();
        prop_assert_eq!(n_lines, trend.runs().len());
        holds(&trend, width);
    }

    #[test]
    fn plots_stay_within_their_picture(
        items in proptest::collection::vec((name(), any_mark(), any_mark()), 0..25),
        width in width(),
    ) {
        let weighed = |(place, (name, satisfaction, importance))| {
            Weighed { code: format!("TC{place}"), name, satisfaction, importance }
        };
        let items = items.into_iter().enumerate().map(weighed).collect();
        holds(&Importance { items, ..importance() }, width);
    }

    #[test]
    fn ranks_and_tiles_stay_within_their_picture(
        names in proptest::collection::vec(name(), 8),
        of in 1..9_usize,
        width in width(),
    ) {
        let mut ranked = ranks();
        ranked.rows.truncate(of);
        let mut tiled = grid();
        tiled.tiles.truncate(of);
        ranked.rows.iter_mut().zip(&names).for_each(|(row, name)| name.clone_into(&mut row.name));
        tiled.tiles.iter_mut().zip(&names).for_each(|(tile, name)| name.clone_into(&mut tile.name));
        holds(&ranked, width);
        holds(&Grid { tiles: tiled.tiles, ..grid() }, width);
        holds(&Ranks { rows: ranked.rows, ..ranks() }, width);
    }
}

#[test]
fn an_interval_is_drawn_around_its_bar() {
    let rows = vec![Bar { shown: Ok(mark(50.0, 10.0, 9)), ..bars().rows.remove(1) }];
    let svg = Bars { rows, ..bars() }.svg(Tongue::Vietnamese, WIDE);
    let number = |text: &str, after: &str| -> f64 {
        let rest = text.split(after).nth(1).unwrap();
        rest.split(|c: char| c != '.' && !c.is_ascii_digit()).next().unwrap().parse().unwrap()
    };
    let bar = svg.split("<rect").nth(2).unwrap();
    let end = number(bar, "x=\"") + number(bar, "width=\"");
    let whisker = svg.split("<path d=\"M").nth(2).unwrap();
    let (low, high) = (number(&format!("M{whisker}"), "M"), number(whisker, "H"));
    assert!(low < end && end < high, "{low} {end} {high}");
    assert!(((end - low) - (high - end)).abs() < 0.3, "as far to both sides: {low} {end} {high}");
}
