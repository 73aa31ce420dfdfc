//! The figures of a questionnaire as sums over the variables of a file, so that a script can compute them again.

use super::super::catalogue::Catalogue;
use super::questions::Question;
use crate::domain::ids::Digest;
use crate::domain::questionnaire::{Pooled, Questionnaire};
use crate::export::r_script::{Analysis, Figure, FigureTerm};
use crate::export::variable::Kind;
use crate::statistics::DesignColumns;

/// Overall, each element, and each item behind its element: what `results` shows, under the questionnaire's rule.
pub(super) fn of(
    catalogue: &Catalogue,
    questionnaire: &Questionnaire,
    questions: &[Question],
    design: &DesignColumns,
    cut: Digest,
) -> Analysis {
    let texts = questionnaire.languages.first().and_then(|first| catalogue.texts(&questionnaire.reference, first));
    let variable = |item: &usize| {
        let found = questions.iter().find(|question| question.item == *item);
        found.map(|question| question.variable.name.clone()).unwrap_or_default()
    };
    let figure = |code: &str, title: Option<&str>, parts: Option<Vec<Pooled>>| {
        let term = |part: Pooled| FigureTerm { factor: part.factor, items: part.items.iter().map(variable).collect() };
        let title = title.unwrap_or(code).to_owned();
        Some(Figure { code: code.to_owned(), title, terms: parts?.into_iter().map(term).collect() })
    };
    let mut figures: Vec<Figure> = Vec::new();
    figures.extend(figure("overall", texts.map(|texts| texts.title.as_str()), questionnaire.overall()));
    for element in &questionnaire.elements {
        let title = texts.map(|texts| texts.element(&element.id));
        figures.extend(figure(element.id.as_str(), title, questionnaire.rolled_up(Some(&element.id))));
        let items = questionnaire.items.iter().enumerate();
        for (place, item) in items.filter(|(_, item)| item.element.as_ref() == Some(&element.id) && item.has_value()) {
            let alone = vec![Pooled { factor: 1.0, items: vec![place] }];
            figures.extend(figure(item.id.as_str(), texts.map(|texts| texts.item(&item.id)), Some(alone)));
        }
    }
    let used = figures.iter().flat_map(|figure| &figure.terms).flat_map(|term| &term.items);
    let used: std::collections::BTreeSet<&String> = used.collect();
    let worths = questions.iter().filter(|question| used.contains(&question.variable.name));
    Analysis {
        rule: questionnaire.rule.to_string(),
        digest: cut.to_string(),
        has_populations: design.desks.iter().flatten().all(|desk| desk.second_stage_size.is_some()),
        lonely: design.lonely.clone(),
        worths: worths.map(|question| (question.variable.name.clone(), worths_of(questionnaire, question))).collect(),
        figures,
    }
}

/// What each code of a question is worth.
fn worths_of(questionnaire: &Questionnaire, question: &Question) -> Vec<(i16, f64)> {
    let Kind::Coded { categories, .. } = &question.variable.kind else { return Vec::new() };
    let worth = |code: i16| {
        let item = questionnaire.items.get(question.item)?;
        Some((code, item.worth(u8::try_from(code).ok()?, questionnaire.rule)?))
    };
    categories.iter().filter_map(|category| worth(category.code)).collect()
}
