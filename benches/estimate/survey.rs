//! Surveys as a province would export them: text codes for districts and desks, bytes for answers, sorted by desk.

use polars::prelude::{
    Column, DataFrame, Float64Chunked, Int8Chunked, IntoColumn, NewChunkedArray, ParallelStrategy, ParquetReader,
    ParquetWriter, SerReader, StringChunked, UInt32Chunked,
};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use std::fs::File;
use std::path::{Path, PathBuf};

const N_ITEMS: usize = 22;
const N_DISTRICTS: usize = 12;
const ELEMENTS: [std::ops::Range<usize>; 5] = [0..5, 5..9, 9..14, 14..18, 18..22];

fn item(place: usize) -> String {
    format!("Q{:02}", place + 1)
}

/// The sheet of the composite's items.
pub(crate) fn items(folder: &Path) -> PathBuf {
    let path = folder.join("items.csv");
    let rows: String = (0..N_ITEMS).map(|place| format!("{},1.5\n", item(place))).collect();
    std::fs::write(&path, format!("item,max_points\n{rows}")).expect("the items can be written");
    path
}

/// What is asked of every survey.
pub(crate) fn question(items: &Path) -> Vec<String> {
    let mut line: Vec<String> =
        ["--strata", "district", "--psu", "desk", "--weight", "weight", "--fpc1", "M", "--fpc2", "N"]
            .map(str::to_owned)
            .into();
    for place in 0..N_ITEMS {
        line.extend(["--share".to_owned(), format!("{}>=4", item(place))]);
    }
    for element in ELEMENTS {
        let members: Vec<String> = element.map(item).collect();
        line.extend(["--share".to_owned(), format!("{}>=4", members.join("+"))]);
    }
    line.extend([
        "--composite".to_owned(),
        items.display().to_string(),
        "--rule".to_owned(),
        "mean_rescaled".to_owned(),
    ]);
    line.extend(["--by", "district", "--by", "sex,age", "--format", "csv"].map(str::to_owned));
    line
}

/// Writes a survey.
pub(crate) fn write(path: &Path, n_rows: usize, n_desks: usize) {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let per_desk = n_rows.div_ceil(n_desks);
    let desk_of: Vec<usize> = (0..n_rows).map(|row| row / per_desk).collect();
    let district = |desk: usize| desk * N_DISTRICTS / n_desks;
    let per_district = n_desks / N_DISTRICTS * 2;
    let text =
        |name: &str, texts: Vec<String>| StringChunked::from_iter_values(name.into(), texts.into_iter()).into_column();
    let mut columns: Vec<Column> = vec![
        text("district", desk_of.iter().map(|desk| format!("D{:02}", district(*desk) + 1)).collect()),
        text("desk", desk_of.iter().map(|desk| format!("D{:02}-{desk:05}", district(*desk) + 1)).collect()),
        text("sex", (0..n_rows).map(|_| if random.random_bool(0.5) { "F" } else { "M" }.to_owned()).collect()),
        text(
            "age",
            (0..n_rows).map(|_| ["18-29", "30-44", "45-59", "60+"][random.random_range(0..4)].to_owned()).collect(),
        ),
        Float64Chunked::from_vec("weight".into(), desk_of.iter().map(|desk| 5.0 + (desk % 17) as f64).collect())
            .into_column(),
        UInt32Chunked::from_vec("M".into(), vec![per_district as u32 + 2; n_rows]).into_column(),
        UInt32Chunked::from_vec("N".into(), vec![per_desk as u32 * 10; n_rows]).into_column(),
    ];
    for place in 0..N_ITEMS {
        let answers = desk_of.iter().map(|desk| {
            let good = 0.70 + 0.25 * ((desk * 7 + place * 3) % 10) as f64 / 10.0;
            (!random.random_bool(0.03))
                .then(|| if random.random_bool(good) { random.random_range(4..6) } else { random.random_range(1..4) })
        });
        columns.push(Int8Chunked::from_iter_options(item(place).as_str().into(), answers).into_column());
    }
    let mut frame = DataFrame::new(n_rows, columns).expect("columns of one length");
    let file = File::create(path).expect("the survey can be created");
    ParquetWriter::new(file).with_row_group_size(Some(1 << 18)).finish(&mut frame).expect("the survey can be written");
}

/// Reads all columns of a survey as Polars does by itself; returns the rows.
pub(crate) fn read(path: &Path) -> usize {
    let file = File::open(path).expect("the survey is there");
    let reader = ParquetReader::new(file).read_parallel(ParallelStrategy::Auto);
    reader.finish().expect("the survey can be read").height()
}
