//! `sipas check`: are the questionnaires, texts and schemes sound?

use super::Place;
use super::failure::Failure;
use crate::cli::output::say_line;
use crate::domain::scheme::Detail;

/// Prints what there is and what is not confirmed; fails with every fault.
pub(super) fn run(place: &Place) -> Result<(), Failure> {
    let catalogue = place.catalogue()?;
    for questionnaire in catalogue.questionnaires() {
        say_line!(
            "questionnaire {:<16} {:>3} items  {} elements  {:<10} {}",
            questionnaire.reference.to_string(),
            questionnaire.items.len(),
            questionnaire.elements.len(),
            questionnaire.status,
            questionnaire.digest.short()
        );
    }
    for scheme in catalogue.schemes() {
        let detail = match scheme.detail {
            Detail::Full(_) => "sub-criteria",
            Detail::Blocks { .. } => "blocks",
        };
        say_line!(
            "scheme        {:<20} {} points, {} by survey, {} {detail}  {:<10} {}",
            scheme.id.to_string(),
            scheme.declared.total,
            scheme.declared.survey,
            scheme.leaves().count(),
            scheme.status,
            scheme.digest.short()
        );
    }
    for notice in catalogue.notices() {
        say_line!("warning: {notice}");
    }
    say_line!("surveys/ is sound.");
    Ok(())
}
