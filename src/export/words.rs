//! What roles and kinds are called, for codebooks.

use super::variable::{Category, Kind, Label, Role};

fn label(vi: &str, en: &str) -> Label {
    Label { vi: vi.to_owned(), en: en.to_owned() }
}

/// What a variable is for.
pub(super) fn role(role: Role) -> Label {
    match role {
        Role::Key => label("nhận dạng dòng", "names the row"),
        Role::Stratum => label("tầng", "stratum"),
        Role::Psu => label("đơn vị chọn mẫu bậc một (điểm tiếp nhận)", "primary sampling unit (desk)"),
        Role::Weight => label("quyền số thiết kế", "design weight"),
        Role::FirstStageSize => {
            label("số đơn vị bậc một của tầng trong tổng thể", "primary units of the stratum in the population")
        }
        Role::SecondStageSize => label(
            "số lượt giao dịch của đơn vị bậc một trong tổng thể",
            "transactions of the primary unit in the population",
        ),
        Role::Profile => label("thông tin người trả lời", "about the respondent"),
        Role::Answer => label("câu trả lời", "answer"),
        Role::Flag => label("dấu hiệu cần chú ý", "what is remarkable about the row"),
        Role::Figure => label("số liệu", "figure"),
    }
}

/// What a variable's values are.
pub(super) fn kind(kind: &Kind) -> Label {
    match kind {
        Kind::Coded { is_ordered: true, .. } => label("mã có thứ tự", "ordered codes"),
        Kind::Coded { is_ordered: false, .. } => label("mã không có thứ tự", "codes without order"),
        Kind::Number { .. } => label("số", "number"),
        Kind::Text { max_bytes } => {
            label(&format!("chữ, tối đa {max_bytes} byte"), &format!("text of at most {max_bytes} bytes"))
        }
    }
}

/// Whether a code stands for a missing value.
pub(super) fn missing(category: &Category) -> Label {
    if category.is_missing { label("không có giá trị", "missing") } else { label("có giá trị", "valid") }
}
