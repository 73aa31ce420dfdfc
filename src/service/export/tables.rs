//! The tables of figures: results of every area, breakdowns, the index. They show what the screens show and hide what they hide.

mod index;

use super::super::analyse;
use super::super::breakdown::{Wanted, of_exercise};
use super::super::catalogue::Catalogue;
use super::super::results as of_results;
use super::sheet::{self, Cell, Sheet, key};
use super::words::{self, label};
use super::{ExportRefusal, Prepared, Request, Sink, Task};
use crate::domain::admission::Admission;
use crate::domain::area::Area;
use crate::domain::breakdown::Label as CellLabel;
use crate::domain::disclosure::{MIN_ANSWERS, NoFigure};
use crate::domain::estimate::{Caution, Estimate};
use crate::domain::index::table::{Source, Warning};
use crate::domain::quality::Answers;
use crate::domain::results::{Grain, ResultRow};
use crate::domain::round::RoundPlan;
use crate::export::Table;
use crate::export::manifest::{Provenance, SchemeShape};
use crate::export::variable::Label;
use crate::report;
use crate::service::breakdown::BreakdownRefusal;
use crate::service::disclosure::Linked;
use crate::statistics::DesignColumns;

/// Every figure of every area, or of those within one.
pub(super) fn results(task: &Task, sink: &mut dyn Sink) -> Result<(), ExportRefusal> {
    let Task { catalogue, request, .. } = *task;
    let exercise = task.exercise()?;
    let survey = exercise.named(&request.round)?;
    task.check_answers(survey.source.cut)?;
    let top = of_results::within(&exercise, request.unit.as_ref())?;
    let mut areas: Vec<&Area> =
        exercise.tree.iter().filter(|area| exercise.tree.is_within(&area.code, &top.code)).collect();
    areas.sort_by_key(|area| (area.level, &area.code));
    let questionnaire = survey.sample.questionnaire();
    if let Some(unknown) = request.figures.iter().find(|figure| {
        questionnaire.item(figure).is_none() && !questionnaire.elements.iter().any(|e| e.id.as_str() == **figure)
    }) {
        return Err(ExportRefusal::Breakdown(BreakdownRefusal::UnknownFigure(unknown.clone())));
    }
    let mut headings = vec![
        key("round", "Đợt", "Round"),
        key("unit", "Mã đơn vị", "Unit"),
        key("unit_name", "Tên đơn vị", "Name of the unit"),
        key("unit_level", "Cấp của đơn vị", "Level of the unit"),
        key("admission", "Hình thức vào; trống là tất cả", "Admission; empty for everybody"),
        key("grain", "Cấp nội dung", "Overall, element or item"),
        key("code", "Mã nội dung", "Code of the element or item"),
        key("title", "Nội dung", "Element or item"),
        key(
            "measure",
            "Số đo: chỉ số, tỷ lệ hài lòng, điểm trung bình",
            "Figure under the rule, share satisfied, mean",
        ),
    ];
    headings.extend(sheet::estimate_headings());
    let mut sheet = Sheet::new(headings);
    let mut n_hidden = 0;
    let linked = Linked::of(catalogue, &exercise, survey);
    for found in of_results::of_admission(catalogue, &exercise, (survey, &linked), (&areas, request.admission))? {
        let area = exercise.tree.get(&found.area);
        for row in found.rows.iter().filter(|row| request.figures.is_empty() || request.figures.contains(&row.code)) {
            for (measure, outcome) in measures(row) {
                n_hidden += u64::from(outcome.as_ref().is_err_and(|why| *why == NoFigure::Hidden));
                let mut cells: Vec<Cell> = [
                    request.round.as_str(),
                    found.area.as_str(),
                    &found.area_name,
                    area.map(|area| area.level.code()).unwrap_or_default(),
                    request.admission.map(Admission::code).unwrap_or_default(),
                    grain(row.grain),
                    &row.code,
                    &row.title,
                    measure,
                ]
                .map(Cell::text)
                .into();
                cells.extend(sheet::estimate_cells(outcome.as_ref()));
                sheet.row(cells);
            }
        }
    }
    let mut from = provenance(catalogue, &exercise.plan, request, vec![survey.source.clone()]);
    from.n_hidden_figures = n_hidden;
    begin(task, format!("Kết quả khảo sát đợt {}", request.round), from, sheet, sink)
}

fn grain(grain: Grain) -> &'static str {
    match grain {
        Grain::Overall => "overall",
        Grain::Element => "element",
        Grain::Item => "item",
    }
}

fn measures(row: &ResultRow) -> impl Iterator<Item = (&'static str, &Result<Estimate, NoFigure>)> {
    let more = [("satisfied", &row.satisfied), ("mean", &row.mean)];
    let more = more.into_iter().filter_map(|(measure, outcome)| Some((measure, outcome.as_ref()?)));
    std::iter::once(("figure", &row.figure)).chain(more)
}

/// Declared breakdowns.
pub(super) fn breakdown(task: &Task, sink: &mut dyn Sink) -> Result<(), ExportRefusal> {
    let Task { catalogue, request, .. } = *task;
    let wanted = Wanted { by: request.by.clone(), figures: request.figures.clone(), answers: request.answers };
    let exercise = task.exercise()?;
    let found = of_exercise(catalogue, &exercise, &wanted)?;
    task.check_answers(found.source.cut)?;
    let mut headings = vec![
        key("round", "Đợt", "Round"),
        key("figure", "Nội dung", "Element or item; overall"),
        key("by", "Chia theo", "Broken down by"),
        key("value", "Mã nhóm", "Code of the group"),
        key("name", "Nhóm", "Group"),
    ];
    headings.extend(sheet::estimate_headings());
    let mut sheet = Sheet::new(headings);
    let mut n_hidden = 0;
    for (figure, cell) in found.figures.iter().flat_map(|f| f.cells.iter().map(move |cell| (f, cell))) {
        let joined = |part: fn(&CellLabel) -> &str| cell.domain.iter().map(part).collect::<Vec<_>>().join("*");
        let outcome = cell.figure.as_deref();
        n_hidden += u64::from(outcome.is_err_and(|why| *why == NoFigure::Hidden));
        let code = if figure.code.is_empty() { grain(Grain::Overall) } else { &figure.code };
        let mut cells: Vec<Cell> = [
            request.round.as_str(),
            code,
            &joined(|label| &label.by),
            &joined(|label| &label.value),
            &joined(|label| &label.name),
        ]
        .map(Cell::text)
        .into();
        cells.extend(sheet::estimate_cells(outcome));
        sheet.row(cells);
    }
    let mut from = provenance(catalogue, &exercise.plan, request, vec![found.source.clone()]);
    from.n_hidden_figures = n_hidden;
    from.warnings.extend(found.notice);
    begin(task, format!("Kết quả chia nhóm đợt {}", request.round), from, sheet, sink)
}

/// The index table, with the columns of `sipas index --format csv`.
pub(super) fn index(task: &Task, sink: &mut dyn Sink) -> Result<(), ExportRefusal> {
    let Task { catalogue, store, request, .. } = *task;
    let exercise = task.exercise()?;
    task.check_exercise(&exercise)?;
    let table = analyse::table_of(catalogue, store, &exercise, &analyse::linked(catalogue, &exercise))?;
    let shown = match &request.unit {
        Some(unit) => table.only(unit).ok_or_else(|| analyse_refusal(unit))?,
        None => table,
    };
    let plan = &exercise.plan;
    let sheet = index::sheet(&shown);
    let mut from = provenance(catalogue, plan, request, shown.provenance.sources.clone());
    from.warnings = notices(catalogue, plan, request);
    from.warnings.extend(said(shown.warnings()));
    begin(task, format!("Chỉ số năm {} của đợt {}", plan.year, request.round), from, sheet, sink)
}

fn analyse_refusal(unit: &crate::domain::ids::AreaCode) -> ExportRefusal {
    super::super::exercise::AnalyseRefusal::UnknownUnit(unit.clone()).into()
}

fn begin(task: &Task, title: String, from: Provenance, sheet: Sheet, sink: &mut dyn Sink) -> Result<(), ExportRefusal> {
    let mut notes = vec![label(
        format!("Ô được ẩn: {}.", report::words::hidden()),
        format!(
            "A figure is hidden where fewer than {MIN_ANSWERS} people answered, or where fewer could be computed from it."
        ),
    )];
    notes.extend(task.notes());
    let table = Table {
        name: task.request.table.to_string(),
        title,
        variables: sheet.variables(),
        notes,
        n_rows: sheet.n_rows(),
    };
    sink.begin(Prepared { table, analysis: None, from })?;
    sheet.write(sink)
}

/// What a manifest says of where a table is from.
pub(super) fn provenance(
    catalogue: &Catalogue,
    plan: &RoundPlan,
    request: &Request,
    sources: Vec<Source>,
) -> Provenance {
    let mut warnings = notices(catalogue, plan, request);
    warnings.extend(said(sources.iter().flat_map(Source::warnings)));
    let scheme = catalogue.scheme(&plan.scheme);
    let scheme = scheme.map(|scheme| SchemeShape {
        id: scheme.id.to_string(),
        status: scheme.status.code(),
        digest: scheme.digest.to_string(),
    });
    Provenance {
        filters: request.filters(),
        sources,
        scheme: scheme.unwrap_or_default(),
        warnings,
        ..Provenance::default()
    }
}

/// Warnings as sentences; that something is not confirmed stands among the notices, with its source.
fn said(warnings: impl IntoIterator<Item = Warning>) -> impl Iterator<Item = String> {
    let is_new = |warning: &Warning| {
        !matches!(warning, Warning::SchemeUnconfirmed { .. } | Warning::QuestionnaireUnconfirmed { .. })
    };
    warnings.into_iter().filter(is_new).map(|warning| report::words::warning(&warning).en)
}

/// What is not confirmed.
fn notices(catalogue: &Catalogue, plan: &RoundPlan, request: &Request) -> Vec<String> {
    let quality = catalogue.notice_of_quality().filter(|_| request.answers == Answers::Unflagged);
    catalogue.notices_of(&plan.scheme, &plan.questionnaire).into_iter().chain(quality).collect()
}

/// What whoever opens a file of answers must know.
pub(super) fn notes_of_answers(design: &DesignColumns, answers: Answers) -> Vec<Label> {
    let mut notes = vec![words::rule_of_withholding(MIN_ANSWERS)];
    notes.push(label(
        "Thiết kế mẫu trong R: svydesign(ids = ~psu + row, strata = ~stratum, weights = ~weight, fpc = ~fpc1 + fpc2); không có \
         fpc1, fpc2 thì svydesign(ids = ~psu, strata = ~stratum, weights = ~weight). Điểm không được chọn không có dòng nào nhưng \
         được đếm trong fpc1. fpc2 không nhỏ hơn số phiếu của điểm.",
        "The design in R: svydesign(ids = ~psu + row, strata = ~stratum, weights = ~weight, fpc = ~fpc1 + fpc2); where fpc1 and fpc2 \
         are empty, svydesign(ids = ~psu, strata = ~stratum, weights = ~weight). Desks that were not drawn have no rows, but fpc1 \
         counts them. fpc2 is never below the desk's answers.",
    ));
    if answers == Answers::Unflagged {
        notes.push(label("Đã bỏ phiếu bị đánh dấu.", "Flagged answers are left out."));
    }
    if !design.cut.is_empty() {
        let strata = design.cut.join(", ");
        notes.push(label(
            format!("Tệp chỉ có một phần của các tầng {strata}: muốn tính sai số, hãy xuất cả tầng rồi chọn nhóm trong thiết kế."),
            format!("Of the strata {strata} the file has a part only: to find standard errors, export them whole and take the subset of the design."),
        ));
    }
    let caution = |caution: &Caution| label(format!("{}.", report::words::caution(caution)), format!("{caution}."));
    notes.extend(design.cautions.iter().map(caution));
    let lonely = design.lonely.iter().map(|stratum| Caution::LonelyPsu { stratum: stratum.clone() });
    notes.extend(lonely.map(|lonely| caution(&lonely)));
    notes
}
