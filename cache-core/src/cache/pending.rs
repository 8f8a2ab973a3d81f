//! Invalidations that are not acknowledged, as users see them.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::SystemTime;

use crate::clock::Clock;
use crate::protocol::Unacknowledged;

/// An invalidation that the server has not acknowledged, see [`Cache::pending`](crate::Cache::pending).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pending {
    /// What is invalidated, in words: `type menu of tenant t1`. Where there were too many of them it is wider than
    /// what was asked for, see [`Settings::journal_targets`](crate::Settings::journal_targets).
    pub target: String,
    /// Since when it waits.
    pub since: SystemTime,
    /// How often the server was asked in vain.
    pub attempts: u32,
}

impl Pending {
    pub(crate) fn new(of: &Unacknowledged, clock: &dyn Clock) -> Self {
        let waited = clock.now().saturating_duration_since(of.since);
        let since = clock.wall().checked_sub(waited).unwrap_or(SystemTime::UNIX_EPOCH);
        Self { target: of.target.to_string(), since, attempts: of.attempts }
    }
}

/// What a user wants called for each target that is not acknowledged.
#[derive(Clone)]
pub(crate) struct Hook(Arc<dyn Fn(&Pending) + Send + Sync>);

impl Hook {
    pub(crate) fn new(told: impl Fn(&Pending) + Send + Sync + 'static) -> Self {
        Self(Arc::new(told))
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

/// Tells of targets that are not acknowledged.
#[derive(Debug)]
pub(crate) struct Reports {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) hook: Option<Hook>,
}

impl Reports {
    pub(crate) fn tell(&self, targets: &[Unacknowledged]) {
        let Some(first) = targets.first() else { return };
        tracing::warn!(
            target: "cache", count = targets.len(), first = %first.target,
            "invalidations are not acknowledged: they are repeated until they are"
        );
        let Some(Hook(told)) = &self.hook else { return };
        for pending in targets.iter().map(|target| Pending::new(target, &*self.clock)) {
            // The invalidation has to go on whatever the user's function does.
            if catch_unwind(AssertUnwindSafe(|| told(&pending))).is_err() {
                tracing::error!(target: "cache", "what `on_pending` calls panicked");
            }
        }
    }
}
