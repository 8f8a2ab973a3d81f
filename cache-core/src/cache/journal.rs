//! The journal's worker: has the store remove what was invalidated, until the store has acknowledged it.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use tokio::sync::{mpsc, oneshot};

use crate::background;
use crate::cache::pending::Reports;
use crate::clock::{Clock, Sleep, within};
use crate::error::Error;
use crate::flight::now;
use crate::protocol::{Batch, Fence};
use crate::store::{Changes, Store};

/// How many names go into one command.
const CHUNK: usize = 512;
/// How long it pauses at most, with as much again by chance, before it asks a store again that is away.
const MAX_PAUSE: Duration = Duration::from_millis(500);

/// Somebody who waits until the invalidation with a number is acknowledged.
#[derive(Debug)]
pub(crate) struct Waiter {
    number: u64,
    acknowledged: oneshot::Sender<()>,
}

/// The way to whoever carries it out.
#[derive(Debug)]
pub(crate) enum Journal {
    /// The worker, which runs on the cache's own thread for as long as there is a way to it.
    Worker(mpsc::UnboundedSender<Waiter>),
    /// The caller: the store answers at once. What it refuses is asked again with the next one.
    Caller(Work),
}

impl Journal {
    /// Starts a worker.
    ///
    /// # Errors
    ///
    /// If the background thread can't be started.
    pub(crate) fn start(work: Work) -> Result<Self, Error> {
        if work.store.capability().at_once {
            return Ok(Self::Caller(work));
        }
        let (waiters, queue) = mpsc::unbounded_channel();
        background::handle()?.spawn(Worker { work, queue, waiting: Vec::new() }.run());
        Ok(Self::Worker(waiters))
    }

    /// Has everything that is journaled removed. What it returns tells that the store acknowledged it, or
    /// fails as soon as it is known that the store can't at the moment.
    pub(crate) fn acknowledge(&self, number: u64) -> oneshot::Receiver<()> {
        let (acknowledged, receiver) = oneshot::channel();
        match self {
            // Without a worker nobody acknowledges, and the fence stays.
            Self::Worker(waiters) => drop(waiters.send(Waiter { number, acknowledged })),
            // Who waits is told before it begins to.
            Self::Caller(work) => drop(work.remove_all().then(|| acknowledged.send(()))),
        }
        receiver
    }
}

/// What the worker works with.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) fence: Arc<Fence>,
    pub(crate) changes: Arc<Changes>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    /// After this time somebody is told that an invalidation is not acknowledged.
    pub(crate) deadline: Duration,
    pub(crate) reports: Reports,
}

struct Worker {
    work: Work,
    queue: mpsc::UnboundedReceiver<Waiter>,
    waiting: Vec<Waiter>,
}

impl Worker {
    async fn run(mut self) {
        let backoff = ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(20))
            .with_max_delay(MAX_PAUSE)
            .without_max_times()
            .with_jitter();
        let mut delays = backoff.build();
        while self.next().await {
            while self.work.fence.len() > 0 {
                let batch = self.work.fence.hand_over();
                if self.work.remove(&batch).await {
                    delays = backoff.build();
                    self.tell(&batch);
                    continue;
                }
                // Whoever waits is told at once: a store that is away is not worth a caller's deadline.
                self.waiting.clear();
                self.work.reports.tell(&self.work.fence.failed(&batch));
                let pause = self.work.clock.sleep(delays.next().unwrap_or(MAX_PAUSE));
                if !self.pause(pause).await {
                    return;
                }
            }
            // Whatever was waited for is gone from the journal, whoever removed it.
            for waiter in self.waiting.drain(..) {
                let _ = waiter.acknowledged.send(());
            }
        }
    }

    /// Waits for work; `false` when the cache is gone.
    async fn next(&mut self) -> bool {
        let Some(first) = self.queue.recv().await else { return false };
        self.waiting.push(first);
        self.take_queued();
        true
    }

    fn take_queued(&mut self) {
        while let Ok(waiter) = self.queue.try_recv() {
            self.waiting.push(waiter);
        }
    }

    /// Pauses after a failure; who comes meanwhile need not wait for the next attempt. The cache may be
    /// dropped: then the journal is lost, as in a crash.
    async fn pause(&mut self, pause: Sleep) -> bool {
        let closed = within(pause, async { while self.queue.recv().await.is_some() {} });
        closed.await.is_none()
    }

    fn tell(&mut self, batch: &Batch) {
        self.take_queued();
        for waiter in std::mem::take(&mut self.waiting) {
            if batch.covers(waiter.number) {
                // Somebody who no longer waits need not be told.
                let _ = waiter.acknowledged.send(());
            } else {
                self.waiting.push(waiter);
            }
        }
    }
}

impl Work {
    /// Has everything that is journaled removed by a store that answers at once. `false` if it did not.
    fn remove_all(&self) -> bool {
        while self.fence.len() > 0 {
            let batch = self.fence.hand_over();
            if now(self.remove(&batch)) != Some(true) {
                self.reports.tell(&self.fence.failed(&batch));
                return false;
            }
        }
        true
    }

    /// Has the store remove a batch, and lowers its fence. `false` if the store did not.
    async fn remove(&self, batch: &Batch) -> bool {
        let names: Vec<&str> = batch.removals.iter().flat_map(|removal| removal.names()).collect();
        if let Err(error) = self.removed(&names).await {
            tracing::debug!(target: "cache", %error, pending = batch.removals.len(), "invalidations are pending");
            return false;
        }
        // Before the fence is lowered: what was read while it was up is not served once it is down.
        names.iter().for_each(|name| self.changes.changed(name.as_bytes()));
        self.fence.acknowledged(batch);
        true
    }

    /// Waits until the store removed these names, and tells of invalidations that wait too long meanwhile.
    async fn removed(&self, names: &[&str]) -> Result<(), Error> {
        let mut removed = pin!(async {
            for chunk in names.chunks(CHUNK) {
                self.store.remove(chunk).await?;
            }
            Ok(())
        });
        loop {
            match within(self.clock.sleep(self.deadline), removed.as_mut()).await {
                Some(outcome) => return outcome,
                None => self.reports.tell(&self.fence.overdue(self.clock.now(), self.deadline)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::key::names::Names;
    use crate::key::namespace::Namespace;
    use crate::rng::SystemRandom;
    use crate::store::memory::MemoryStore;
    use crate::target::Target;

    /// A value that was kept before the acknowledgement is not served after it.
    #[tokio::test]
    async fn what_was_acknowledged_counts_as_changed() {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let store = MemoryStore::new(1 << 10, clock.clone(), Arc::new(SystemRandom));
        let work = Work {
            fence: Arc::new(Fence::new(10)),
            changes: Arc::new(Changes::new("n:e:", 8)),
            store: Arc::new(store),
            clock: clock.clone(),
            deadline: Duration::from_secs(1),
            reports: Reports { clock: clock.clone(), hook: None },
        };
        let names = Names::for_tests("n:e", "menu:1", &["-:menu:-"]);
        let places = work.changes.places(&names);
        let menu: Target = Target::of("menu").into();
        work.fence.raise([menu.removal(&Namespace::new("n", "e"))], clock.now());
        assert!(work.fence.covers(&names));
        let ticket = work.changes.ticket(&places);
        assert!(work.remove(&work.fence.hand_over()).await);
        assert!(!work.fence.covers(&names));
        assert_ne!(work.changes.ticket(&places), ticket);
    }
}
