//! Pictures: what they look like, what they say, and what holds of each whatever it shows.

mod laws;

use crate::harness::browser::screenshots;
use sipas::domain::disclosure::NoFigure;
use sipas::domain::estimate::Interval;
use sipas::domain::period::Year;
use sipas::domain::rank::{Previous, RangeCaution, RankRange, Standing, ThanMean};
use sipas::domain::tongue::Tongue;
use sipas::report::figure::bars::{Bar, Bars};
use sipas::report::figure::grid::{Grid, Tile};
use sipas::report::figure::importance::{Importance, Weighed};
use sipas::report::figure::likert::{Likert, Parts, Strip};
use sipas::report::figure::ranks::{Ranked, Ranks};
use sipas::report::figure::trend::{Break, Trend};
use sipas::report::figure::{Mark, NARROW, Picture, Unit, WIDE};
use sipas::report::raster;

const ITEMS: [(&str, &str, f64); 12] = [
    ("TC1", "Thông tin về thủ tục dễ tìm, dễ hiểu", 84.2),
    ("TC2", "Biển chỉ dẫn và việc hướng dẫn tại nơi làm thủ tục", 81.9),
    ("TC3", "Nơi ngồi chờ và làm thủ tục sạch sẽ, đủ chỗ", 88.0),
    ("TT3", "Phí, lệ phí phải nộp đúng như quy định", 93.6),
    ("TT4", "Thời hạn giải quyết đúng như quy định", 74.1),
    ("CC1", "Công chức lịch sự, tôn trọng người dân", 91.3),
    ("CC2", "Công chức trả lời nhanh và đầy đủ những điều ông/bà hỏi", 85.5),
    ("CC5", "Công chức tận tình giúp đỡ", 85.0),
    ("KQ1", "Kết quả được trả đúng hẹn", 73.8),
    ("KQ2", "Kết quả đầy đủ, chính xác", 95.2),
    ("PA1", "Gửi phản ánh, kiến nghị dễ dàng", 70.4),
    ("PA3", "Được báo kết quả giải quyết phản ánh, kiến nghị kịp thời", 66.0),
];

fn mark(value: f64, half: f64, n: u64) -> Mark {
    Mark::new(value, Some(Interval { low: value - half, high: value + half }), n).unwrap()
}

fn bars() -> Bars {
    let row = |(code, name, value): (&str, &str, f64)| Bar {
        code: code.to_owned(),
        name: name.to_owned(),
        is_heading: code.is_empty(),
        shown: Ok(mark(value, 3.1, 1_336)),
    };
    let mut rows = vec![row(("", "Tiếp cận dịch vụ", 84.7))];
    rows.extend(ITEMS[..3].iter().copied().map(row));
    rows.push(row(("", "Thủ tục hành chính", 83.9)));
    rows.extend(ITEMS[3..5].iter().copied().map(row));
    let hidden = Bar { shown: Err(NoFigure::Hidden), ..row(ITEMS[10]) };
    let none = Bar { shown: Err(NoFigure::None("nobody answered".to_owned())), ..row(ITEMS[11]) };
    rows.extend([hidden, none]);
    Bars { title: "Mức hài lòng theo yếu tố và nội dung".to_owned(), unit: Unit::Percent, level: 0.95, rows }
}

fn likert() -> Likert {
    let strip = |place: usize, shares: [f64; 5]| Strip {
        code: ITEMS[place].0.to_owned(),
        name: ITEMS[place].1.to_owned(),
        shown: Ok(Parts { shares, n: 1_336 }),
    };
    let rows = vec![
        strip(0, [0.012, 0.048, 0.098, 0.510, 0.332]),
        strip(8, [0.081, 0.142, 0.039, 0.438, 0.300]),
        strip(11, [0.15, 0.12, 0.07, 0.36, 0.30]),
        Strip { shown: Err(NoFigure::Hidden), ..strip(4, [0.0; 5]) },
    ];
    Likert { title: "Năm mức trả lời".to_owned(), rows }
}

/// The national figures, with intervals made up for the picture.
fn trend() -> Trend {
    let figures = [(2019, 84.45), (2020, 85.48), (2021, 87.16), (2022, 80.08), (2023, 82.66), (2024, 83.94)];
    let year = |(year, value)| (Year::new(year).unwrap(), mark(value, 0.7, 36_525));
    let why = "đổi phiếu hỏi theo 1001/QĐ-BNV".to_owned();
    Trend {
        title: "Chỉ số hài lòng qua các năm".to_owned(),
        unit: Unit::Percent,
        level: 0.95,
        years: figures.map(year).to_vec(),
        breaks: vec![Break { from: Year::new(2022).unwrap(), why }],
    }
}

const UNITS: [&str; 8] = [
    "Thành phố Cao Lãnh",
    "Thành phố Hồng Ngự",
    "Thành phố Sa Đéc",
    "Huyện Tháp Mười",
    "Huyện Lấp Vò",
    "Huyện Châu Thành",
    "Huyện Tam Nông",
    "Huyện Hồng Ngự",
];

fn ranks() -> Ranks {
    let open = [(1, 4), (1, 5), (1, 5), (2, 7), (2, 8), (4, 8), (5, 8), (1, 8)];
    let rows = UNITS.iter().zip(open).zip(1..).map(|((name, (best, worst)), rank)| {
        let caution = (rank == 8).then_some(RangeCaution::SpreadUnknown);
        let range = RankRange { best, worst, caution };
        let standing = Standing { rank, of: 8, n_tied: 0, previous: Previous::NoRanking, range, than_mean: None };
        Ranked { name: (*name).to_owned(), value: 88.0 - f64::from(rank) * 0.8, standing, is_meant: rank == 2 }
    });
    Ranks { title: "Xếp hạng chỉ số CCHC năm 2021".to_owned(), level: 0.95, decimals: 2, rows: rows.collect() }
}

fn importance() -> Importance {
    let weights = [0.52, 0.44, 0.31, 0.28, 0.66, 0.58, 0.61, 0.63, 0.69, 0.47, 0.39, 0.42];
    let items = ITEMS.iter().zip(weights).map(|((code, name, value), weight)| Weighed {
        code: (*code).to_owned(),
        name: (*name).to_owned(),
        satisfaction: mark(*value, 2.4, 1_336),
        importance: mark(weight, if *code == "KQ1" { 0.05 } else { 0.2 }, 1_330),
    });
    Importance { title: "Nên khắc phục điều gì trước".to_owned(), level: 0.95, items: items.collect() }
}

fn grid() -> Grid {
    let stands = [ThanMean::Above, ThanMean::Above, ThanMean::NotDistinguishable, ThanMean::NotDistinguishable];
    let known = stands.into_iter().chain([ThanMean::NotDistinguishable, ThanMean::Below, ThanMean::Below]).map(Some);
    let tiles = UNITS.iter().zip(known.chain([None])).zip(0..).map(|((name, than_mean), place)| Tile {
        name: (*name).to_owned(),
        shown: if than_mean.is_some() { Ok(mark(88.0 - f64::from(place), 1.2, 180)) } else { Err(NoFigure::Hidden) },
        than_mean,
    });
    Grid {
        title: "Các đơn vị so với trung bình".to_owned(), unit: Unit::Percent, level: 0.95, tiles: tiles.collect()
    }
}

fn all() -> [(&'static str, Box<dyn Picture>); 6] {
    [
        ("bars", Box::new(bars())),
        ("likert", Box::new(likert())),
        ("trend", Box::new(trend())),
        ("ranks", Box::new(ranks())),
        ("importance", Box::new(importance())),
        ("grid", Box::new(grid())),
    ]
}

/// Each picture at both widths, as a file to look at.
#[test]
fn pictures_are_drawn_as_png() {
    std::fs::create_dir_all(screenshots()).unwrap();
    for (name, picture) in all() {
        for (width, size) in [(NARROW, "phone"), (WIDE, "wide")] {
            let png = raster::png(&picture.svg(Tongue::Vietnamese, width), 2 * width as u32).unwrap();
            std::fs::write(screenshots().join(format!("figure-{name}-{size}.png")), png).unwrap();
        }
    }
}

/// An element a line.
#[test]
fn pictures_look_as_they_did() {
    for (name, picture) in all() {
        insta::assert_snapshot!(name, picture.svg(Tongue::Vietnamese, NARROW).replace("><", ">\n<"));
    }
}

#[test]
fn pictures_say_what_is_seen_in_them() {
    let said = |tongue| all().map(|(name, picture)| format!("{name}: {}", picture.finding(tongue))).join("\n");
    insta::assert_snapshot!("findings-vi", said(Tongue::Vietnamese));
    insta::assert_snapshot!("findings-en", said(Tongue::English));
}

#[test]
fn a_table_has_the_numbers_behind_each_picture() {
    let tables = all().map(|(name, picture)| format!("{name}\n{}", picture.table(Tongue::Vietnamese))).join("\n");
    insta::assert_snapshot!("tables", tables);
}

#[test]
fn pictures_of_nothing_say_so() {
    let empty: [Box<dyn Picture>; 6] = [
        Box::new(Bars { rows: Vec::new(), ..bars() }),
        Box::new(Likert { rows: Vec::new(), ..likert() }),
        Box::new(Trend { years: Vec::new(), breaks: Vec::new(), ..trend() }),
        Box::new(Ranks { rows: Vec::new(), ..ranks() }),
        Box::new(Importance { items: Vec::new(), ..importance() }),
        Box::new(Grid { tiles: Vec::new(), ..grid() }),
    ];
    for picture in empty {
        assert!(!picture.finding(Tongue::English).is_empty());
        laws::holds(&*picture, NARROW);
    }
}
