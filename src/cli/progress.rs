//! How far the making of a publication is, on a terminal; elsewhere nothing is shown.

use crate::service::publish::{Step, Tell};
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

/// How often the sign turns that stands where no end is known.
const TURN: Duration = Duration::from_millis(100);

/// Does some work and shows its steps.
pub(super) fn shown<T>(work: impl FnOnce(Tell) -> T) -> T {
    let bar = ProgressBar::no_length();
    let style = |template| ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let waiting = || style("{spinner} {msg} {elapsed}");
    bar.set_style(waiting());
    bar.enable_steady_tick(TURN);
    let outcome = work(&|step| match step {
        Step::Computing => bar.set_message("computing the figures"),
        Step::Drawing { n_done, n_areas } => {
            if bar.length().is_none() {
                bar.set_style(style("{bar:40} pages of {pos}/{len} areas, {eta} left"));
                bar.set_length(n_areas as u64);
                bar.reset_eta();
            }
            bar.set_position(n_done as u64);
        }
        Step::Storing => {
            bar.set_style(waiting());
            bar.set_message("storing them");
        }
    });
    bar.finish_and_clear();
    outcome
}
