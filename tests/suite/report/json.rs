use super::index::table;
use crate::service::area_code;
use serde_json::Value;
use sipas::report::index::json::IndexDocument;

/// The document with the provisional unit only.
fn document() -> Value {
    serde_json::to_value(IndexDocument::from(&table().only(&area_code("D4")).unwrap())).unwrap()
}

/// One line per member, lists one line per entry: a shape that fits on a page.
fn lines(value: &Value) -> String {
    let members = value.as_object().into_iter().flatten();
    let line = |(name, member): (&String, &Value)| match member.as_array() {
        Some(list) if !list.is_empty() => {
            list.iter().map(|entry| format!("{name}[] {entry}")).collect::<Vec<_>>().join("\n")
        }
        _ => format!("{name} {member}"),
    };
    members.map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_document_says_what_it_is_about_and_where_it_came_from() {
    let mut document = document();
    document["units"] = Value::from(document["units"].as_array().unwrap().len());
    insta::assert_snapshot!(lines(&document), @r##"
    area {"code":"P","name":"Tỉnh Mẫu"}
    decimals 2
    max 100.0
    provenance {"program_version":"0.1.0","scheme":{"digest":"5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c","id":"small","status":"synthetic","title":"Bộ tiêu chí nhỏ để kiểm thử"},"sources":[{"data_digest":"dadadadadadadadadadadadadadadadadadadadadadadadadadadadadadadada","mode":"sampled","n_flagged":0,"n_responses":20480,"questionnaire":"one-stop.v1","questionnaire_digest":"1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a","questionnaire_status":"partial","round":"R2025","state":"closed","without_flagged":false}]}
    round "R2025"
    survey {"cautions":[],"deff":null,"df":14.0,"interval":{"high":25.0,"low":24.0},"level":0.95,"method":"two-stage-linearised-t","n":1336,"n_psu":15,"n_strata":1,"reliability":null,"se":0.25,"value":24.5}
    survey_max 30.0
    units 1
    unranked []
    warnings[] {"code":"scheme-not-confirmed","en":"Scheme small is synthetic: its figures are not official.","vi":"Bộ tiêu chí small: giả lập, chỉ để minh họa; không dùng làm số liệu chính thức."}
    warnings[] {"code":"questionnaire-not-confirmed","en":"Questionnaire one-stop.v1 is partial: its figures are not official.","vi":"Phiếu one-stop.v1: mới xác nhận một phần; không dùng làm số liệu chính thức."}
    warnings[] {"code":"provisional","en":"Units with a provisional index (*): 1. Points that are still to come count as 0.","vi":"1 đơn vị có chỉ số tạm tính (*): điểm chưa có được tính là 0."}
    warnings[] {"code":"not-appraised","en":"Units with self-assessed points that nobody has appraised yet: 1.","vi":"1 đơn vị còn điểm tự chấm chưa thẩm định."}
    year 2025
    "##);
}

#[test]
fn a_unit_carries_everything_needed_to_judge_it() {
    insta::assert_snapshot!(lines(&document()["units"][0]), @r##"
    assessed_points 48.0
    band null
    band_from null
    domains[] {"assessed_points":48.0,"code":"1","hidden":null,"max":60.0,"points":48.0,"survey_max":0.0,"survey_points":null,"title":"Chỉ đạo, điều hành"}
    domains[] {"assessed_points":0.0,"code":"2","hidden":null,"max":30.0,"points":14.0,"survey_max":30.0,"survey_points":14.0,"title":"Sự hài lòng"}
    domains[] {"assessed_points":0.0,"code":"3","hidden":null,"max":10.0,"points":0.0,"survey_max":0.0,"survey_points":null,"title":"Tác động"}
    focus false
    index {"estimate":{"cautions":[{"code":"n-below-30","en":"fewer than 30 answers","vi":"dưới 30 phiếu"},{"about":"D4","code":"lonely-psu","en":"stratum D4 has one surveyed desk of several: no interval can be given","vi":"tầng D4 chỉ khảo sát một trong nhiều điểm: không ước lượng được khoảng"}],"deff":null,"df":14.0,"interval":{"high":62.5,"low":61.5},"level":0.95,"method":"two-stage-linearised-t","n":1336,"n_psu":15,"n_strata":1,"reliability":null,"se":0.25,"value":62.0},"percent":62.0,"published":62.0}
    max 100.0
    name "Huyện Bốn"
    not_appraised[] "1.1"
    open[] {"code":"2.2","en":"not surveyed yet","gap":"not-surveyed","max":10.0,"title":"Chính sách","vi":"chưa điều tra"}
    open[] {"code":"3.1","en":"not scored yet","gap":"not-scored","max":10.0,"title":"Thu ngân sách","vi":"chưa có điểm"}
    provisional true
    standing {"change":{"direction":"same","places":0,"vi":"giữ nguyên"},"n_tied":0,"of":4,"previous_rank":4,"range":{"best":1,"caution":"provisional","worst":4},"rank":4,"than_mean":null}
    survey {"cautions":[{"code":"n-below-30","en":"fewer than 30 answers","vi":"dưới 30 phiếu"},{"about":"D4","code":"lonely-psu","en":"stratum D4 has one surveyed desk of several: no interval can be given","vi":"tầng D4 chỉ khảo sát một trong nhiều điểm: không ước lượng được khoảng"}],"deff":null,"df":14.0,"interval":{"high":14.5,"low":13.5},"level":0.95,"method":"two-stage-linearised-t","n":1336,"n_psu":15,"n_strata":1,"reliability":null,"se":0.25,"value":14.0}
    survey_max 30.0
    unit "D4"
    "##);
}

#[test]
fn a_unit_without_an_index_says_why() {
    let document = serde_json::to_value(IndexDocument::from(&table())).unwrap();
    insta::assert_snapshot!(lines(&document["unranked"][0]), @r##"
    focus false
    name "Huyện Năm"
    reasons[] {"code":"impossible-points","criterion":"2.1","en":"the survey gives 25 points to 2.1, which has 0 to 20","points":[25.0,20.0],"vi":"điều tra cho tiêu chí 2.1 25,0000 điểm, ngoài 0–20"}
    unit "D5"
    "##);
}
