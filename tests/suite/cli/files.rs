//! Survey files as people have them: what is read, and what is refused with its row and column.

use crate::harness::calculator::{oracle, sipas, words};
use polars::prelude::{
    Categories, Column, DataFrame, DataType, Float32Chunked, Int8Chunked, Int32Chunked, Int64Chunked, IntoColumn,
    NewChunkedArray, ParquetWriter, StringChunked, UInt32Chunked,
};
use std::path::{Path, PathBuf};
use std::process::Output;

fn estimate(file: &Path, more: &str) -> Output {
    let mut line = vec!["estimate".to_owned(), file.display().to_string()];
    line.extend(words(more));
    sipas(&line)
}

/// A file with a text, in a folder that lives as long as it is held.
fn sheet(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_sheet_from_a_spreadsheet_is_read() {
    let text = "\u{feff}\"nhóm\",điểm,w\r\n\"A, một\",5,2\r\n\"A, một\",NA,2\r\nB,,1\r\nB,1,1\r\n";
    let (_folder, file) = sheet("s.csv", text.as_bytes());
    let said = printed(&estimate(&file, "--weight w --mean điểm --by nhóm --format csv"));
    let rows: Vec<&str> = said.lines().collect();
    assert!(rows[1].starts_with("điểm,all,3.6666666666666665,"), "{said}");
    assert!(rows[2].starts_with("điểm,\"nhóm=A, một\",5,"), "{said}");
    assert!(rows[3].starts_with("điểm,nhóm=B,1,"), "{said}");
}

#[test]
fn every_cell_that_cannot_be_right_is_named() {
    let text =
        "d,p,w,m,q\na,1,2,3,5\na,1,0,3,4\na,2,x,3,4\na,2,1,3,4,9\n,2,1,3,bad\nb,3,1,0.5,4\nb,4,-1,7,3\nb,4,1,8,3\n";
    let (_folder, file) = sheet("s.csv", text.as_bytes());
    let said = refused(&estimate(&file, "--strata d --psu p --weight w --fpc1 m --mean q"));
    for part in ["row 4, column w: \"x\" is not a number", "row 5: 6 cells, but the header has 5"] {
        assert!(said.contains(part), "{part} is missing in:\n{said}");
    }
    let text = "d,p,w,m,q\na,1,2,3,5\na,1,0,3,4\n,2,1,3,4\nb,3,1,0.5,4\nc,4,-1,7,3\nc,4,,8,3\n";
    let (_folder, file) = sheet("s.csv", text.as_bytes());
    let said = refused(&estimate(&file, "--strata d --psu p --weight w --fpc1 m --mean q"));
    for part in [
        "row 3, column w: the weight is 0",
        "row 4, column d: missing",
        "row 5, column m: 0.5 is not a count",
        "row 6, column w: the weight is -1",
        "row 7, column w: the weight is missing",
        "row 7, column m: 8, but 7 in an earlier row of the same stratum",
    ] {
        assert!(said.contains(part), "{part} is missing in:\n{said}");
    }
    let (_folder, file) = sheet("s.csv", b"q,g\n4,a\ngood,b\n5,c\n");
    let said = refused(&estimate(&file, "--mean q --mean age --share g=x --by h"));
    assert!(
        said.contains("there is no column age; the file has q, g") && said.contains("there is no column h"),
        "{said}"
    );
    let said = refused(&estimate(&file, "--mean q --share g=x"));
    assert!(said.contains("row 3, column q: \"good\" is not a number"), "{said}");
    assert!(said.contains("no row has g x; there are a, b, c"), "{said}");
}

#[test]
fn designs_that_contradict_the_sample_are_refused() {
    let (_folder, file) = sheet("s.csv", b"d,p,m,n,q\na,1,2,5,1\na,2,2,1,2\na,2,2,1,3\na,3,2,9,4\nb,1,1,4,4\n");
    let said = refused(&estimate(&file, "--strata d --psu p --fpc1 m --fpc2 n --mean q"));
    assert!(said.contains("stratum a has 3 PSUs in the sample, more than the 2"), "{said}");
    assert!(said.contains("has 2 rows in the sample, more than the 1"), "{said}");
    let said = refused(&estimate(&file, "--strata d --psu p --psu-unique --mean q"));
    assert!(said.contains("PSU 1 is in strata a and b"), "{said}");
    assert!(printed(&estimate(&file, "--strata d --psu p --mean q")).contains("lonely-psu"));
    let said = refused(&estimate(&file, "--strata d --psu p --lonely collapse=a:z --mean q"));
    assert!(said.contains("no stratum z to collapse; strata are a, b"), "{said}");
}

#[test]
fn what_is_no_survey_is_refused() {
    for (name, bytes, part) in [
        ("s.txt", &b"q\n1\n"[..], "neither .csv nor .parquet"),
        ("s.parquet", b"q\n1\n", "cannot be read as Parquet"),
        ("s.csv", b"", "the file is empty"),
        ("s.csv", b"q\n", "a header but no rows"),
        ("s.csv", b"q,q\n1,2\n", "the header has column q twice"),
        ("s.csv", b"q,r\n1,\xff\n", "row 2, column r: the text is not UTF-8"),
    ] {
        let (_folder, file) = sheet(name, bytes);
        let asked = if bytes.contains(&0xff) { "--mean r" } else { "--mean q" };
        let said = refused(&estimate(&file, asked));
        assert!(said.contains(part), "{part} is missing in:\n{said}");
    }
    let said = refused(&estimate(Path::new("/nowhere/s.csv"), "--mean q"));
    assert!(said.contains("/nowhere/s.csv"), "{said}");
    let said = refused(&estimate(&oracle("data/synth_s1_2025.csv"), "--share Q01"));
    assert!(said.contains("--share 'Q01' cannot be read"), "{said}");
}

#[test]
fn statistics_come_in_the_order_they_were_asked() {
    let items = oracle("data/synth_items.csv").display().to_string();
    let file = oracle("data/synth_s1_2025.csv");
    let asked = format!(
        "--weight weight --total weight --mean Q02 --composite {items} --rule top2_share --mean Q01 --ratio Q01/Q02"
    );
    let said = printed(&estimate(&file, &format!("{asked} --quantile Q03:0.5 --share sex=F --format csv")));
    let names: Vec<&str> = said.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(names, ["weight", "Q02", items.as_str(), "Q01", "Q01/Q02", "Q03:0.5", "sex=F"]);
}

/// The reference survey as Parquet, with a type of its own for every kind of column and several row groups.
fn as_parquet(path: &Path) {
    let mut reader = csv::Reader::from_path(oracle("data/synth_s3_awkward.csv")).unwrap();
    let header = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.unwrap()).collect();
    let columns: Vec<Column> = header
        .iter()
        .enumerate()
        .map(|(place, name)| {
            let cells = || rows.iter().map(|row| Some(&row[place]).filter(|cell| !cell.is_empty()));
            let number = |cell: &str| cell.parse::<f64>().unwrap();
            match name {
                "M_h" => UInt32Chunked::from_iter_options(name.into(), cells().map(|c| c.map(|c| number(c) as u32)))
                    .into_column(),
                "N_desk" => Int64Chunked::from_iter_options(name.into(), cells().map(|c| c.map(|c| number(c) as i64)))
                    .into_column(),
                "Q02" => Float32Chunked::from_iter_options(name.into(), cells().map(|c| c.map(|c| number(c) as f32)))
                    .into_column(),
                "weight" => {
                    polars::prelude::Float64Chunked::from_iter_options(name.into(), cells().map(|c| c.map(number)))
                        .into_column()
                }
                name if name.starts_with('Q') => {
                    Int8Chunked::from_iter_options(name.into(), cells().map(|c| c.map(|c| number(c) as i8)))
                        .into_column()
                }
                // As R's factors and pandas' categories are written.
                "age_group" => StringChunked::from_iter_options(name.into(), cells())
                    .into_column()
                    .cast(&DataType::from_categories(Categories::global()))
                    .unwrap(),
                name => StringChunked::from_iter_options(name.into(), cells()).into_column(),
            }
        })
        .collect();
    let mut frame = DataFrame::new(rows.len(), columns).unwrap();
    let writer = ParquetWriter::new(std::fs::File::create(path).unwrap()).with_row_group_size(Some(100));
    writer.finish(&mut frame).unwrap();
}

#[test]
fn parquet_and_csv_give_the_same_figures() {
    let folder = tempfile::tempdir().unwrap();
    let parquet = folder.path().join("s3.parquet");
    as_parquet(&parquet);
    let asked = "--strata district --psu desk --weight weight --fpc1 M_h --fpc2 N_desk --lonely adjust --share Q01>=4 --mean Q02 \
                 --mean Q01+Q21 --total Q03 --distribution sex --quantile Q05:0.3 --by district --by sex,age_group --by channel --format csv";
    let from_csv = printed(&estimate(&oracle("data/synth_s3_awkward.csv"), asked));
    let from_parquet = printed(&estimate(&parquet, asked));
    assert!(from_csv.lines().count() > 100);
    assert_eq!(from_csv, from_parquet);
    let said = refused(&estimate(&parquet, "--weight sex --mean Q01"));
    assert!(said.contains("column sex: it holds str, but numbers are needed"), "{said}");
}

#[test]
fn days_of_a_parquet_file_are_labels() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("days.parquet");
    let days = Int32Chunked::from_vec("day".into(), vec![20_000, 20_000, 20_001]).into_column();
    let columns =
        vec![days.cast(&DataType::Date).unwrap(), Int64Chunked::from_vec("q".into(), vec![1, 2, 6]).into_column()];
    let mut frame = DataFrame::new(3, columns).unwrap();
    ParquetWriter::new(std::fs::File::create(&path).unwrap()).finish(&mut frame).unwrap();
    let said = printed(&estimate(&path, "--mean q --by day --format csv"));
    assert!(said.contains("q,day=2024-10-04,1.5,") && said.contains("q,day=2024-10-05,6,"), "{said}");
}
