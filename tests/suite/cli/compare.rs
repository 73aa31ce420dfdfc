//! `sipas compare` beside the reference numbers: contrasts, years, tests of tables, ranks, and the covariance behind them.

use crate::harness::calculator::{Comparison, OF_ESTIMATE, OF_SE, OF_T_INTERVAL, expected, oracle, sipas, words};
use serde_json::Value;
use std::path::Path;

const DESIGN: &str = "--strata district --psu desk --weight weight --fpc1 M_h";
/// Relative difference allowed for p-values: both programs' distribution functions end about here.
const OF_P: f64 = 1e-9;

/// Runs `sipas compare` and reads what it prints.
fn compare(file: &Path, arguments: &str) -> Vec<Value> {
    let mut line = vec!["compare".to_owned(), file.display().to_string()];
    line.extend(words(arguments));
    line.extend(words("--format json"));
    let output = sipas(&line);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What to type for a statistic of the reference numbers.
fn typed(statistic: &str) -> String {
    let all: Vec<String> = (1..=22).map(|q| format!("Q{q:02}")).collect();
    let items = oracle("data/synth_items.csv").display().to_string();
    let mut reader = csv::Reader::from_path(&items).unwrap();
    let elements: Vec<(String, String)> =
        reader.records().map(|r| r.unwrap()).map(|r| (r[0].to_owned(), r[1].to_owned())).collect();
    let members = |element: &str| -> Vec<String> {
        let of = |(item, e): &(String, String)| (element == "ALL" || e == element).then(|| item.clone());
        elements.iter().filter_map(of).collect()
    };
    match statistic.split('_').collect::<Vec<_>>().as_slice() {
        ["top2", "pooled", element] => format!("--share {}>=4", members(element).join("+")),
        ["mean", "pooled", element] => format!("--mean {}", members(element).join("+")),
        ["top2", "itemavg", "ALL"] => format!("--share mean({})>=4", all.join(",")),
        ["top2", item] => format!("--share {item}>=4"),
        ["composite", "linear01"] => format!("--composite {items} --rule mean_rescaled"),
        ["composite", "over5"] => format!("--composite {items} --rule mean_over_max"),
        ["composite", "top2"] => format!("--composite {items} --rule top2_share"),
        other => panic!("{other:?}"),
    }
}

fn against(comparison: &mut Comparison, what: &str, line: &Value, theirs: &Value, ends: [Option<f64>; 2]) {
    let number = |name: &str| theirs[name].as_f64().unwrap();
    let scale = line["estimate_a"].as_f64().unwrap() / number("diff");
    comparison.number(what, &line["difference"], number("diff"), OF_ESTIMATE * scale.abs().max(1.0));
    comparison.number(what, &line["se"], number("se"), OF_SE);
    comparison.number(what, &line["df"], number("df"), 0.0);
    comparison.number(what, &line["t"], number("t"), OF_SE * scale.abs().max(1.0));
    comparison.number(what, &line["p"], number("p"), OF_P * (number("t").powi(2)).max(10.0));
    let wide = OF_T_INTERVAL * scale.abs().max(10.0);
    comparison.number(what, &line["ci_low"], ends[0].unwrap(), wide * 10.0);
    comparison.number(what, &line["ci_high"], ends[1].unwrap(), wide * 10.0);
}

#[test]
fn contrasts_are_those_of_survey() {
    let mut comparison = Comparison::default();
    for data in ["synth_s1_2025", "synth_s2_2026"] {
        let file = oracle(&format!("data/{data}.csv"));
        for theirs in expected(data)["contrasts"].as_array().unwrap() {
            let (a, b) = (theirs["a"].as_str().unwrap(), theirs["b"].as_str().unwrap());
            let (column, a) = a.split_once('=').unwrap();
            let b = b.split_once('=').map_or(b, |(_, b)| b);
            let statistic = typed(theirs["stat"].as_str().unwrap());
            let with = format!("--between {column} --with {a}:{b} --adjust none --inference descriptive");
            let lines = compare(&file, &format!("{DESIGN} {statistic} {with}"));
            let ends = [0, 1].map(|end| theirs["ci_t"][end].as_f64());
            against(&mut comparison, &format!("{column} {a} and {b}"), &lines[0], theirs, ends);
        }
    }
    println!("compared: {} numbers of contrasts", comparison.n);
    assert_eq!(comparison.n, 2 * 8 * 7);
}

/// Both years in one file, as an analyst would stack them.
fn stacked(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("stacked.csv");
    let mut writer = csv::Writer::from_path(&path).unwrap();
    for (year, data) in [("2025", "synth_s1_2025"), ("2026", "synth_s2_2026")] {
        let mut reader = csv::Reader::from_path(oracle(&format!("data/{data}.csv"))).unwrap();
        if year == "2025" {
            writer.write_record(std::iter::once("year").chain(reader.headers().unwrap())).unwrap();
        }
        for record in reader.records() {
            writer.write_record(std::iter::once(year).chain(&record.unwrap())).unwrap();
        }
    }
    writer.flush().unwrap();
    path
}

/// Compares the lines of one statistic with the reference's domains.
fn years(comparison: &mut Comparison, reference: &Value, statistic: &str, lines: &[Value]) {
    for line in lines {
        let domain: Vec<String> =
            line["domain"].as_object().unwrap().iter().map(|(k, v)| format!("{k}={}", v.as_str().unwrap())).collect();
        let name = if domain.is_empty() { "all".to_owned() } else { domain.join("&") };
        let of = |kind: &str| reference[&name][kind][statistic].clone();
        let theirs = serde_json::json!({
            "diff": of("diff"), "se": of("se"), "t": of("t"), "p": of("p"), "df": reference[&name]["df"],
        });
        let ends = [of("ci_t_low").as_f64(), of("ci_t_high").as_f64()];
        let what = format!("{statistic} of {name}");
        comparison.number(&what, &line["estimate_a"], of("new").as_f64().unwrap(), OF_ESTIMATE);
        comparison.number(&what, &line["estimate_b"], of("old").as_f64().unwrap(), OF_ESTIMATE);
        against(comparison, &what, line, &theirs, ends);
    }
}

const OF_YEARS: [&str; 13] = [
    "top2_Q01",
    "top2_Q20",
    "top2_pooled_E1",
    "top2_pooled_E2",
    "top2_pooled_E3",
    "top2_pooled_E4",
    "top2_pooled_E5",
    "top2_pooled_ALL",
    "top2_itemavg_ALL",
    "mean_pooled_ALL",
    "composite_linear01",
    "composite_over5",
    "composite_top2",
];

#[test]
fn independent_years_are_compared_as_by_survey() {
    let folder = tempfile::tempdir().unwrap();
    let file = stacked(folder.path());
    let reference = expected("synth_yoy_s1_s2");
    let design = "--strata year,district --psu desk --weight weight --fpc1 M_h";
    let with = "--between year --with 2026:2025 --inference descriptive";
    let mut comparison = Comparison::default();
    for statistic in OF_YEARS {
        let lines =
            compare(&file, &format!("{design} {} --by district --by sex {with} --adjust none", typed(statistic)));
        assert_eq!(lines.len(), 15);
        years(&mut comparison, &reference, statistic, &lines);
    }
    for (adjust, family) in [("holm", "holm_district_composite"), ("bh", "bh_district_composite")] {
        let composite = typed("composite_linear01");
        let lines = compare(&file, &format!("{design} {composite} --by district {with} --adjust {adjust}"));
        for line in &lines[1..] {
            let name = format!("district={}", line["domain"]["district"].as_str().unwrap());
            comparison.number(&name, &line["p_adjusted"], reference[family][&name].as_f64().unwrap(), OF_P);
            assert_eq!(line["verdict"], "not-distinguishable", "{line}");
        }
    }
    println!("compared: {} numbers of independent years", comparison.n);
    assert_eq!(comparison.n, 13 * 15 * 9 + 24);
}

/// The reference has Welch and Satterthwaite's degrees of freedom, but neither p nor interval by them; these are held against
/// Student's distribution, which is compared with R elsewhere.
#[test]
fn independent_years_have_the_freedom_of_welch_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let file = stacked(folder.path());
    let reference = expected("synth_yoy_s1_s2");
    let asked: Vec<String> = OF_YEARS.iter().map(|statistic| typed(statistic)).collect();
    let with =
        "--by district --by sex --between year --with 2026:2025 --inference descriptive --adjust none --df welch";
    let mut comparison = Comparison::default();
    for (statistic, asked) in OF_YEARS.iter().zip(&asked) {
        let design = "--strata year,district --psu desk --weight weight --fpc1 M_h";
        let lines = compare(&file, &format!("{design} {asked} {with}"));
        assert_eq!(lines.len(), 15);
        for line in &lines {
            let domain = line["domain"].as_object().unwrap();
            let name = domain.iter().next().map_or("all".to_owned(), |(k, v)| format!("{k}={}", v.as_str().unwrap()));
            let (what, theirs) = (format!("{statistic} of {name}"), &reference[&name]);
            assert_eq!(line["df_method"], "welch", "{line}");
            comparison.number(&what, &line["se"], theirs["se"][statistic].as_f64().unwrap(), OF_SE);
            let df = theirs["df_welch_satterthwaite"][statistic].as_f64().unwrap();
            comparison.number(&what, &line["df"], df, OF_SE);
            let number = |name: &str| line[name].as_f64().unwrap();
            let p = sipas::statistics::student_t_tail(number("t"), df).unwrap();
            comparison.number(&what, &line["p"], p, OF_P * number("t").powi(2).max(10.0));
            let reach = sipas::statistics::student_t(0.975, df).unwrap() * number("se");
            let half = serde_json::json!(0.5 * (number("ci_high") - number("ci_low")));
            comparison.number(&what, &half, reach, OF_P);
        }
    }
    println!("compared: {} numbers of independent years by Welch's rule", comparison.n);
    assert_eq!(comparison.n, 13 * 15 * 4);
}

#[test]
fn welch_is_refused_where_the_same_desks_answered() {
    let panel = oracle("data/synth_s4_panel.csv").display().to_string();
    let mut line = vec!["compare".to_owned(), panel];
    line.extend(words(&format!("{DESIGN} --mean Q01 --between year --df welch")));
    let output = sipas(&line);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("2025 and 2026 are not independent") && said.contains("--df design"), "{said}");
}

#[test]
fn the_same_desks_in_two_years_keep_their_covariance() {
    let reference = expected("synth_s4_panel");
    let mut comparison = Comparison::default();
    for statistic in OF_YEARS {
        let with = "--by district --between year --with 2026:2025 --inference descriptive --adjust none";
        let lines = compare(&oracle("data/synth_s4_panel.csv"), &format!("{DESIGN} {} {with}", typed(statistic)));
        years(&mut comparison, &reference, statistic, &lines);
    }
    println!("compared: {} numbers of a panel", comparison.n);
    assert_eq!(comparison.n, 13 * 5 * 9);
}

#[test]
fn tables_are_tested_as_by_survey() {
    let mut comparison = Comparison::default();
    for data in ["synth_s1_2025", "synth_s2_2026"] {
        let file = oracle(&format!("data/{data}.csv"));
        let reference = &expected(data)["chisq"];
        for (asked, theirs) in [
            ("--share Q01>=4 --distribution sex", &reference["Q01top2_by_sex"]["F"]),
            ("--share Q01>=4 --distribution district", &reference["Q01top2_by_district"]),
            ("--distribution Q20 --distribution age_group", &reference["Q20_by_age"]),
        ] {
            let line = compare(&file, &format!("{DESIGN} {asked} --independence")).remove(0);
            let number = |value: &Value| value.as_f64().unwrap();
            comparison.number(asked, &line["f"], number(&theirs["statistic"]), 1e-9);
            comparison.number(asked, &line["ndf"], number(&theirs["parameter"]["ndf"]), 1e-9);
            comparison.number(asked, &line["ddf"], number(&theirs["parameter"]["ddf"]), 1e-9);
            comparison.number(asked, &line["p"], number(&theirs["p"]), 1e-7);
        }
    }
    println!("compared: {} numbers of tests of tables", comparison.n);
    assert_eq!(comparison.n, 24);
}

/// The reference draws 50,000 times and says itself that a bound can move by one where a pair lies close to the critical
/// value. That happens once: stepping down for D05 alone, two pairs (2.718 and 2.706 standard errors) lie within 0.015 of the
/// critical values, which 200,000 independent draws put at 2.707 and 2.691. Both pairs are told apart here, and neither there.
#[test]
fn rank_sets_are_those_of_csranks() {
    let composite = typed("composite_linear01");
    let (mut n, mut n_moved) = (0, 0);
    for data in ["synth_s1_2025", "synth_s2_2026"] {
        let reference = &expected("ranks_csranks")[data];
        for (kind, options) in [
            ("simultaneous_singlestep", "--rank-sets simultaneous --single-step"),
            ("simultaneous_stepdown", ""),
            ("marginal_singlestep", "--rank-sets marginal --single-step"),
            ("marginal_stepdown", "--rank-sets marginal"),
        ] {
            let with = format!("--between district --ranks --inference descriptive {options}");
            let lines = compare(&oracle(&format!("data/{data}.csv")), &format!("{DESIGN} {composite} {with}"));
            assert_eq!(lines.len(), 12);
            let named = kind.replace("_singlestep", "-single-step").replace("_stepdown", "-step-down");
            assert_eq!(lines[0]["rank_sets"], named);
            for (place, line) in lines.iter().enumerate() {
                assert_eq!(line["unit"], reference["districts"][place]);
                for (end, bound) in ["rank_low", "rank_high"].into_iter().enumerate() {
                    let theirs = reference[kind][place][end].as_i64().unwrap();
                    let moved = (line[bound].as_i64().unwrap() - theirs).abs();
                    let is_close = (data, kind, place, bound) == ("synth_s1_2025", "marginal_stepdown", 4, "rank_high");
                    assert_eq!(moved, if is_close { 2 } else { 0 }, "{kind}: {bound} {theirs} in {line}");
                    n_moved += moved;
                    n += 1;
                }
                let name = format!("district={}", line["unit"].as_str().unwrap());
                assert_eq!(line["rank"], expected(data)["ranking"]["rank"][name], "{line}");
            }
        }
    }
    println!("compared: {n} bounds of ranks, one of them moved by {n_moved}");
    assert_eq!(n, 2 * 4 * 12 * 2);
    assert_eq!(n_moved, 2);
}

#[test]
fn the_covariance_of_items_is_that_of_survey() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("covariance.csv");
    let mut comparison = Comparison::default();
    for data in ["synth_s1_2025", "synth_s2_2026"] {
        for (family, option, test) in [("vcov_item_means_all", "--mean", ""), ("vcov_item_top2_all", "--share", ">=4")]
        {
            let mut line = vec!["estimate".to_owned(), oracle(&format!("data/{data}.csv")).display().to_string()];
            line.extend(words(DESIGN));
            line.extend((1..=22).flat_map(|q| [option.to_owned(), format!("Q{q:02}{test}")]));
            line.extend(["--covariance".to_owned(), out.display().to_string()]);
            let output = sipas(&line);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let reference = expected(data);
            let mut reader = csv::Reader::from_path(&out).unwrap();
            for (record, theirs) in reader.records().zip(reference[family].as_array().unwrap()) {
                for (ours, theirs) in record.unwrap().iter().skip(1).zip(theirs.as_array().unwrap()) {
                    let ours = Value::from(ours.parse::<f64>().unwrap());
                    comparison.number(family, &ours, theirs.as_f64().unwrap(), OF_SE);
                }
            }
        }
    }
    println!("compared: {} covariances", comparison.n);
    assert_eq!(comparison.n, 2 * 2 * 22 * 22);
}

#[test]
fn a_break_in_the_series_is_never_crossed() {
    let run = |more: &str| {
        let mut line = vec!["compare".to_owned(), oracle("data/synth_s4_panel.csv").display().to_string()];
        line.extend(words("--strata district --psu desk --weight weight --mean Q01 --between year"));
        line.extend(words(more));
        sipas(&line)
    };
    let lines = |more: &str| {
        let output = run(&format!("{more} --format json"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Vec<Value>>(&output.stdout).unwrap()
    };
    let whole = lines("");
    assert!(whole[0]["difference"].is_f64() && whole[0]["p_adjusted"].is_f64(), "{whole:?}");
    let broken = lines("--break 2026");
    assert_eq!(broken[0]["verdict"], "break-in-series");
    for member in ["difference", "se", "ci_low", "ci_high", "df", "t", "p", "p_adjusted"] {
        assert!(broken[0][member].is_null(), "{member}: {broken:?}");
    }
    assert_eq!(broken[0]["estimate_a"], whole[0]["estimate_a"], "each year's own figure stays");
    assert_eq!(lines("--break 2025"), whole, "what broke before both does not matter");
    for more in ["--break 2026 --with all", "--break 2026 --with 2026:all", "--break 2026 --ranks"] {
        let said = run(more);
        assert_eq!(said.status.code(), Some(1));
        let said = String::from_utf8_lossy(&said.stderr).into_owned();
        assert!(said.contains("before and after a break in the series"), "{said}");
    }
}

#[test]
fn a_unit_whose_spread_is_not_known_has_no_rank() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("survey.csv");
    // Communes A and B have two desks each, C has one.
    let rows = (0..60).map(|row| {
        let desk = row % 5;
        format!(
            "d{desk},{},{}\n",
            ["A", "A", "B", "B", "C"][desk],
            [4.0, 4.4, 3.0, 3.3, 5.0][desk] + f64::from(row as u8 % 3)
        )
    });
    std::fs::write(&file, format!("desk,commune,score\n{}", rows.collect::<String>())).unwrap();
    let ranked = compare(&file, "--psu desk --mean score --between commune --ranks");
    assert_eq!(ranked.len(), 3);
    for unit in &ranked[..2] {
        assert!(unit["se"].is_number() && unit["rank_high"].as_u64().unwrap() <= 2, "{unit}");
    }
    let alone = &ranked[2];
    assert_eq!((&alone["unit"], &alone["than_all"]), (&"C".into(), &"not-comparable".into()));
    assert!(
        ["se", "rank", "rank_low", "rank_high", "critical"].iter().all(|member| alone[member].is_null()),
        "{alone}"
    );
}
