//! What can be told about an answer only when it comes in: how fast it was, whether its device gave many at once, whether it
//! is one of a run of identical ones, and whether the counter was open. Times and devices are forgotten again; the verdict
//! stays.

use super::Submission;
use super::content::local;
use crate::domain::answers::AnswerSheet;
use crate::domain::ids::{AreaCode, ResponseId};
use crate::domain::packing::{self, NO_ANSWER};
use crate::domain::quality::{Device, QualityRules, Reason, Reasons};
use crate::domain::questionnaire::Questionnaire;
use chrono::{DateTime, Utc};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// Devices remembered at most; beyond, the watch begins anew, so that made-up names cannot fill the memory.
const MAX_DEVICES: usize = 100_000;

/// The latest answers of a device.
type Latest = VecDeque<(ResponseId, DateTime<Utc>)>;

/// A run of answers that are the same in every closed item: the last of them, what they say, and how many they are.
struct Run {
    last: ResponseId,
    packed: Vec<u8>,
    length: u16,
}

/// Watches how many answers each device gives, and which are alike at each desk. Every server watches for itself.
#[derive(Clone, Default)]
pub struct Watch {
    /// By device: its latest answers.
    latest: Arc<Mutex<HashMap<Device, Latest>>>,
    /// By desk: the run that is going on.
    runs: Arc<Mutex<HashMap<AreaCode, Run>>>,
}

impl Watch {
    /// Judges an answer that came at `now`.
    pub(super) fn judge(
        &self,
        rules: &QualityRules,
        submission: &Submission,
        (questionnaire, sheet): (&Questionnaire, &AnswerSheet),
        now: DateTime<Utc>,
    ) -> Reasons {
        let circumstances = &submission.circumstances;
        let answered = circumstances.answered.unwrap_or(now);
        let offsets = packing::layout(questionnaire).into_iter().filter(|(_, width)| *width > 0);
        let code = |offset: usize| sheet.packed().get(offset).copied().unwrap_or(NO_ANSWER);
        let n_answers = offsets.filter(|(offset, _)| code(*offset) != NO_ANSWER).count();
        let is_fast = circumstances.seconds.is_some_and(|seconds| rules.is_speeder(seconds, n_answers));
        let is_burst =
            circumstances.device.as_ref().is_some_and(|device| self.is_burst(rules, device, submission.id, answered));
        let is_run = self.is_run(rules, submission, sheet.packed());
        // A sheet of paper is typed in whenever there is time.
        let is_live = submission.is_live || circumstances.answered.is_some();
        Reasons::NONE
            .with(Reason::Speeder, is_fast)
            .with(Reason::Burst, is_burst)
            .with(Reason::AfterHours, is_live && rules.is_after_hours(submission.channel, local(answered)))
            .with(Reason::Trap, circumstances.is_trapped)
            .with(Reason::IdenticalRun, is_run)
    }

    /// Whether the answers are the same as so many before them at their desk. Those that began the run are stored by then,
    /// without the flag.
    fn is_run(&self, rules: &QualityRules, submission: &Submission, packed: &[u8]) -> bool {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Run { last: submission.id, packed: packed.to_vec(), length: 1 };
        let run = runs.entry(submission.desk.clone()).or_insert_with(fresh);
        if run.packed != packed {
            *run = fresh();
        } else if run.last != submission.id {
            run.last = submission.id;
            run.length = run.length.saturating_add(1);
        }
        run.length >= rules.run_answers
    }

    /// Whether the device gave more answers than it may around this time. One that is sent again counts once.
    fn is_burst(&self, rules: &QualityRules, device: &Device, id: ResponseId, answered: DateTime<Utc>) -> bool {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.len() >= MAX_DEVICES && !latest.contains_key(device) {
            latest.clear();
        }
        let of_device = latest.entry(device.clone()).or_default();
        let window = i64::from(rules.burst_seconds);
        let others = of_device.iter().filter(|(other, _)| *other != id);
        let n_near = others.filter(|(_, time)| (answered - *time).num_seconds().abs() < window).count();
        if !of_device.iter().any(|(other, _)| *other == id) {
            of_device.push_back((id, answered));
            if of_device.len() > usize::from(rules.burst_answers) {
                of_device.pop_front();
            }
        }
        n_near >= usize::from(rules.burst_answers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::questionnaire::Status;

    #[test]
    fn more_answers_than_allowed_in_the_window_are_a_burst() {
        let rules = QualityRules {
            status: Status::Synthetic,
            source: String::new(),
            seconds_per_answer: 1.0,
            burst_answers: 2,
            burst_seconds: 60,
            open_minutes: (0, 1),
            open_days: Vec::new(),
            counter_channels: Vec::new(),
            straight_items: 9,
            run_answers: 9,
        };
        let (watch, device) = (Watch::default(), Device::parse("tablet-1").unwrap());
        let is_burst = |id: u8, second: i64| {
            let time = DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap();
            watch.is_burst(&rules, &device, ResponseId::from_bytes([id; 16]), time)
        };
        assert!(!is_burst(1, 0) && !is_burst(2, 10) && !is_burst(2, 11), "sent again is no other answer");
        assert!(is_burst(3, 20));
        assert!(!is_burst(4, 200) && !is_burst(5, 259) && !is_burst(6, 260));
        let other = Device::parse("tablet-2").unwrap();
        let time = DateTime::from_timestamp(1_800_000_020, 0).unwrap();
        assert!(!watch.is_burst(&rules, &other, ResponseId::from_bytes([9; 16]), time));
        assert!(Device::parse("").is_err() && Device::parse("a b").is_err() && Device::parse(&"a".repeat(65)).is_err());
    }
}
