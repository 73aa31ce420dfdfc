//! Independent tasks on all processors, with results in the order of the tasks. Each task adds its own sums in the order
//! of the rows, so the bits do not depend on how many processors there are.

use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Applies `work` to every task. A panic of `work` is passed on.
pub fn map<P: Sync, T: Send>(tasks: &[P], work: impl Fn(&P) -> T + Sync) -> Vec<T> {
    map_with(tasks, |(), task| work(task))
}

/// The same with scratch space, of which each processor has its own: it holds whatever the task before left there.
pub(super) fn map_with<P: Sync, T: Send, S: Default>(tasks: &[P], work: impl Fn(&mut S, &P) -> T + Sync) -> Vec<T> {
    let n_threads = thread::available_parallelism().map_or(1, NonZero::get).min(tasks.len());
    if n_threads < 2 {
        let mut scratch = S::default();
        return tasks.iter().map(|task| work(&mut scratch, task)).collect();
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(tasks.len()));
    let run = || {
        let mut scratch = S::default();
        while let (place, Some(task)) = take(&next, tasks) {
            let result = work(&mut scratch, task);
            if let Ok(mut done) = done.lock() {
                done.push((place, result));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..n_threads {
            scope.spawn(run);
        }
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

fn take<'a, P>(next: &AtomicUsize, tasks: &'a [P]) -> (usize, Option<&'a P>) {
    let place = next.fetch_add(1, Ordering::Relaxed);
    (place, tasks.get(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order() {
        let tasks: Vec<u32> = (0..230).collect();
        assert_eq!(map(&tasks, |task| task * 2), tasks.iter().map(|task| task * 2).collect::<Vec<_>>());
        assert_eq!(map(&[7], |task| task + 1), [8]);
        assert!(map(&[], |task: &u32| *task).is_empty());
    }
}
