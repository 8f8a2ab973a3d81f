//! The write path: a guard that can't lose an invalidation, and the wait for its acknowledgement.

use std::sync::Arc;

use tokio::sync::oneshot;

use crate::cache::inner::Inner;
use crate::cache::outcome::{Done, Wait};
use crate::clock::within;
use crate::error::{Error, ErrorKind};
use crate::flight::now;
use crate::observe::{Counter, Event};
use crate::target::{Removal, Target};

/// Invalidates its targets when it is finished, or when it is dropped.
///
/// It is armed before the write begins. Dropping it does nothing that could block or fail: it raises the
/// fence, and tells the cache's own thread.
#[derive(Debug)]
pub(crate) struct Guard {
    cache: Arc<Inner>,
    targets: Vec<Target>,
    armed: bool,
}

/// An invalidation that was handed over.
#[derive(Debug)]
#[must_use = "an invalidation is acknowledged when this says so"]
pub(crate) struct Written {
    cache: Arc<Inner>,
    acknowledged: Option<oneshot::Receiver<()>>,
}

impl Guard {
    /// Arms a guard for these targets.
    pub(crate) fn arm(cache: Arc<Inner>, targets: Vec<Target>) -> Self {
        Self { cache, targets, armed: true }
    }

    /// Aims at other targets, now that more is known.
    pub(crate) fn aim(&mut self, targets: Vec<Target>) {
        self.targets = targets;
    }

    /// Does what the end of the write calls for. From its return on, this process serves nothing older than what
    /// was invalidated; `None` if nothing was.
    pub(crate) fn finish(mut self, done: Done) -> Option<Written> {
        self.armed = false;
        if done == Done::Nothing {
            return None;
        }
        let acknowledged = self.invalidate(done);
        Some(Written { acknowledged, cache: self.cache.clone() })
    }

    fn invalidate(&self, done: Done) -> Option<oneshot::Receiver<()>> {
        let cache = &self.cache;
        let removals: Vec<Removal> =
            self.targets.iter().map(|target| target.removal(&cache.namespace)).collect();
        let acknowledged = cache.invalidate(&removals);
        for (target, removal) in self.targets.iter().zip(&removals) {
            cache.counters.add(target.label(), Counter::Invalidations);
            if cache.events.are_wanted() {
                let event =
                    Event::Invalidation { target: &target.to_string(), uncertain: done == Done::Uncertain };
                cache.events.emit(target.label(), &removal.name, event);
            }
        }
        if done == Done::Uncertain {
            cache.repeat_later(removals);
        }
        acknowledged
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if self.armed {
            // It was dropped or panicked while it ran: nobody knows what becomes of what it wrote.
            drop(self.invalidate(Done::Uncertain));
        }
    }
}

impl Inner {
    /// Raises the fence, removes from this process's memory, detaches flights, and hands over to the journal.
    ///
    /// A reader notes the ticket of what it reads before it looks at the fence. So the fence is raised before the
    /// stripes are bumped: whoever did not see the fence has a ticket that is good no more.
    pub(crate) fn invalidate(&self, removals: &[Removal]) -> Option<oneshot::Receiver<()>> {
        let raise = || self.fence.raise(removals.iter().cloned(), self.clock.now());
        let number = self.journal.as_ref().map(|_| raise());
        let names: Vec<&str> = removals.iter().flat_map(Removal::names).collect();
        names.iter().for_each(|name| self.changes.changed(name.as_bytes()));
        self.seeds.removed(removals);
        // A local store answers at once.
        now(self.local.remove(&names));
        self.flights.detach(|flight| removals.iter().any(|removal| removal.covers(flight)));
        let (journal, number) = (self.journal.as_ref()?, number?);
        Some(journal.acknowledge(number))
    }
}

impl Written {
    /// Waits for as much as was asked for; for the acknowledgement at most as long as the cache's deadline.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Pending`] if the store did not acknowledge in time: the targets stay fenced and journaled.
    pub(crate) async fn waited(self, wait: Wait) -> Result<(), Error> {
        // Without a store that is shared there is no other process to wait for.
        let Some(acknowledged) = self.acknowledged.filter(|_| wait != Wait::No) else { return Ok(()) };
        let (clock, settings) = (&self.cache.clock, &self.cache.settings);
        match within(clock.sleep(settings.deadline), acknowledged).await {
            Some(Ok(())) => {}
            _ => {
                return Err(Error::new(
                    ErrorKind::Pending,
                    "the store has not acknowledged the invalidation yet; it is repeated until it has",
                ));
            }
        }
        // Nobody but a test's own process uses a store that answers at once.
        if wait == Wait::Global && !self.cache.is_answered_at_once() {
            clock.sleep(settings.staleness_bound).await;
        }
        Ok(())
    }
}
