//! Self-assessed and appraised points, one row per unit and sub-criterion of a scheme and year.

use super::areas;
use super::connection::AnyConnection;
use super::error::StoreError;
use super::schema::{areas as area_table, assessments};
use crate::domain::assessment::{Entry, Score};
use crate::domain::ids::{AreaCode, CriterionCode, SchemeId};
use crate::domain::period::Year;
use crate::domain::points::Points;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, SmallInt, Text};

/// What a unit and its appraiser say about one sub-criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssessmentRow {
    /// The unit rated.
    pub unit: AreaCode,
    /// The sub-criterion.
    pub sub_criterion: CriterionCode,
    /// The score and the remark on it.
    pub entry: Entry,
}

/// Stores rows, each in place of what the same unit and sub-criterion had before; all of them or none.
///
/// # Errors
/// [`StoreError::Unknown`] for a unit that is no area; when the database does not answer.
pub fn replace(
    connection: &mut AnyConnection,
    scheme: &SchemeId,
    year: Year,
    rows: &[AssessmentRow],
) -> Result<(), StoreError> {
    connection.transact(|connection| {
        let numbers = areas::numbers(connection)?;
        for row in rows {
            let unit = areas::number(&numbers, &row.unit)?;
            replace_one(connection, scheme, year, unit, row)?;
        }
        Ok(())
    })
}

fn replace_one(
    connection: &mut AnyConnection,
    scheme: &SchemeId,
    year: Year,
    unit: i32,
    row: &AssessmentRow,
) -> Result<(), StoreError> {
    let Entry { score, note } = &row.entry;
    let score = *score;
    diesel::sql_query(
        "INSERT INTO assessments (scheme, year, unit, sub_criterion, claimed, appraised, not_applicable, note)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (scheme, year, unit, sub_criterion) DO UPDATE SET claimed = excluded.claimed,
         appraised = excluded.appraised, not_applicable = excluded.not_applicable, note = excluded.note",
    )
    .bind::<Text, _>(scheme.as_str())
    .bind::<SmallInt, _>(areas::write_year(year))
    .bind::<Integer, _>(unit)
    .bind::<Text, _>(row.sub_criterion.as_str())
    .bind::<Nullable<BigInt>, _>(score.claimed().map(Points::ten_thousandths))
    .bind::<Nullable<BigInt>, _>(score.appraised().map(Points::ten_thousandths))
    .bind::<Bool, _>(score == Score::NotApplicable)
    .bind::<Text, _>(note.as_str())
    .execute(connection)?;
    Ok(())
}

/// Every row of a scheme and year, by unit and sub-criterion.
///
/// # Errors
/// When the database does not answer or holds a row that cannot be read.
pub fn all(connection: &mut AnyConnection, scheme: &SchemeId, year: Year) -> Result<Vec<AssessmentRow>, StoreError> {
    type Row = (String, String, Option<i64>, Option<i64>, bool, String);
    let rows: Vec<Row> = assessments::table
        .inner_join(area_table::table)
        .filter(assessments::scheme.eq(scheme.as_str()))
        .filter(assessments::year.eq(areas::write_year(year)))
        .select((
            area_table::code,
            assessments::sub_criterion,
            assessments::claimed,
            assessments::appraised,
            assessments::not_applicable,
            assessments::note,
        ))
        .load(connection)?;
    let read = |(unit, sub_criterion, claimed, appraised, not_applicable, note): Row| {
        let points = |stored: Option<i64>| stored.map(Points::from_ten_thousandths);
        let score = Score::new(not_applicable, points(claimed), points(appraised))
            .map_err(|_| StoreError::corrupt("score of sub-criterion", &sub_criterion))?;
        Ok(AssessmentRow {
            unit: areas::read_code(&unit)?,
            sub_criterion: CriterionCode::parse(&sub_criterion)
                .map_err(|_| StoreError::corrupt("sub-criterion", &sub_criterion))?,
            entry: Entry { score, note },
        })
    };
    let mut rows = rows.into_iter().map(read).collect::<Result<Vec<_>, StoreError>>()?;
    // Sorted here, because the databases' own order of texts depends on how they were set up.
    rows.sort_by(|a, b| (&a.unit, &a.sub_criterion).cmp(&(&b.unit, &b.sub_criterion)));
    Ok(rows)
}
