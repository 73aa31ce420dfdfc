//! The rows of a report for spreadsheets and programs: numbers with a decimal point, an empty cell means "none".

use crate::domain::disclosure::NoFigure;
use crate::domain::estimate::Estimate;
use crate::domain::results::Grain;
use crate::domain::unit_report::UnitReport;
use crate::report::words::HIDDEN_CODE;

const COLUMNS: [&str; 17] = [
    "round",
    "year",
    "area",
    "grain",
    "code",
    "title",
    "title_en",
    "hidden",
    "n",
    "satisfied",
    "satisfied_se",
    "satisfied_low",
    "satisfied_high",
    "mean",
    "importance",
    "change",
    "change_verdict",
];

/// The rows as CSV (RFC 4180, UTF-8).
#[must_use]
pub fn csv(report: &UnitReport) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = writer.write_record(COLUMNS);
    let occasion = &report.occasion;
    for row in &report.rows {
        let grain = match row.grain {
            Grain::Overall => "overall",
            Grain::Element => "element",
            Grain::Item => "item",
        };
        let main = row.main().as_ref().ok();
        let ends = main.and_then(|figure| figure.interval);
        let value =
            |figure: Option<&Result<Estimate, NoFigure>>| number(figure.and_then(|f| Some(f.as_ref().ok()?.value)));
        let is_hidden = matches!(row.main(), Err(NoFigure::Hidden));
        let _ = writer.write_record([
            occasion.round.to_string(),
            occasion.year.to_string(),
            report.subject.area.code.to_string(),
            grain.to_owned(),
            row.code.clone(),
            row.title.vi.clone(),
            row.title.en.clone().unwrap_or_default(),
            if is_hidden { HIDDEN_CODE.to_owned() } else { String::new() },
            main.map(|figure| figure.n.to_string()).unwrap_or_default(),
            number(main.map(|figure| figure.value)),
            number(main.and_then(|figure| figure.se)),
            number(ends.map(|ends| ends.low)),
            number(ends.map(|ends| ends.high)),
            value(row.mean.as_ref()),
            value(row.importance.as_ref()),
            number(row.change.difference),
            row.change.verdict.code().to_owned(),
        ]);
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

fn number(value: Option<f64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
