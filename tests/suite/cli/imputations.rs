//! `sipas estimate --imputed`: completed copies of one survey, joined as by R's `mitools`, and copies that do not fit.

use crate::harness::calculator::{Comparison, OF_ESTIMATE, OF_SE, expected, sipas, words};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A copy of 31 rows whose mean has this value and this variance: fifteen rows as far above as fifteen below, and one at it.
fn copy(folder: &Path, place: usize, mean: f64, variance: f64) -> PathBuf {
    let reach = (31.0 * variance).sqrt();
    let rows = (0..31).map(|row| match row {
        0 => mean,
        _ if row % 2 == 0 => mean - reach,
        _ => mean + reach,
    });
    let path = folder.join(format!("copy{place}.csv"));
    let sheet: String = rows.map(|points| format!("1,{points},{}\n", u8::from(points > mean + reach * 0.5))).collect();
    std::fs::write(&path, format!("weight,points,is_high\n{sheet}")).unwrap();
    path
}

fn run(copies: &[PathBuf], more: &str) -> std::process::Output {
    let mut line = words("estimate --imputed");
    line.extend(copies.iter().map(|path| path.display().to_string()));
    line.extend(words(&format!("--weight weight --format json {more}")));
    sipas(&line)
}

fn figure(copies: &[PathBuf], more: &str) -> Value {
    let output = run(copies, more);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice::<Value>(&output.stdout).unwrap()[0].take()
}

fn copies(folder: &Path) -> Vec<PathBuf> {
    let reference = expected("rubin");
    let column = |key: &str| reference[key].as_array().unwrap().iter().map(|value| value.as_f64().unwrap());
    let both = column("input_estimates").zip(column("input_variances"));
    both.enumerate().map(|(place, (mean, variance))| copy(folder, place, mean, variance)).collect()
}

#[test]
fn completed_copies_are_joined_as_by_mitools() {
    let folder = tempfile::tempdir().unwrap();
    let (files, mut comparison) = (copies(folder.path()), Comparison::default());
    for (key, option) in [("df_complete_30", ""), ("df_inf", "--complete-df infinite")] {
        let figure = figure(&files, &format!("--mean points {option}"));
        let theirs = &expected("rubin")[key];
        assert_eq!((&figure["method"], &figure["n"]), (&Value::from("multiple-imputation-t"), &Value::from(31)));
        let (se, df) = (figure["se"].as_f64().unwrap(), figure["df"].as_f64().unwrap());
        let number = |name: &str| theirs[name].as_f64().unwrap();
        comparison.number(key, &figure["estimate"], number("estimate"), OF_ESTIMATE);
        comparison.number(key, &Value::from(se * se), number("variance"), OF_SE);
        comparison.number(key, &figure["df"], number("df"), OF_SE);
        if let Some(missing) = theirs["missinfo"].as_f64() {
            comparison.number(key, &figure["missing_information"], missing, OF_SE);
        }
        let reach = sipas::statistics::student_t(0.975, df).unwrap() * se;
        comparison.number(key, &figure["ci_low"], number("estimate") - reach, OF_SE);
        comparison.number(key, &figure["ci_high"], number("estimate") + reach, OF_SE);
    }
    println!("compared: {} numbers of multiple imputation", comparison.n);
    assert_eq!(comparison.n, 2 * 5 + 1);
}

#[test]
fn a_share_of_copies_has_a_logit_interval() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = copies(folder.path());
    files.truncate(2);
    let text = std::fs::read_to_string(&files[1]).unwrap();
    std::fs::write(&files[1], text.replacen(",1\n", ",0\n", 3)).unwrap();
    let figure = figure(&files, "--share is_high=1");
    assert_eq!(figure["method"], "multiple-imputation-logit");
    let number = |name: &str| figure[name].as_f64().unwrap();
    let (p, se) = (number("estimate"), number("se"));
    assert!((p - 0.5 * (15.0 + 12.0) / 31.0).abs() < 1e-12, "{figure}");
    let reach = sipas::statistics::student_t(0.975, number("df")).unwrap() * se / (p * (1.0 - p));
    let logit = |p: f64| (p / (1.0 - p)).ln();
    assert!((logit(number("ci_low")) - (logit(p) - reach)).abs() < 1e-9, "{figure}");
    assert!((logit(number("ci_high")) - (logit(p) + reach)).abs() < 1e-9, "{figure}");
    assert!(0.0 < number("missing_information") && number("missing_information") < 1.0);
}

#[test]
fn copies_that_do_not_fit_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let files = copies(folder.path());
    let whole = std::fs::read_to_string(&files[1]).unwrap();
    let last = whole.trim_end().rfind('\n').unwrap();
    std::fs::write(&files[1], &whole[..=last]).unwrap();
    std::fs::write(&files[2], whole.replacen("\n1,", "\n2,", 1)).unwrap();
    std::fs::write(&files[3], whole.replace("points", "marks")).unwrap();
    let output = run(&files, "--mean points");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("copy1.csv does not fit") && said.contains("30 rows instead of 31"), "{said}");
    assert!(said.contains("copy2.csv does not fit") && said.contains("row 2 has another PSU or weight"), "{said}");
    assert!(said.contains("copy3.csv: there is no column points"), "{said}");
    let output = run(&[files[0].clone(), files[4].clone()], "--mean points --by is_high --psu is_high");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(&files[4]).unwrap();
    std::fs::write(&files[4], text.replace(",1\n", ",2\n")).unwrap();
    let said =
        String::from_utf8(run(&[files[0].clone(), files[4].clone()], "--mean points --by is_high").stderr).unwrap();
    assert!(said.contains("copy4.csv does not fit") && said.contains("no figure for points in is_high=2"), "{said}");
    assert_eq!(run(&files[..1], "--mean points").status.code(), Some(2), "one copy is no multiple imputation");
}
