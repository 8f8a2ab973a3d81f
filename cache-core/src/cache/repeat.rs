//! Invalidates once more what a write that was given up may still change.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

use crate::background;
use crate::cache::inner::Inner;
use crate::clock::later;
use crate::protocol::Repeats;
use crate::target::Removal;

/// What is to be repeated, and whether somebody sees to it.
#[derive(Debug)]
pub(crate) struct Repeater {
    state: Mutex<State>,
    /// Held while something is repeated, so that whoever comes second finds it done.
    at_work: Mutex<()>,
}

#[derive(Debug)]
struct State {
    repeats: Repeats,
    /// Whether the task runs, which ends when nothing is left: most processes never need it.
    running: bool,
}

impl Repeater {
    /// Nothing to repeat, and room for this many targets.
    pub(crate) fn new(room: usize) -> Self {
        let state = State { repeats: Repeats::new(room), running: false };
        Self { state: Mutex::new(state), at_work: Mutex::default() }
    }

    /// When the next one is due; without one the task has to end.
    fn next_due(&self) -> Option<Instant> {
        let mut state = self.state();
        let due = state.repeats.next_due();
        state.running = due.is_some();
        due
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Has these targets invalidated once more when what was given up can't be applied any more.
    pub(crate) fn repeat_later(self: &Arc<Self>, removals: Vec<Removal>) {
        if self.settings.uncertain.is_zero() {
            return;
        }
        let mut state = self.repeater.state();
        state.repeats.add(removals, later(self.clock.now(), self.settings.uncertain));
        // Where nothing runs in the background, whoever turns the clock says when it is due.
        let turned_by_hand = self.remote.as_ref().is_some_and(|remote| remote.at_once);
        if state.running || turned_by_hand {
            return;
        }
        match background::handle() {
            Ok(handle) => {
                handle.spawn(run(Arc::downgrade(self)));
                state.running = true;
            }
            Err(error) => {
                tracing::warn!(target: "cache", %error, "an invalidation can't be repeated in time")
            }
        }
    }

    /// Invalidates what is due.
    pub(crate) fn repeat_due(&self) {
        let _at_work = self.repeater.at_work.lock().unwrap_or_else(PoisonError::into_inner);
        let due = self.repeater.state().repeats.take_due(self.clock.now());
        self.repeat(&due);
    }

    /// Has everything removed that is not acknowledged.
    pub(crate) fn acknowledge_all(&self) {
        if let Some(journal) = &self.journal {
            drop(journal.acknowledge(self.fence.raise([], self.clock.now())));
        }
    }

    /// Invalidates everything that is to be repeated, and keeps it for its time.
    pub(crate) fn repeat_early(&self) {
        let all = self.repeater.state().repeats.all();
        self.repeat(&all);
    }

    fn repeat(&self, removals: &[Removal]) {
        if !removals.is_empty() {
            tracing::debug!(target: "cache", targets = removals.len(), "invalidating once more");
            // It is in the journal, so nobody has to wait for it.
            drop(self.invalidate(removals));
        }
    }
}

/// Repeats until nothing is left. A cache that is dropped loses what is not due, as in a crash.
async fn run(cache: Weak<Inner>) {
    loop {
        let Some(strong) = cache.upgrade() else { return };
        strong.repeat_due();
        let Some(due) = strong.repeater.next_due() else { return };
        let clock = strong.clock.clone();
        drop(strong);
        let timer = clock.sleep(due.saturating_duration_since(clock.now()));
        // A clock that was turned before the timer was made doesn't end it.
        if clock.now() < due {
            timer.await;
        }
    }
}
