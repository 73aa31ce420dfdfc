//! The index table as a sheet: the columns and values are those of [`crate::report::index::csv`], here with labels and types.

use super::super::sheet::{Cell, Heading, Sheet, figure, key, remark};
use crate::domain::index::table::IndexTable;
use crate::report::index::csv;

/// A row a unit.
pub(super) fn sheet(table: &IndexTable) -> Sheet {
    let headings = headings();
    let is_number: Vec<bool> = headings.iter().map(|(_, _, decimals, _)| decimals.is_some()).collect();
    let mut sheet = Sheet::new(headings);
    for unit in &table.units {
        let cell = |(text, is_number): (String, &bool)| match is_number {
            true => Cell::number(text.parse().ok()),
            false => Cell::text(&text),
        };
        sheet.row(csv::row(table, unit).into_iter().zip(&is_number).map(cell).collect());
    }
    sheet
}

/// In the order of [`csv::COLUMNS`].
fn headings() -> Vec<Heading> {
    vec![
        key("round", "Đợt", "Round"),
        figure("year", "Năm", "Year", 0),
        key("area", "Địa bàn", "Area"),
        key("unit", "Mã đơn vị", "Unit"),
        key("name", "Tên đơn vị", "Name of the unit"),
        key("focus", "Đơn vị chỉ đạo điểm", "Focus unit"),
        figure("assessed_points", "Điểm tự chấm, thẩm định", "Assessed points", 4),
        figure("survey_points", "Điểm điều tra xã hội học", "Survey points", 4),
        figure("survey_se", "Sai số chuẩn của điểm điều tra", "Standard error of the survey points", 4),
        figure("survey_low", "Cận dưới của điểm điều tra", "Lower end of the survey points", 4),
        figure("survey_high", "Cận trên của điểm điều tra", "Upper end of the survey points", 4),
        figure("survey_max", "Điểm điều tra tối đa", "Maximum of the survey points", 4),
        figure("max", "Điểm tối đa áp dụng", "Maximum that applies", 4),
        figure("published", "Chỉ số công bố", "Published index", 2),
        figure("index", "Chỉ số, chưa làm tròn", "Index, not rounded", 4),
        figure("index_se", "Sai số chuẩn của chỉ số", "Standard error of the index", 4),
        figure("index_low", "Cận dưới của chỉ số", "Lower end of the index", 4),
        figure("index_high", "Cận trên của chỉ số", "Upper end of the index", 4),
        figure("level", "Mức của khoảng", "Level of the intervals", 2),
        figure("df", "Bậc tự do", "Degrees of freedom", 1),
        figure("n", "Số phiếu", "Answers", 0),
        figure("n_psu", "Số đơn vị bậc một", "PSUs", 0),
        remark("method", "Phương pháp", "Method"),
        remark("cautions", "Lưu ý", "Cautions"),
        remark("band", "Xếp loại", "Grade band"),
        figure("rank", "Hạng", "Rank", 0),
        figure("of", "Số đơn vị xếp hạng", "Units ranked", 0),
        figure("n_tied", "Số đơn vị đồng hạng", "Units tied with it", 0),
        figure("previous_rank", "Hạng năm trước", "Rank of the year before", 0),
        remark("change", "Thay đổi hạng; tăng là dương", "Change of the rank; up is positive"),
        figure("rank_best", "Hạng tốt nhất có thể", "Best rank left open", 0),
        figure("rank_worst", "Hạng thấp nhất có thể", "Worst rank left open", 0),
        remark("rank_caution", "Lưu ý về hạng", "Caution about the ranks"),
        remark("than_mean", "So với trung bình", "How it stands to the mean"),
        remark("provisional", "Tạm tính", "Provisional"),
        remark("open", "Tiêu chí chưa có điểm", "Sub-criteria without points"),
        remark("not_appraised", "Tiêu chí chưa thẩm định", "Sub-criteria not appraised"),
        remark("scheme", "Bộ tiêu chí", "Scheme"),
        remark("scheme_status", "Tình trạng bộ tiêu chí", "Status of the scheme"),
        remark("scheme_digest", "Mã băm bộ tiêu chí", "Digest of the scheme"),
        remark("questionnaires", "Phiếu hỏi", "Questionnaires"),
        remark("questionnaire_digests", "Mã băm phiếu hỏi", "Digests of the questionnaires"),
        remark("data_digests", "Mã băm dữ liệu", "Digests of the answers"),
        remark("program_version", "Phiên bản chương trình", "Version of the program"),
        remark("warnings", "Cảnh báo", "Warnings"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_are_those_of_the_index() {
        let names: Vec<&str> = headings().iter().map(|(name, ..)| *name).collect();
        assert_eq!(names, csv::COLUMNS);
    }
}
