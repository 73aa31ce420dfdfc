//! Reads `quality.toml`: when an answer is flagged.

use super::reader;
use super::source::File;
use super::value;
use crate::domain::channel::Channel;
use crate::domain::fault::Fault;
use crate::domain::quality::{Minute, QualityRules};
use crate::domain::questionnaire::Status;
use chrono::Weekday;

/// The line that says that the rules are not confirmed.
pub(super) fn notice(rules: &QualityRules) -> Option<String> {
    super::notice("list of quality flags", rules.status, &rules.source)
}

/// Reads the file.
pub(super) fn read(file: &File, faults: &mut Vec<Fault>) -> Option<QualityRules> {
    reader::read(file, faults, |mut table| {
        let status = table.required("status", value::word(Status::ALL, Status::code));
        let source = table.required("source", value::text);
        let seconds_per_answer = table
            .table("speeder")
            .and_then(|mut table| table.required("seconds_per_answer", value::decimal(0.0, 60.0)));
        let burst = table.table("burst").and_then(|mut table| {
            let answers = table.required("answers", value::whole(1, 1_000));
            let seconds = table.required("seconds", value::whole(1, 86_400));
            answers.zip(seconds)
        });
        let hours = table.table("after_hours").and_then(|mut table| {
            let from = table.required("open_from", value::parsed(minute));
            let to = table.required("open_to", value::parsed(minute));
            let days = table.list("open_days", value::parsed(day));
            let channels = table.list("channels", value::word(Channel::ALL, Channel::code));
            if let (Some(from), Some(to)) = (&from, &to)
                && from.value >= to.value
            {
                table.note("open_to", "never-open", "is not after open_from; counters would never be open");
            }
            Some(((from?.value, to?.value), days, channels))
        });
        let straight =
            table.table("straight_line").and_then(|mut table| table.required("items", value::whole(2, 1_000)));
        let run = table.table("identical_run").and_then(|mut table| table.required("answers", value::whole(2, 10_000)));
        let (burst_answers, burst_seconds) = burst?;
        let (open_minutes, days, channels) = hours?;
        Some(QualityRules {
            status: status?.value,
            source: source?.value,
            seconds_per_answer: seconds_per_answer?.value,
            burst_answers: burst_answers.value,
            burst_seconds: burst_seconds.value,
            open_minutes,
            open_days: days.into_iter().map(|day| day.value).collect(),
            counter_channels: channels.into_iter().map(|channel| channel.value).collect(),
            straight_items: straight?.value,
            run_answers: run?.value,
        })
    })
}

/// Reads `07:30`.
fn minute(text: &str) -> Result<Minute, String> {
    let time =
        chrono::NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| format!("{text:?} is no time such as 07:30"))?;
    Ok(chrono::Timelike::hour(&time) * 60 + chrono::Timelike::minute(&time))
}

fn day(text: &str) -> Result<Weekday, String> {
    text.parse().map_err(|_| format!("{text:?} is no day; write mon, tue, wed, thu, fri, sat, sun"))
}
