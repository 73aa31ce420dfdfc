//! Work on parts at the same time, merged in the order of the parts: floating-point sums then have the same bits at any
//! number of threads.

use std::num::NonZero;
use std::thread;

/// Applies `work` to every part and `merge`s the results in order. As many parts are in work at once as the machine has
/// processors, so no more results than that are held; a panic of `work` is passed on.
pub(super) fn fold<P, T>(parts: &[P], work: impl Fn(&P) -> T + Sync, mut merge: impl FnMut(T))
where
    P: Sync,
    T: Send,
{
    let n_threads = thread::available_parallelism().map_or(1, NonZero::get);
    for wave in parts.chunks(n_threads) {
        if let [part] = wave {
            merge(work(part));
            continue;
        }
        thread::scope(|scope| {
            let work = &work;
            let running: Vec<_> = wave.iter().map(|part| scope.spawn(move || work(part))).collect();
            for thread in running {
                match thread.join() {
                    Ok(result) => merge(result),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_merged_in_order() {
        let parts: Vec<u32> = (0..23).collect();
        let mut merged = Vec::new();
        fold(&parts, |part| part * 2, |result| merged.push(result));
        assert_eq!(merged, parts.iter().map(|part| part * 2).collect::<Vec<_>>());
    }
}
