//! The operator's page of a round, ready to be shown: every number worded, every chart drawn.

mod chart;

use super::number;
use crate::domain::device::{EnrolledDevice, Standing, ranges_text};
use crate::domain::progress::{Progress, Tally};
use crate::domain::quality::{FlagCount, Reason};
use crate::report::devices::is_silent;
use crate::report::quality::vietnamese;
use chrono::{DateTime, FixedOffset, Utc};
use serde::Serialize;

/// What the template shows.
#[derive(Debug, Serialize)]
pub struct ProgressDocument {
    /// The round's code.
    pub round: String,
    state: &'static str,
    period: String,
    shown: String,
    notice: Option<String>,
    whole: TallyShape,
    by_day: String,
    days: Vec<DayShape>,
    desks: Vec<DeskShape>,
    reasons: Vec<ReasonShape>,
    devices: Vec<DeviceShape>,
    n_unhealthy: usize,
}

#[derive(Debug, Serialize)]
struct TallyShape {
    answers: String,
    transactions: String,
    rate: String,
    planned: String,
    needed: String,
    is_short: bool,
    receipts: String,
    flagged: String,
}

#[derive(Debug, Serialize)]
struct DayShape {
    day: String,
    answers: String,
}

#[derive(Debug, Serialize)]
struct DeskShape {
    code: String,
    name: String,
    tally: TallyShape,
    bar: String,
    by_day: String,
}

#[derive(Debug, Serialize)]
struct ReasonShape {
    code: &'static str,
    vietnamese: &'static str,
    answers: String,
}

#[derive(Debug, Serialize)]
struct DeviceShape {
    code: String,
    kind: &'static str,
    desk: String,
    label: String,
    standing: String,
    synced: String,
    arrived: String,
    waiting: String,
    aside: String,
    missing: String,
    version: String,
    is_unhealthy: bool,
}

impl ProgressDocument {
    /// The page at a moment.
    #[must_use]
    pub fn at(progress: &Progress, now: DateTime<Utc>) -> Self {
        let whole = progress.whole();
        let date = |day: &chrono::NaiveDate| day.format("%d/%m/%Y").to_string();
        let most_wanted =
            progress.desks.iter().map(|(_, _, tally)| tally.answers.max(tally.planned.unwrap_or(0))).max();
        let devices: Vec<DeviceShape> = progress.devices.iter().map(|device| DeviceShape::at(device, now)).collect();
        Self {
            round: progress.round.to_string(),
            state: state(progress.state),
            period: format!("{}–{}", date(&progress.period.from()), date(&progress.period.to())),
            shown: local(now),
            notice: progress.notice.clone(),
            by_day: chart::by_day(&progress.days, &whole.by_day),
            days: progress
                .days
                .iter()
                .zip(&whole.by_day)
                .rev()
                .map(|(day, n)| DayShape { day: date(day), answers: number::count(*n) })
                .collect(),
            whole: TallyShape::of(&whole),
            desks: progress
                .desks
                .iter()
                .map(|(code, name, tally)| DeskShape {
                    code: code.to_string(),
                    name: name.clone(),
                    bar: chart::reached(tally.answers, tally.planned, most_wanted.unwrap_or(0)),
                    by_day: chart::spark(&tally.by_day),
                    tally: TallyShape::of(tally),
                })
                .collect(),
            reasons: reasons(&whole.flags),
            n_unhealthy: devices.iter().filter(|device| device.is_unhealthy).count(),
            devices,
        }
    }
}

impl TallyShape {
    fn of(tally: &Tally) -> Self {
        let count = |n: Option<u64>| n.map_or_else(|| "chưa rõ / unknown".to_owned(), number::count);
        Self {
            answers: number::count(tally.answers),
            transactions: count(tally.transactions),
            rate: tally.response_rate().map_or_else(|| "–".to_owned(), number::percent),
            planned: count(tally.planned),
            needed: count(tally.needed()),
            is_short: tally.needed().is_some_and(|needed| needed > 0),
            receipts: match tally.issued {
                0 => "–".to_owned(),
                issued => format!("{} / {}", number::count(tally.spent), number::count(issued)),
            },
            flagged: format!("{} ({})", number::count(tally.flags.n_flagged), number::percent(tally.flags.share())),
        }
    }
}

impl DeviceShape {
    fn at(device: &EnrolledDevice, now: DateTime<Utc>) -> Self {
        let report = device.report.as_ref();
        let missing = ranges_text(&device.missing());
        let is_silent = is_silent(device, now);
        let aside = report.map_or(0, |report| report.aside);
        Self {
            code: device.code.to_string(),
            kind: device.kind.code(),
            desk: device.desk.to_string(),
            label: device.label.clone(),
            standing: match device.standing {
                Standing::Awaited(until) => format!("chờ ghép đến {} / to be paired", local(until)),
                Standing::Paired if is_silent => "im lặng quá 24 giờ / silent for 24 h".to_owned(),
                Standing::Paired => "hoạt động / in use".to_owned(),
                Standing::Revoked(time) => format!("đã thu hồi {} / revoked", local(time)),
            },
            synced: report.map_or_else(|| "–".to_owned(), |report| local(report.synced)),
            arrived: number::count(device.arrived.count()),
            waiting: report.map_or_else(|| "–".to_owned(), |report| number::count(report.waiting)),
            aside: number::count(aside),
            is_unhealthy: is_silent || aside > 0 || !missing.is_empty(),
            missing: if missing.is_empty() { "–".to_owned() } else { missing },
            version: report.map_or_else(|| "–".to_owned(), |report| report.version.clone()),
        }
    }
}

fn reasons(flags: &FlagCount) -> Vec<ReasonShape> {
    let shape = |(reason, n): (Reason, u64)| ReasonShape {
        code: reason.code(),
        vietnamese: vietnamese(reason),
        answers: number::count(n),
    };
    Reason::ALL.into_iter().zip(flags.by_reason).map(shape).collect()
}

fn state(word: &str) -> &'static str {
    match word {
        "draft" => "đang chuẩn bị / draft",
        "open" => "đang thu phiếu / open",
        "closed" => "đã đóng / closed",
        _ => "đã công bố / published",
    }
}

/// Date and time in Việt Nam, with the offset beside it.
fn local(time: DateTime<Utc>) -> String {
    const EAST_S: i32 = 7 * 60 * 60;
    match FixedOffset::east_opt(EAST_S) {
        Some(offset) => time.with_timezone(&offset).format("%H:%M %d/%m/%Y (%:z)").to_string(),
        None => time.to_string(),
    }
}
