use sipas::report::reconcile::text;
use sipas::service::reconcile::read;

#[test]
fn contradictions_say_why_in_both_languages() {
    let rows = read(include_bytes!("../../fixtures/published/cases.csv")).unwrap();
    insta::assert_snapshot!(text(&rows), @r##"
    Dòng  Đơn vị                 Năm   Số liệu    Giá trị  Kết luận
    ────  ─────────────────────  ────  ─────────  ───────  ─────────
       2  Thành phố Hồng Ngự     2021  par_index    86,02  khớp
       3  Thành phố Hồng Ngự     2021  sipas        91,28  MÂU THUẪN
       4  Sở Nội vụ Hà Nội       2020  par_index           khớp
       5  Sở Nội vụ Hà Nội       2021  par_index           khớp
       6  Sở Nội vụ Hà Nội       2022  par_index           khớp
       7  Sở Nội vụ Hà Nội       2022  sipas               khớp
       8  Hòa Bình               2023  par_index    87,89  MÂU THUẪN
       9  Hải Phòng              2024  par_index    96,17  khớp
      10  Ban Dân tộc Thanh Hóa  2023  par_index    81,33  khớp

    Dòng 3, Thành phố Hồng Ngự 2021: "giảm 5 bậc" đến hạng 5 nghĩa là năm trước ở hạng 0: không có hạng đó, hạng cao nhất là 1.
        "down 5 places" to rank 5 means rank 0 the year before: there is no such rank, the best is 1.
    Dòng 8, Hòa Bình 2023: 57,04 + 8,19 + 18,34 + 4,32 = 87,89, công bố 86,89: lệch 1,00, quá mức làm tròn cho phép.
        57.04 + 8.19 + 18.34 + 4.32 = 87.89, published 86.89: off by 1, more than rounding can make.
    Dòng 8, Hòa Bình 2023: 57,04 + 8,19 + 18,34 + 4,32 = 87,89, công bố 86,76: lệch 1,13, quá mức làm tròn cho phép.
        57.04 + 8.19 + 18.34 + 4.32 = 87.89, published 86.76: off by 1.13, more than rounding can make.

    9 dòng: 7 khớp, 0 khớp trong phạm vi làm tròn, 2 mâu thuẫn, 0 không có gì để đối chiếu.
    Rows: 9; add up: 7; add up within rounding: 0; contradict: 2; nothing to check: 0.
    "##);
}

#[test]
fn what_rounding_explains_is_explained() {
    let rows = read(include_bytes!("../../fixtures/published/par_2020.csv")).unwrap();
    insta::assert_snapshot!(text(&rows), @r##"
    Dòng  Đơn vị             Năm  Số liệu    Giá trị  Kết luận
    ────  ─────────────────  ───  ─────────  ───────  ───────────────────────────
       2  Quảng Ninh              par_index    91,04  khớp trong phạm vi làm tròn
       3  Hải Phòng               par_index    90,51  khớp
       4  Thừa Thiên Huế          par_index    88,47  khớp
       5  Bình Dương              par_index    86,93  khớp
       6  Đồng Tháp               par_index    86,77  khớp trong phạm vi làm tròn
       7  Đà Nẵng                 par_index    86,56  khớp
       8  Long An                 par_index    86,25  khớp
       9  Hà Nội                  par_index    86,07  khớp
      10  Bà Rịa - Vũng Tàu       par_index    86,02  khớp
      11  Phú Thọ                 par_index    85,74  khớp trong phạm vi làm tròn

    Dòng 2, Quảng Ninh: 57,66 + 9,56 + 18,83 + 5,00 = 91,05, công bố 91,04: lệch 0,01, trong phạm vi làm tròn của 4 số hạng.
        57.66 + 9.56 + 18.83 + 5 = 91.05, published 91.04: off by 0.01, which the rounding of 4 parts can make.
    Dòng 6, Đồng Tháp: 55,94 + 8,89 + 20,09 + 1,84 = 86,76, công bố 86,77: lệch 0,01, trong phạm vi làm tròn của 4 số hạng.
        55.94 + 8.89 + 20.09 + 1.84 = 86.76, published 86.77: off by 0.01, which the rounding of 4 parts can make.
    Dòng 11, Phú Thọ: 53,99 + 8,81 + 18,17 + 4,76 = 85,73, công bố 85,74: lệch 0,01, trong phạm vi làm tròn của 4 số hạng.
        53.99 + 8.81 + 18.17 + 4.76 = 85.73, published 85.74: off by 0.01, which the rounding of 4 parts can make.

    10 dòng: 7 khớp, 3 khớp trong phạm vi làm tròn, 0 mâu thuẫn, 0 không có gì để đối chiếu.
    Rows: 10; add up: 7; add up within rounding: 3; contradict: 0; nothing to check: 0.
    "##);
}

#[test]
fn what_was_not_understood_is_said() {
    let text_of = |printed: &str| {
        let header = "case,unit,year,figure,value,previous_value,rank,of,previous_rank,printed";
        text(&read(format!("{header}\na,A,2021,sipas,80,,13,12,,{printed}\n").as_bytes()).unwrap())
    };
    insta::assert_snapshot!(text_of("\"đứng đầu; 12/12; tăng 1 bậc\""), @r##"
    Dòng  Đơn vị  Năm   Số liệu  Giá trị  Kết luận
    ────  ──────  ────  ───────  ───────  ─────────
       2  A       2021  sipas      80,00  MÂU THUẪN

    Dòng 2, A 2021: hạng 13 nằm ngoài 1–12.
        rank 13 lies outside 1 to 12.
    Dòng 2, A 2021: bảng ghi hạng 13/12, bản in ghi 12/12.
        the table says rank 13 of 12, the text 12 of 12.
    Dòng 2, A 2021: "tăng 1 bậc" đến hạng 13 nghĩa là năm trước ở hạng 14: quá số 12 đơn vị, trừ khi năm trước có nhiều đơn vị hơn.
        "up 1 place" to rank 13 means rank 14 the year before: beyond the 12 units, unless there were more of them then.
    Dòng 2, A 2021: chưa đọc được "đứng đầu", nên chưa đối chiếu.
        "đứng đầu" was not understood and not checked.

    1 dòng: 0 khớp, 0 khớp trong phạm vi làm tròn, 1 mâu thuẫn, 0 không có gì để đối chiếu.
    Rows: 1; add up: 0; add up within rounding: 0; contradict: 1; nothing to check: 0.
    "##);
}
