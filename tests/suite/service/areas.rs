use super::{area_code, areas, places, year};
use sipas::domain::area::{Area, Level};
use sipas::service::areas::{AreaImport, import};

fn codes(areas: &[Area]) -> Vec<&str> {
    areas.iter().map(|area| area.code.as_str()).collect()
}

fn imported(text: &str, existing: &[Area]) -> AreaImport {
    import(text.as_bytes(), existing).unwrap()
}

fn refused(text: &str, existing: &[Area]) -> Vec<String> {
    places(import(text.as_bytes(), existing))
}

#[test]
fn a_tree_of_any_depth_comes_from_one_sheet() {
    let text = "code;name;level;parent;focus;valid_from;valid_to\r\n\
                KTB;Một cửa;desk;XB;;;\r\n\
                XB;Xã B;commune;HA;;2025;\r\n\
                HA;Huyện A;district;T;\"2023;2024\";;2025\r\n\
                T;Tỉnh T;province;;yes;;\r\n";
    let import = imported(text, &[]);
    assert_eq!((codes(&import.new), import.changed.len()), (vec!["KTB", "XB", "HA", "T"], 0));
    let lineage: Vec<&str> = import.tree.lineage(&area_code("KTB")).map(|area| area.name.as_str()).collect();
    assert_eq!(lineage, ["Một cửa", "Xã B", "Huyện A", "Tỉnh T"]);
    let district = import.tree.get(&area_code("HA")).unwrap();
    assert!(district.focus.holds_in(year(2024)) && !district.validity.holds_in(year(2026)));
}

#[test]
fn importing_again_updates_and_never_doubles() {
    let text = "code,name,level,parent\nD1,Huyện Một,district,P\nK1,Một cửa mới,desk,D1\nK9,Quầy chín,desk,D2\n";
    let import = imported(text, &areas());
    assert_eq!((codes(&import.new), codes(&import.changed), import.n_unchanged), (vec!["K9"], vec!["K1"], 1));
    assert_eq!(import.tree.len(), areas().len() + 1);
    assert_eq!(codes(&import.to_store().cloned().collect::<Vec<_>>()), ["K9", "K1"]);
    let after: Vec<Area> = import.tree.iter().cloned().collect();
    let again = imported(text, &after);
    assert_eq!((again.new.len(), again.changed.len(), again.n_unchanged), (0, 0, 3));
}

#[test]
fn every_fault_has_its_row() {
    let text = "code,name,level,parent,focus,valid_from,valid_to\n\
                D8,Huyện Tám,quận,P,,,\n\
                K8,Một cửa,desk,D8,,,\n\
                D9,,district,P,maybe,,20255\n\
                K9,Một cửa,desk,nowhere,,2025,2024\n\
                K1,Một cửa,desk,D1,,,\n\
                K1,Một cửa,desk,D1,,,\n\
                a b,Huyện,district,P,,,\n";
    let expected = [
        "row 2, column level: unknown-level",
        "row 4, column focus: bad-focus",
        "row 4, column name: bad-name",
        "row 4, column valid_to: bad-year",
        "row 5, column valid_to: ends-before-it-begins",
        "row 7, column code: duplicate-code",
        "row 8, column code: bad-code",
    ];
    assert_eq!(refused(text, &areas()), expected, "K8 is not accused: its parent is a row with a fault of its own");
    let text = "code,name,level,parent\nK9,Một cửa,desk,nowhere\n";
    assert_eq!(refused(text, &areas()), ["row 2, column parent: unknown-parent"]);
}

#[test]
fn circles_are_found_by_way_of_areas_that_were_there() {
    // P → C1 → D1 → P: only the first of them is in the sheet.
    let text = "code,name,level,parent\nP,Tỉnh Mẫu,province,C1\n";
    assert_eq!(refused(text, &areas()), ["row 2, column parent: cycle"]);
    let text = "code,name,level,parent\nA,A,district,B\nB,B,district,A\nC,C,district,C\n";
    let expected = ["row 2, column parent: cycle", "row 3, column parent: cycle", "row 4, column parent: cycle"];
    assert_eq!(refused(text, &[]), expected);
}

#[test]
fn nothing_lies_below_a_desk() {
    let text = "code,name,level,parent\nK9,Quầy chín,desk,K1\n";
    assert_eq!(refused(text, &areas()), ["row 2, column parent: below-desk"]);
    // D1 becomes a desk although C1 and K1, which are not in the sheet, lie below it.
    let text = "code,name,level,parent\nD1,Huyện Một,desk,P\n";
    let faults = import(text.as_bytes(), &areas()).unwrap_err();
    let messages: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
    let moved_first =
        ["C1", "K1"].map(|code| format!("{code} lies below it, so it cannot be a desk; move {code} first"));
    assert_eq!(messages, moved_first);
}

#[test]
fn a_level_may_change_where_the_tree_still_holds() {
    let import = imported("code,name,level,parent\nC1,Phường Một,commune,P\n", &areas());
    assert_eq!(import.tree.get(&area_code("C1")).map(|area| area.level), Some(Level::Commune));
    assert!(import.tree.is_within(&area_code("K2"), &area_code("P")));
    assert!(!import.tree.is_within(&area_code("K2"), &area_code("D1")));
}
