//! The words for what the domain says in types, Vietnamese and English.

use crate::domain::admission::Admission;
use crate::domain::disclosure::MIN_ANSWERS;
use crate::domain::estimate::{Caution, Ends, Estimate, Method, ShareInterval};
use crate::domain::index::table::Source;
use crate::domain::index::table::Warning;
use crate::domain::index::{Gap, IndexFault, OpenLeaf};
use crate::domain::quality::Answers;
use crate::domain::questionnaire::Status;
use crate::domain::rank::{Change, RangeCaution, RankRange, Standing, ThanMean};
use crate::domain::round::Mode;
use crate::domain::tongue::Tongue;

use super::number;

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// Tiếng Việt.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Wording {
    /// Words that hold no figure.
    pub(super) fn of(vi: &str, en: &str) -> Self {
        Self { vi: vi.to_owned(), en: en.to_owned() }
    }

    /// The sentence in one of them.
    #[must_use]
    pub fn told(self, tongue: Tongue) -> String {
        tongue.of(self.vi, self.en)
    }
}

/// How far something is confirmed, in Vietnamese.
#[must_use]
pub fn status(status: Status) -> &'static str {
    match status {
        Status::Confirmed => "đã xác nhận",
        Status::Partial => "mới xác nhận một phần",
        Status::Estimated => "suy ra từ số liệu đã công bố",
        Status::Synthetic => "giả lập, chỉ để minh họa",
    }
}

/// How respondents came to answer, in Vietnamese.
#[must_use]
pub fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Sampled => "chọn mẫu",
        Mode::Census => "mời mọi lượt giao dịch",
        Mode::SelfSelected => "tự chọn trả lời",
    }
}

/// How spread and interval were found, in Vietnamese.
#[must_use]
pub fn method(estimate: &Estimate) -> String {
    let ends = match estimate.ends {
        Ends::StudentT => "khoảng t".to_owned(),
        Ends::BoundedT => "khoảng t trên thang logit".to_owned(),
        Ends::Share(ShareInterval::KornGraubard) => "khoảng Korn–Graubard".to_owned(),
        Ends::Share(kind) => format!("khoảng {kind}"),
        Ends::Woodruff => "khoảng Woodruff".to_owned(),
    };
    format!("{}, {ends}", spread(estimate.method))
}

fn spread(method: Method) -> &'static str {
    match method {
        Method::TwoStage => "mẫu phân tầng hai giai đoạn, tuyến tính hóa Taylor",
        Method::WithReplacement => "mẫu cụm phân tầng, coi như chọn có hoàn lại, tuyến tính hóa Taylor",
        Method::FirstStage => {
            "mẫu cụm phân tầng, chỉ hiệu chỉnh tổng thể hữu hạn ở giai đoạn một, tuyến tính hóa Taylor"
        }
        Method::RowsDrawn => "mẫu phiếu phân tầng, có hiệu chỉnh tổng thể hữu hạn, tuyến tính hóa Taylor",
        Method::RowsWithReplacement => "mẫu phiếu phân tầng, coi như chọn có hoàn lại, tuyến tính hóa Taylor",
        Method::Replicates => "quyền số lặp",
        Method::RowsWithinDesk => "phiếu trong từng Bộ phận Một cửa hoặc đơn vị, tuyến tính hóa Taylor",
        Method::ModelAssumed => "theo giả định mô hình, không phải sai số chọn mẫu",
        Method::Combined => "cộng các cuộc điều tra độc lập, bậc tự do theo Welch–Satterthwaite",
        Method::MultipleImputation => "nhiều bản điền khuyết, gộp theo quy tắc Rubin",
    }
}

/// How people were admitted, in Vietnamese.
#[must_use]
pub fn admission(admission: Admission) -> &'static str {
    match admission {
        Admission::Receipt => "có mã biên nhận",
        Admission::WalkIn => "không có mã",
    }
}

/// What became of flagged answers, in Vietnamese; nothing where there are none.
#[must_use]
pub fn flagged(source: &Source) -> String {
    let n = number::count(source.n_flagged);
    match (source.n_flagged, source.answers) {
        (0, _) => String::new(),
        (_, Answers::All) => format!(" (gồm {n} phiếu bị đánh dấu)"),
        (_, Answers::Unflagged) => format!(" (đã bỏ {n} phiếu bị đánh dấu)"),
    }
}

/// What to know before trusting an estimate, in Vietnamese.
#[must_use]
pub fn caution(caution: &Caution) -> String {
    match caution {
        Caution::LonelyPsu { stratum } => {
            format!("tầng {stratum} chỉ khảo sát một trong nhiều điểm: không ước lượng được khoảng")
        }
        Caution::LonelyPsuTreated { stratum, rule } => {
            format!("tầng {stratum} chỉ khảo sát một trong nhiều điểm: biến thiên được đoán theo quy tắc '{rule}'")
        }
        Caution::NoVariation => {
            "mọi câu trả lời giống nhau: không thấy biến thiên, nhưng không có nghĩa là chính xác".to_owned()
        }
        Caution::EveryTransactionAnswered => {
            "mọi lượt giao dịch đều đã trả lời: không còn sai số chọn mẫu, các sai số khác vẫn còn".to_owned()
        }
        Caution::FewDegreesOfFreedom => "dưới 8 bậc tự do: khoảng chưa ổn định".to_owned(),
        Caution::FewAnswers => "dưới 30 phiếu".to_owned(),
        Caution::SingleAnswerDesks { n_desks } => {
            format!("{n_desks} điểm chỉ có một phiếu, không góp vào biến thiên trong điểm")
        }
        Caution::TransactionsUnknown { n_desks } => format!("{n_desks} điểm không rõ số lượt giao dịch"),
        Caution::MoreAnswersThanTransactions { desk } => {
            format!("điểm {desk} có nhiều phiếu hơn lượt giao dịch: cần xem lại khung mẫu")
        }
    }
}

/// The move since the year before, in Vietnamese: `tăng 2 bậc`.
#[must_use]
pub fn change(change: Change) -> String {
    match change {
        Change::Up(places) => format!("tăng {places} bậc"),
        Change::Down(places) => format!("giảm {places} bậc"),
        Change::Same => "giữ nguyên".to_owned(),
        Change::New => "mới xếp hạng".to_owned(),
        Change::NoRanking => "–".to_owned(),
    }
}

/// The rank, in Vietnamese: `2/12`, `2/12 đồng hạng`.
#[must_use]
pub fn rank(standing: &Standing) -> String {
    let tied = if standing.n_tied > 0 { " đồng hạng" } else { "" };
    format!("{}/{}{tied}", standing.rank, standing.of)
}

/// The ranks that the sampling error leaves open, in Vietnamese: `hạng 1–4`; with `?` where nothing is known.
#[must_use]
pub fn rank_range(range: &RankRange) -> String {
    let unknown = if range.caution.is_some() { " (?)" } else { "" };
    if range.best == range.worst {
        return format!("hạng {}{unknown}", range.best);
    }
    format!("hạng {}–{}{unknown}", range.best, range.worst)
}

/// How a unit stands to the mean.
#[must_use]
pub fn than_mean(than_mean: ThanMean) -> Wording {
    let (vi, en) = match than_mean {
        ThanMean::Above => ("trên trung bình", "above the mean"),
        ThanMean::NotDistinguishable => ("chưa phân biệt được", "not distinguishable from the mean"),
        ThanMean::Below => ("dưới trung bình", "below the mean"),
    };
    Wording::of(vi, en)
}

/// What stands in place of a hidden figure.
pub const HIDDEN: &str = "(ẩn)";

/// A stable word for a hidden figure. It does not tell small cells from those that protect them; see
/// [`NoFigure::Hidden`](crate::domain::disclosure::NoFigure::Hidden).
pub const HIDDEN_CODE: &str = "small-or-protecting";

/// Why figures are hidden.
#[must_use]
pub fn hidden() -> String {
    format!("ít hơn {MIN_ANSWERS} phiếu, hoặc có thể dùng để suy ra ô ít phiếu hơn")
}

/// A stable word for why a range of ranks says nothing.
#[must_use]
pub fn range_caution_code(caution: RangeCaution) -> &'static str {
    match caution {
        RangeCaution::SpreadUnknown => "spread-unknown",
        RangeCaution::Provisional => "provisional",
    }
}

/// Why a leaf has no points yet.
#[must_use]
pub fn gap(leaf: &OpenLeaf) -> Wording {
    let (vi, en) = match &leaf.gap {
        Gap::NotScored => ("chưa có điểm".to_owned(), "not scored yet".to_owned()),
        Gap::NotSurveyed => ("chưa điều tra".to_owned(), "not surveyed yet".to_owned()),
        Gap::NoFigure(why) => {
            (format!("điều tra chưa cho kết quả ({why})"), format!("the survey gives no figure: {why}"))
        }
    };
    Wording { vi, en }
}

/// Why a unit has no index.
#[must_use]
pub fn index_fault(fault: &IndexFault) -> Wording {
    let decimal = |points: f64| number::decimal(points, 4);
    let vi = match fault {
        IndexFault::Hidden => format!("phần điều tra được ẩn: {}", hidden()),
        IndexFault::NothingApplies => "không có tiêu chí thành phần nào được đánh giá".to_owned(),
        IndexFault::NotSurveyScored(code) => {
            format!("điều tra cho điểm tiêu chí {code}, là tiêu chí không chấm bằng điều tra")
        }
        IndexFault::ImpossiblePoints { code, points, max } => {
            format!("điều tra cho tiêu chí {code} {} điểm, ngoài 0–{}", decimal(*points), number::points(*max))
        }
        IndexFault::TotalIsNotTheSum { total, sum } => {
            format!("tổng điểm điều tra là {}, nhưng cộng từng tiêu chí là {}", decimal(*total), decimal(*sum))
        }
    };
    Wording { vi, en: fault.to_string() }
}

/// A stable word for a warning.
#[must_use]
pub fn warning_code(warning: &Warning) -> &'static str {
    match warning {
        Warning::SchemeUnconfirmed { .. } => "scheme-not-confirmed",
        Warning::QuestionnaireUnconfirmed { .. } => "questionnaire-not-confirmed",
        Warning::StillOpen(_) => "round-still-open",
        Warning::SelfSelected { .. } => "self-selected",
        Warning::Provisional { .. } => "provisional",
        Warning::NotAppraised { .. } => "not-appraised",
        Warning::Unranked { .. } => "unranked",
    }
}

/// A warning as a sentence.
#[must_use]
pub fn warning(warning: &Warning) -> Wording {
    let (vi, en) = match warning {
        Warning::SchemeUnconfirmed { scheme, status } => (
            format!("Bộ tiêu chí {scheme}: {}; không dùng làm số liệu chính thức.", self::status(*status)),
            format!("Scheme {scheme} is {status}: its figures are not official."),
        ),
        Warning::QuestionnaireUnconfirmed { questionnaire, status } => (
            format!("Phiếu {questionnaire}: {}; không dùng làm số liệu chính thức.", self::status(*status)),
            format!("Questionnaire {questionnaire} is {status}: its figures are not official."),
        ),
        Warning::StillOpen(round) => (
            format!("Đợt {round} còn đang nhận phiếu; số liệu sẽ thay đổi."),
            format!("Round {round} still takes answers; the figures will change."),
        ),
        Warning::SelfSelected { round, n_responses } => (
            format!(
                "Đợt {round}: {} người tự chọn trả lời, không phải mẫu ngẫu nhiên; khoảng ước lượng chỉ đúng nếu những \
                 người khác hài lòng như người đã trả lời ở cùng nơi.",
                number::count(*n_responses)
            ),
            format!(
                "Round {round}: {n_responses} people chose to answer. They are not a random sample; the range holds only \
                 if the others were as satisfied as those of the same desk."
            ),
        ),
        Warning::Provisional { n_units } => (
            format!("{n_units} đơn vị có chỉ số tạm tính (*): điểm chưa có được tính là 0."),
            format!("Units with a provisional index (*): {n_units}. Points that are still to come count as 0."),
        ),
        Warning::NotAppraised { n_units } => (
            format!("{n_units} đơn vị còn điểm tự chấm chưa thẩm định."),
            format!("Units with self-assessed points that nobody has appraised yet: {n_units}."),
        ),
        Warning::Unranked { n_units } => {
            (format!("{n_units} đơn vị chưa tính được chỉ số."), format!("Units without an index: {n_units}."))
        }
    };
    Wording { vi, en }
}
