//! Replicate weights: where theory says that they give the linearised spread exactly, they do.

use crate::harness::calculator::{Answers, Comparison, OF_SE, oracle, sipas, words};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// The panel of 2026 with a weight per left-out desk: a stratified jackknife, as any survey institute would deliver it.
fn jackknifed(path: &Path) {
    let mut reader = csv::Reader::from_path(oracle("data/synth_s4_panel.csv")).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.unwrap()).filter(|row| &row[0] == "2026").collect();
    let mut desks: BTreeMap<(String, String), usize> = BTreeMap::new();
    rows.iter().for_each(|row| *desks.entry((row[1].to_owned(), row[2].to_owned())).or_default() += 1);
    let n_of = |district: &str| desks.keys().filter(|(known, _)| known == district).count() as f64;
    let mut sheet = "district,desk,weight,sex,Q01,Q02".to_owned();
    (1..=desks.len()).for_each(|r| write!(sheet, ",rep{r}").unwrap());
    for row in &rows {
        let weight: f64 = row[8].parse().unwrap();
        write!(sheet, "\n{},{},{weight},{},{},{}", &row[1], &row[2], &row[9], &row[12], &row[13]).unwrap();
        for (district, desk) in desks.keys() {
            let n = n_of(district);
            let factor = match (district == &row[1], desk == &row[2]) {
                (true, true) => 0.0,
                (true, false) => n / (n - 1.0),
                _ => 1.0,
            };
            write!(sheet, ",{}", weight * factor).unwrap();
        }
    }
    std::fs::write(path, sheet).unwrap();
}

fn answers(file: &Path, more: &str) -> Answers {
    let mut line = vec!["estimate".to_owned(), file.display().to_string()];
    line.extend(words(more));
    line.extend(words("--by sex --format json"));
    let output = sipas(&line);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Answers::read(&output.stdout)
}

#[test]
fn a_jackknife_of_totals_is_the_linearised_spread() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jackknife.csv");
    jackknifed(&file);
    let asked = "--strata district --psu desk --weight weight --total Q01>=4 --mean Q01 --share Q02>=4";
    let linearised = answers(&file, asked);
    let replicated = answers(&file, &format!("{asked} --repweights rep --rep-type jkn"));
    let mut comparison = Comparison::default();
    for domain in ["all", "sex=F", "sex=M"] {
        for statistic in 0..3 {
            let (linearised, replicated) = (linearised.at(statistic, domain), replicated.at(statistic, domain));
            let number = |name: &str| linearised[name].as_f64().unwrap();
            comparison.number(domain, &replicated["estimate"], number("estimate"), 0.0);
            // Totals are linear, so both ways are the same; means agree as far as linearisation is good.
            let tolerance = if statistic == 0 { OF_SE } else { 0.05 };
            comparison.number(domain, &replicated["se"], number("se"), tolerance);
            assert!(replicated["method"].as_str().unwrap().starts_with("replicate-weights"), "{replicated}");
        }
        comparison.number("df", &replicated.at(0, "all")["df"], linearised.at(0, "all")["df"].as_f64().unwrap(), 0.0);
    }
    assert_eq!(comparison.n, 21);
}

#[test]
fn replicates_of_another_kind_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("half.csv");
    std::fs::write(&file, "d,w,q,r1,r2\na,1,1,0,2\na,1,2,2,0\nb,1,3,0,2\nb,1,4,2,0\n").unwrap();
    let run = |more: &str| {
        let mut line = vec!["estimate".to_owned(), file.display().to_string()];
        line.extend(words(&format!("--strata d --weight w --mean q {more}")));
        sipas(&line)
    };
    let output = run("--repweights r --rep-type jkn");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("is it brr?"));
    assert!(run("--repweights r --rep-type brr").status.success());
    let output = run("--repweights x --rep-type brr");
    assert!(String::from_utf8(output.stderr).unwrap().contains("0 columns begin with x"));
}
