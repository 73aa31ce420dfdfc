//! A province of two districts and four desks, a short questionnaire, and rounds to collect in.

use super::office::fixture;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sipas::domain::answers::{RawAnswers, RawValue};
use sipas::domain::area::{Area, Focus, Level, Validity};
use sipas::domain::channel::Channel;
use sipas::domain::frame::{Frame, FrameDesk};
use sipas::domain::ids::{AreaCode, Digest, ItemId, QuestionnaireRef, ResponseId, RoundCode, SchemeId};
use sipas::domain::period::{Period, Year};
use sipas::domain::quality::Reasons;
use sipas::domain::questionnaire::Questionnaire;
use sipas::domain::round::{Closed, Mode, Open, Round, RoundPlan};
use sipas::service::catalogue::{Catalogue, Source};
use sipas::store::responses::{self, NewResponse, Row};
use sipas::store::{Connection, Store, StoreError, areas, rounds};
use std::sync::Arc;

/// Desks that are drawn in [`frame`].
pub(crate) const DESKS: [&str; 3] = ["K1", "K2", "K3"];
/// A desk of the frame that is not drawn.
pub(crate) const UNDRAWN_DESK: &str = "K4";
/// The digest that rounds are drawn up with.
pub(crate) const SCHEME_DIGEST: Digest = Digest([2; 32]);

pub(crate) fn area_code(code: &str) -> AreaCode {
    AreaCode::parse(code).unwrap()
}

pub(crate) fn round_code(code: &str) -> RoundCode {
    RoundCode::parse(code).unwrap()
}

pub(crate) fn area(code: &str, level: Level, parent: Option<&str>) -> Area {
    Area {
        code: area_code(code),
        name: format!("Tên của {code}"),
        level,
        parent: parent.map(area_code),
        focus: Focus::Never,
        validity: Validity::default(),
    }
}

pub(crate) fn all_areas() -> Vec<Area> {
    vec![
        area("D1", Level::District, Some("P")),
        area("D2", Level::District, Some("P")),
        area("K1", Level::Desk, Some("D1")),
        area("K2", Level::Desk, Some("D1")),
        area("K3", Level::Desk, Some("D2")),
        area("K4", Level::Desk, Some("D2")),
        area("P", Level::Province, None),
    ]
}

pub(crate) fn plan(code: &str) -> RoundPlan {
    RoundPlan {
        code: round_code(code),
        questionnaire: QuestionnaireRef::parse("short.v1").unwrap(),
        scheme: SchemeId::parse("demo").unwrap(),
        area: area_code("P"),
        year: Year::new(2025).unwrap(),
        period: Period::parse("2025-01-01..2025-12-31").unwrap(),
        mode: Mode::Sampled,
    }
}

pub(crate) fn frame() -> Frame {
    let desk = |desk: &str, stratum: &str, transactions, drawn| FrameDesk {
        desk: area_code(desk),
        stratum: area_code(stratum),
        transactions,
        drawn,
    };
    Frame::new([
        desk("K1", "D1", Some(1_000), true),
        desk("K2", "D1", None, true),
        desk("K3", "D2", Some(u32::MAX), true),
        desk(UNDRAWN_DESK, "D2", Some(0), false),
    ])
}

/// An instant that both databases can keep exactly.
pub(crate) fn instant(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap() + TimeDelta::hours(hours)
}

pub(crate) fn draft_round(connection: &mut Connection, code: &str) -> Result<(), StoreError> {
    draft_round_of(connection, plan(code), questionnaire().digest, SCHEME_DIGEST)
}

pub(crate) fn draft_round_of(
    connection: &mut Connection,
    plan: RoundPlan,
    questionnaire: Digest,
    scheme: Digest,
) -> Result<(), StoreError> {
    let code = plan.code.clone();
    areas::upsert(connection, &all_areas())?;
    rounds::insert(connection, &Round::draft(plan), questionnaire, scheme)?;
    rounds::replace_frame(connection, &code, &frame())
}

pub(crate) fn open_round(store: &Store, code: &str) -> Round<Open> {
    let open = Round::draft(plan(code)).open(instant(0));
    store
        .with(|connection| {
            draft_round(connection, code)?;
            rounds::record_open(connection, &open)
        })
        .unwrap();
    open
}

pub(crate) fn close_round(store: &Store, open: Round<Open>) -> Round<Closed> {
    let closed = open.close(instant(1));
    store.with(|connection| rounds::record_close(connection, &closed)).unwrap();
    closed
}

/// A response id as a client would make it.
pub(crate) fn random_id() -> ResponseId {
    ResponseId::from_bytes(*uuid::Uuid::new_v4().as_bytes())
}

/// A row whose content is told apart by `content`.
pub(crate) fn response(id: ResponseId, round: &str, desk: &str, content: u8) -> NewResponse {
    NewResponse {
        id,
        round: round_code(round),
        desk: area_code(desk),
        channel: Channel::Phone,
        digest: Digest([content; 32]),
        received: NaiveDate::from_ymd_opt(2025, 3, 9).unwrap(),
        packed: vec![content, 0, 255],
        weight: None,
        flags: Reasons::NONE,
        comments: vec![(ItemId::parse("words").unwrap(), format!("lời thứ {content}"))],
        receipt: None,
        arrival: None,
    }
}

/// The catalogue with the short questionnaire that [`plan`] names.
/// Shows every answer stored for a round to `each`, in the order of their ids.
pub(crate) fn each_row(store: &Store, round: &str, mut each: impl FnMut(&Row<'_>)) {
    let read = |connection: &mut Connection| {
        responses::rows(connection, (&round_code(round), None), |row| {
            each(row);
            Ok::<_, StoreError>(())
        })
    };
    store.with(read).unwrap();
}

pub(crate) fn catalogue() -> Catalogue {
    Catalogue::load(&Source::Folder(fixture("short"))).unwrap()
}

/// Two five-point items, the first required, and a comment.
pub(crate) fn questionnaire() -> Arc<Questionnaire> {
    Arc::clone(catalogue().questionnaire(&plan("any").questionnaire).unwrap())
}

/// Answers with a score for the first item.
pub(crate) fn answers(score: i64) -> RawAnswers {
    RawAnswers::from([
        ("Q1".to_owned(), RawValue::Whole(score)),
        ("words".to_owned(), RawValue::Text("Cán bộ lịch sự".to_owned())),
    ])
}
