//! What columns and codes of exported files mean, in both languages.

use crate::domain::area::Level;
use crate::domain::channel::Channel;
use crate::domain::publication::Publication;
use crate::domain::quality::Reason;
use crate::export::variable::{Category, Kind, Label, Role, Variable};
use crate::report;

/// The code of "does not apply".
pub(super) const NOT_APPLICABLE: i16 = -1;
/// The code of a value that is withheld so that nobody can be found by it.
pub(super) const WITHHELD: i16 = -2;

pub(super) fn label(vi: impl Into<String>, en: impl Into<String>) -> Label {
    Label { vi: vi.into(), en: en.into() }
}

pub(super) fn category(code: i16, label: Label) -> Category {
    Category { code, label, is_missing: false }
}

pub(super) fn not_applicable(label: Label) -> Category {
    Category { code: NOT_APPLICABLE, label, is_missing: true }
}

pub(super) fn withheld() -> Category {
    let label = label("được giữ lại để bảo vệ người trả lời", "withheld to protect the respondent");
    Category { code: WITHHELD, label, is_missing: true }
}

/// That only what a publication was made from is in a file.
pub(super) fn of_publication(publication: &Publication) -> Label {
    let Publication { revision, published, .. } = publication;
    let at = published.format("%Y-%m-%dT%H:%M:%SZ");
    label(
        format!("Theo lần công bố {revision} ({at}): phiếu đến sau lần công bố đó không có trong tệp."),
        format!("As of revision {revision} ({at}): answers that came after it are not in the file."),
    )
}

/// A variable whose name was given already.
pub(super) fn variable(name: String, label: Label, role: Role, kind: Kind) -> Variable {
    Variable { name, label, role, kind }
}

/// No and yes, as 0 and 1.
pub(super) fn no_and_yes() -> Vec<Category> {
    vec![category(0, label("không", "no")), category(1, label("có", "yes"))]
}

pub(super) fn level(level: Level) -> Label {
    match level {
        Level::Ministry => label("Bộ, ngành", "Ministry"),
        Level::Province => label("Tỉnh, thành phố", "Province"),
        Level::Department => label("Sở, ban, ngành", "Department"),
        Level::District => label("Huyện, thị xã, thành phố", "District"),
        Level::Commune => label("Xã, phường, đặc khu", "Commune"),
        Level::Desk => label("Bộ phận Một cửa", "One-stop desk"),
    }
}

pub(super) fn channel(channel: Channel) -> Label {
    match channel {
        Channel::Kiosk => label("máy tính bảng tại quầy", "tablet at the desk"),
        Channel::Phone => label("điện thoại của người dân", "citizen's phone"),
        Channel::Web => label("trang công khai", "public page"),
        Channel::Interviewer => label("điều tra viên", "interviewer"),
        Channel::Paper => label("phiếu giấy", "paper form"),
    }
}

pub(super) fn reason(reason: Reason) -> Label {
    let en = match reason {
        Reason::Speeder => "answered faster than one can read",
        Reason::Burst => "one of many answers from one device in a short time",
        Reason::AfterHours => "given while the desk was closed",
        Reason::StraightLine => "the same point for every item",
        Reason::MoreThanTransactions => "its desk has more answers than transactions",
        Reason::Trap => "a field was filled in that people do not see",
        Reason::IdenticalRun => "one of a run of identical answers",
    };
    label(format!("Đánh dấu: {}", report::quality::vietnamese(reason)), format!("Flag: {en}"))
}

/// The rule of what is withheld, for notes.
pub(super) fn rule_of_withholding(min_n: u64) -> Label {
    label(
        format!(
            "Để không ai bị nhận ra: giá trị về người trả lời, kênh, hình thức vào và lý do đánh dấu được giữ lại (mã {WITHHELD}) \
             khi tổ hợp các giá trị ấy tại một điểm có ít hơn {min_n} phiếu; thêm một số giá trị khác được giữ lại để không suy ra \
             được giá trị ít người. Không có tên, lời góp ý, mã phiếu, ngày hay giờ. Vì vậy số liệu theo nhóm người tính từ tệp này \
             có thể khác số liệu chia nhóm đã công bố; số liệu của mọi người thì không."
        ),
        format!(
            "So that nobody can be found: values of the profile, the channel, the admission and the flags are withheld (code \
             {WITHHELD}) where fewer than {min_n} answers of a desk share a combination of them, and others beside them so that these \
             few cannot be told. There is no name, comment, response id, day or time. So figures by who answered, computed from this \
             file, may differ from the published breakdowns; figures of everybody do not."
        ),
    )
}
