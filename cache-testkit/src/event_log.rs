//! What a test's cache did, for the messages of tests that fail.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cache_core::observe::{Event, Observer};

use crate::command::readable;
use crate::virtual_clock::VirtualClock;

/// Writes down every event with its time.
#[derive(Clone, Debug)]
pub(crate) struct EventLog {
    clock: VirtualClock,
    lines: Arc<Mutex<Lines>>,
}

#[derive(Debug, Default)]
struct Lines {
    all: Vec<String>,
    /// What is wrong with the test itself.
    wrong: Vec<String>,
}

/// This many of the last events are shown.
const SHOWN: usize = 40;

impl EventLog {
    pub(crate) fn new(clock: VirtualClock) -> Self {
        Self { clock, lines: Arc::default() }
    }

    /// Writes down what the test itself does.
    pub(crate) fn note(&self, what: &str) {
        let line = format!("{:>10}  {what}", seconds(self.clock.passed()));
        self.lines().all.push(line);
    }

    /// Every event so far, one line each.
    pub(crate) fn all(&self) -> Vec<String> {
        self.lines().all.clone()
    }

    /// What is wrong with the test itself, if anything is.
    pub(crate) fn wrong(&self) -> Option<String> {
        self.lines().wrong.first().cloned()
    }

    /// The last events, for people.
    pub(crate) fn shown(&self) -> String {
        let lines = self.lines();
        if lines.all.is_empty() {
            return "nothing happened in this cache".to_owned();
        }
        let first = lines.all.len().saturating_sub(SHOWN);
        let mut shown = match first {
            0 => "what happened:".to_owned(),
            _ => format!("what happened, without the first {first}:"),
        };
        for line in &lines.all[first..] {
            let _ = write!(shown, "\n{line}");
        }
        shown
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for EventLog {
    fn observe(&self, _: &str, key: &str, event: Event<'_>) {
        let key = readable(key);
        let what = match event {
            Event::Hit => format!("hit         {key}"),
            Event::Miss => format!("miss        {key}"),
            Event::Joined => format!("joined      {key}"),
            Event::Load { took, outcome } => {
                let took = if took.is_zero() { String::new() } else { format!(", took {}", seconds(took)) };
                format!("load        {key}: {outcome}{took}")
            }
            Event::ServedOnError => format!("stale       {key}: the load failed, the last value is served"),
            Event::Store { outcome } => format!("store       {key}: {outcome}"),
            Event::Uncached { why } => format!("uncached    {key}: {why}"),
            Event::Invalidation { target, uncertain } => {
                // An entry's name in words has what depends on the build.
                let target = if target.starts_with("entry ") { &format!("entry {key}") } else { target };
                let again = if uncertain { ", and once more later" } else { "" };
                format!("invalidate  {target}{again}")
            }
            Event::Unanswered { error } => format!("no answer   {key}: {error}"),
            Event::Misfit { seeded, stored } => {
                let wrong = format!(
                    "{key} was seeded with a value of type `{seeded}`, the function stores `{stored}`"
                );
                self.lines().wrong.push(wrong.clone());
                format!("misfit      {wrong}")
            }
            other => format!("{other:?}  {key}"),
        };
        self.note(&what);
    }
}

/// A time as a person reads it: `3600 s`, `0.25 s`.
fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}
