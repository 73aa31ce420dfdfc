//! Where each figure lies in a publication. Whoever freezes and whoever asks for frozen figures find the place here.

use crate::domain::admission::Admission;
use crate::domain::ids::AreaCode;
use crate::domain::quality::Answers;
use crate::domain::tongue::Tongue;
use crate::report::page::{file_name, pdf_name};
use crate::service::breakdown::Wanted;

/// A form of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// All fields with all digits, for programs.
    Json,
    /// A row a figure, with all digits.
    Csv,
    /// Aligned columns, for people.
    Text,
}

impl Form {
    /// The media type of the file.
    #[must_use]
    pub fn media(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Text => "text/plain; charset=utf-8",
        }
    }

    fn end(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Text => "txt",
        }
    }
}

/// The index table, or one unit of it.
#[must_use]
pub fn index(unit: Option<&AreaCode>, answers: Answers, form: Form) -> String {
    let of_unit = unit.map(|unit| format!("/{unit}")).unwrap_or_default();
    format!("{}index{of_unit}.{}", made_of(answers), form.end())
}

/// What people said in an area: everybody, or those who were admitted in one way.
#[must_use]
pub fn results((area, answers, admission): (&AreaCode, Answers, Option<Admission>), form: Form) -> String {
    let of = admission.map(|admission| format!("{admission}/")).unwrap_or_default();
    format!("{}results/{of}{area}.{}", made_of(answers), form.end())
}

/// One figure, all of it broken down or one way. None for several figures or ways at once, which are not kept together.
#[must_use]
pub fn breakdown(wanted: &Wanted, form: Form) -> Option<String> {
    let by = match wanted.by.as_slice() {
        [] => String::new(),
        [names] => {
            // A crossing is the same in any order.
            let mut names = names.clone();
            names.sort_unstable();
            format!("/by/{}", names.join("+"))
        }
        _ => return None,
    };
    let figure = match wanted.figures.as_slice() {
        [] => String::new(),
        [code] => format!("/of/{code}"),
        _ => return None,
    };
    Some(format!("{}breakdown{by}{figure}.{}", made_of(wanted.answers), form.end()))
}

/// Everything that is said of one area.
#[must_use]
pub fn report(area: &AreaCode) -> String {
    format!("reports/{area}.json")
}

/// The rows of it as CSV.
#[must_use]
pub fn rows(area: &AreaCode) -> String {
    format!("reports/{area}.csv")
}

/// The page of an area.
#[must_use]
pub fn page(area: &AreaCode, tongue: Tongue) -> String {
    format!("pages/{}", file_name(area.as_str(), tongue))
}

/// The PDF of an area.
#[must_use]
pub fn pdf(area: &AreaCode, tongue: Tongue) -> String {
    format!("pages/{}", pdf_name(area.as_str(), tongue))
}

/// The name of a file in a folder of pages, where pages lead to each other and to their figures; none for what no page leads
/// to.
#[must_use]
pub fn beside_pages(path: &str) -> Option<&str> {
    path.strip_prefix("pages/").or_else(|| path.strip_prefix("reports/"))
}

/// The comments that pages show.
pub const COMMENTS: &str = "comments.json";

/// Whether a file is what is said of an area.
#[must_use]
pub fn is_report(path: &str) -> bool {
    path.starts_with("reports/") && path.ends_with(".json")
}

fn made_of(answers: Answers) -> &'static str {
    match answers {
        Answers::All => "",
        Answers::Unflagged => "without-flagged/",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crossing_has_one_place_and_several_have_none() {
        let wanted = |by: &[&[&str]], figures: &[&str]| Wanted {
            by: by.iter().map(|names| names.iter().map(ToString::to_string).collect()).collect(),
            figures: figures.iter().map(ToString::to_string).collect(),
            answers: Answers::Unflagged,
        };
        let place = |by: &[&[&str]], figures: &[&str]| breakdown(&wanted(by, figures), Form::Json);
        assert_eq!(place(&[], &[]).as_deref(), Some("without-flagged/breakdown.json"));
        assert_eq!(place(&[&["sex", "age"]], &["Q01"]), place(&[&["age", "sex"]], &["Q01"]));
        assert_eq!(
            place(&[&["sex", "age"]], &["Q01"]).as_deref(),
            Some("without-flagged/breakdown/by/age+sex/of/Q01.json")
        );
        assert_eq!((place(&[&["sex"], &["age"]], &[]), place(&[], &["Q01", "Q02"])), (None, None));
    }
}
