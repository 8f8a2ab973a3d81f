//! The journal's worker: has the store remove what was invalidated, until the store has acknowledged it.

use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use tokio::sync::{mpsc, oneshot};

use crate::background;
use crate::clock::{Clock, within};
use crate::error::Error;
use crate::protocol::{Batch, Fence};
use crate::store::Store;

/// How many names go into one command.
const CHUNK: usize = 512;

/// Somebody who waits until the invalidation with a number is acknowledged.
#[derive(Debug)]
struct Waiter {
    number: u64,
    acknowledged: oneshot::Sender<()>,
}

/// The way to the worker, which runs on the cache's own thread for as long as there is a way to it.
#[derive(Debug)]
pub(crate) struct Journal {
    waiters: mpsc::UnboundedSender<Waiter>,
}

impl Journal {
    /// Starts a worker.
    ///
    /// # Errors
    ///
    /// If the background thread can't be started.
    pub(crate) fn start(
        fence: Arc<Fence>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Error> {
        let (waiters, queue) = mpsc::unbounded_channel();
        background::handle()?.spawn(Worker { fence, store, clock, queue, waiting: Vec::new() }.run());
        Ok(Self { waiters })
    }

    /// Has everything that is journaled removed. What it returns tells that the store acknowledged it, or
    /// fails as soon as it is known that the store can't at the moment.
    pub(crate) fn acknowledge(&self, number: u64) -> oneshot::Receiver<()> {
        let (acknowledged, receiver) = oneshot::channel();
        // Without a worker nobody acknowledges, and the fence stays.
        let _ = self.waiters.send(Waiter { number, acknowledged });
        receiver
    }
}

struct Worker {
    fence: Arc<Fence>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    queue: mpsc::UnboundedReceiver<Waiter>,
    waiting: Vec<Waiter>,
}

impl Worker {
    async fn run(mut self) {
        let backoff = ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(20))
            .with_max_delay(Duration::from_secs(1))
            .without_max_times()
            .with_jitter();
        let mut delays = backoff.build();
        while self.next().await {
            while self.fence.len() > 0 {
                let batch = self.fence.hand_over();
                if self.remove(&batch).await.is_ok() {
                    self.fence.acknowledged(&batch);
                    delays = backoff.build();
                    self.tell(&batch);
                    continue;
                }
                // Whoever waits is told at once: a store that is away is not worth a caller's deadline.
                self.waiting.clear();
                let pause = self.clock.sleep(delays.next().unwrap_or(Duration::from_secs(1)));
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
    async fn pause(&mut self, pause: crate::clock::Sleep) -> bool {
        let closed = within(pause, async { while self.queue.recv().await.is_some() {} });
        closed.await.is_none()
    }

    async fn remove(&self, batch: &Batch) -> Result<(), Error> {
        let names: Vec<&str> = batch.removals.iter().flat_map(|removal| removal.names()).collect();
        for chunk in names.chunks(CHUNK) {
            if let Err(error) = self.store.remove(chunk).await {
                tracing::debug!(target: "cache", %error, pending = batch.removals.len(), "an invalidation is pending");
                return Err(error);
            }
        }
        Ok(())
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
