//! Areas and rounds: every fault with its row, and only the moves that the trade knows.

use super::{office, refused};
use crate::harness::office::{ROUND, fixture};
use sipas::domain::assessment::Score;
use sipas::domain::ids::SchemeId;
use sipas::domain::period::Year;
use sipas::domain::points::Points;
use sipas::store::assessments;

#[test]
fn areas_are_taken_whole_or_not_at_all_and_never_doubled() {
    let (office, database) = office();
    let file = fixture("office/areas.csv").display().to_string();
    assert_eq!(office.run(&["areas", "import", &file]), "8 areas are new, 0 changed, 0 were there just so.\n");
    assert_eq!(office.run(&["areas", "import", &file]), "0 areas are new, 0 changed, 8 were there just so.\n");

    let scratch = tempfile::tempdir().unwrap();
    let wrong = scratch.path().join("wrong.csv");
    let sheet = "code,name,level,parent\nT1,Huyện Một đổi tên,district,T\nT9,Huyện Chín,district,nowhere\n\
                 T8,Huyện Tám,distrikt,T\nT7,Huyện Bảy,district,T7\nT7,Huyện Bảy,district,T\n";
    std::fs::write(&wrong, sheet).unwrap();
    let said = refused(office.try_run(&["areas", "import", &wrong.display().to_string()]));
    for place in ["row 3, column parent", "row 4, column level", "row 5, column parent", "row 6, column code"] {
        assert!(said.contains(place), "{place} is missing in:\n{said}");
    }
    let names = |store: &sipas::store::Store| store.with(sipas::store::areas::all).unwrap();
    let stored = names(&database.store());
    assert_eq!(stored.len(), 8);
    assert!(stored.iter().all(|area| area.name != "Huyện Một đổi tên"), "a refused sheet changed an area");

    std::fs::write(&wrong, "code,name,level,parent\nT1,Huyện Một đổi tên,district,T\n").unwrap();
    let said = office.run(&["areas", "import", &wrong.display().to_string()]);
    assert_eq!(said, "0 areas are new, 1 changed, 0 were there just so.\n");
}

#[test]
fn a_round_moves_one_way_only() {
    let (office, _database) = office();
    office.open_round();
    let said = refused(office.try_run(&["round", "open", ROUND]));
    assert!(said.contains("is open; this needs it to be draft"), "{said}");
    let frame = fixture("office/frame.csv").display().to_string();
    assert!(refused(office.try_run(&["round", "frame", ROUND, &frame])).contains("needs it to be draft"));

    let plan = ["--questionnaire", "one-stop.v1", "--scheme", "demo-province", "--area", "T"];
    let kind = ["--year", "2025", "--mode", "sampled"];
    let create = |code: &'static str| [&["round", "create", code][..], &plan, &kind].concat();
    assert!(refused(office.try_run(&create(ROUND))).contains("exists already"));
    office.run(&create("other"));
    assert!(refused(office.try_run(&["round", "open", "other"])).contains("has no drawn desk"));
    office.run(&["round", "frame", "other", &frame]);
    let said = refused(office.try_run(&["round", "open", "other"]));
    assert!(said.contains("T1-01") && said.contains(ROUND), "a desk asks one questionnaire at a time: {said}");

    office.run(&["round", "close", ROUND]);
    assert!(refused(office.try_run(&["round", "close", ROUND])).contains("is closed; this needs it to be open"));
    office.run(&["round", "open", "other"]);
    assert!(refused(office.try_run(&["round", "publish", "other"])).contains("is open; this needs it to be closed"));
    office.run(&["round", "publish", ROUND]);
    assert!(refused(office.try_run(&["round", "open", ROUND])).contains("is published; this needs it to be draft"));
    let list = office.run(&["round", "list"]);
    assert!(list.lines().any(|line| line.starts_with(ROUND) && line.contains("published")), "{list}");
    assert!(list.lines().any(|line| line.starts_with("other") && line.contains("open")), "{list}");
}

#[test]
fn a_plan_that_names_what_is_not_there_is_refused() {
    let (office, _database) = office();
    let create = |questionnaire: &'static str, scheme: &'static str, area: &'static str, mode: &'static str| {
        let names = ["--questionnaire", questionnaire, "--scheme", scheme, "--area", area];
        let arguments = [&["round", "create", "r"][..], &names, &["--year", "2025", "--mode", mode]].concat();
        refused(office.try_run(&arguments))
    };
    assert!(create("one-stop.v9", "demo-province", "T", "sampled").contains("no questionnaire one-stop.v9"));
    assert!(create("one-stop.v1", "nothing", "T", "sampled").contains("no scheme nothing"));
    assert!(create("one-stop.v1", "demo-province", "T", "sampled").contains("no area T"));
    assert!(create("one-stop.v1", "demo-province", "T", "random").contains("no mode"));
    assert!(create("one-stop", "demo-province", "T", "sampled").contains("one-stop.v1"), "shows how it is written");
}

#[test]
fn scores_stay_as_they_are_once_a_round_is_published() {
    let (office, database) = office();
    office.open_round();
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("scores.csv");
    let import = ["assessments", "import", "--round", ROUND, &file.display().to_string()].map(str::to_owned);
    let import: Vec<&str> = import.iter().map(String::as_str).collect();
    std::fs::write(&file, "unit,sub_criterion,self_score\nT1,1.1.1,0.5\n").unwrap();
    assert_eq!(office.run(&import), "The scores of 1 units are stored.\n");
    office.run(&["round", "close", ROUND]);
    office.run(&["round", "publish", ROUND]);
    std::fs::write(&file, "unit,sub_criterion,self_score\nT1,1.1.1,0\n").unwrap();
    assert!(refused(office.try_run(&import)).contains("is published; its scores stay as they are"));
    let (scheme, year) = (SchemeId::parse("demo-province").unwrap(), Year::new(2025).unwrap());
    let stored = database.store().with(|conn| assessments::all(conn, &scheme, year)).unwrap();
    assert_eq!(stored[0].entry.score, Score::Claimed(Points::parse("0.5").unwrap()));
}
