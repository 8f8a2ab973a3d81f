//! The write path: a guard that can't lose an invalidation, and the wait for its acknowledgement.

use std::sync::Arc;

use tokio::sync::oneshot;

use crate::cache::inner::Inner;
use crate::clock::within;
use crate::error::{Error, ErrorKind};
use crate::flight::now;
use crate::key::names::Names;
use crate::observe::Counter;
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

    /// Lets the guard go without an invalidation: the write changed nothing.
    pub(crate) fn disarm(mut self) {
        self.armed = false;
    }

    /// Invalidates. From its return on, this process serves nothing older.
    pub(crate) fn finish(mut self) -> Written {
        self.armed = false;
        Written { acknowledged: self.invalidate(), cache: self.cache.clone() }
    }

    /// Raises the fence, removes from this process's memory, detaches flights, and hands over to the journal.
    fn invalidate(&self) -> Option<oneshot::Receiver<()>> {
        let cache = &self.cache;
        let removals: Vec<Removal> =
            self.targets.iter().map(|target| target.removal(&cache.namespace)).collect();
        let number = cache.journal.as_ref().map(|_| cache.fence.raise(removals.iter().cloned()));
        let names: Vec<&str> = removals.iter().flat_map(Removal::names).collect();
        // A local store answers at once.
        now(cache.local.remove(&names));
        cache.flights.detach(|flight| removals.iter().any(|removal| covers(removal, flight)));
        for target in &self.targets {
            cache.counters.add(target.label(), Counter::Invalidations);
            tracing::debug!(target: "cache", r#type = target.label(), ?target, "invalidation");
        }
        let (journal, number) = (cache.journal.as_ref()?, number?);
        Some(journal.acknowledge(number))
    }
}

fn covers(removal: &Removal, names: &Names) -> bool {
    let name = &*removal.name;
    name == names.entry() || name == names.incarnation() || names.stamps().any(|stamp| stamp == name)
}

impl Drop for Guard {
    fn drop(&mut self) {
        if self.armed {
            drop(self.invalidate());
        }
    }
}

impl Written {
    /// Waits until the store acknowledged, at most as long as the cache's deadline.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Pending`] if it did not in time: the targets stay fenced and journaled.
    pub(crate) async fn acknowledged(self) -> Result<(), Error> {
        let Some(acknowledged) = self.acknowledged else { return Ok(()) };
        let timer = self.cache.clock.sleep(self.cache.settings.deadline);
        match within(timer, acknowledged).await {
            Some(Ok(())) => Ok(()),
            _ => Err(Error::new(
                ErrorKind::Pending,
                "the store has not acknowledged the invalidation yet; it is repeated until it has",
            )),
        }
    }
}
