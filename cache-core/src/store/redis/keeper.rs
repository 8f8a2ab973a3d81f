//! The keeper of a lane: connects it, looks after it, and replaces it when it fails.

use std::sync::{Arc, Weak};
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tokio::runtime::Handle;

use crate::clock::within;
use crate::error::{Error, ErrorKind};
use crate::store::redis::lane::{Lane, State};
use crate::store::redis::link::Link;
use crate::store::redis::look::look;
use crate::store::redis::manager::Manager;

/// How often a keeper looks at its server's role, history and clock, where no heartbeat does.
const LOOK: Duration = Duration::from_secs(2);
/// How many heartbeats there are while one of them can be trusted: some may be late.
const HEARTBEATS: u32 = 4;
/// How soon it looks again if it was not told.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// After this many looks in a row without an answer the connection is replaced.
const MAX_FAILED_LOOKS: u32 = 2;

/// Starts a keeper on a runtime. It lives as long as the lane, the runtime, and its number is the post's.
pub(crate) fn start(lane: &Arc<Lane>, number: u64, runtime: &Handle) {
    let gone = Gone { number, lane: Arc::downgrade(lane), ran: false };
    let lane = Arc::downgrade(lane);
    runtime.spawn(async move {
        let mut gone = gone;
        gone.ran = true;
        keep(lane, number).await;
    });
}

/// Tells that a keeper ended: with its runtime, unless it was replaced or the lane closed.
struct Gone {
    number: u64,
    lane: Weak<Lane>,
    /// A runtime that is shutting down drops a task without running it.
    ran: bool,
}

impl Drop for Gone {
    fn drop(&mut self) {
        if let Some(lane) = self.lane.upgrade() {
            lane.vacate(self.number, std::thread::panicking() || !self.ran);
        }
    }
}

/// A connection that a keeper looks after. However the keeper ends, with its runtime for example, the
/// connection ends with it: back in the pool it would be handed to the next one.
struct Kept(Option<deadpool::managed::Object<Manager>>);

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(checkout) = self.0.take() {
            deadpool::managed::Object::take(checkout).server.give_up();
        }
    }
}

fn backoff() -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(20))
        .with_max_delay(Duration::from_secs(1))
        .without_max_times()
        .with_jitter()
        .build()
}

async fn keep(lane: Weak<Lane>, number: u64) {
    let mut delays = backoff();
    let mut told = None;
    loop {
        let Some(strong) = lane.upgrade() else { return };
        let error = match strong.pool.get().await {
            Ok(checkout) => {
                let link = (*checkout).clone();
                let _kept = Kept(Some(checkout));
                if !strong.set(number, State::Up(link.clone())) {
                    return;
                }
                tracing::debug!(target: "cache", "connected to redis");
                strong.pool.manager().tell_untracked(&link);
                (delays, told) = (backoff(), None);
                drop(strong);
                watch(&lane, &link).await
            }
            Err(error) => {
                drop(strong);
                unpool(error)
            }
        };
        let Some(strong) = lane.upgrade() else { return };
        report(&error, &mut told);
        if !strong.set(number, State::Down(Arc::new(error))) {
            return;
        }
        let pause = strong.clock.sleep(delays.next().unwrap_or(Duration::from_secs(1)));
        drop(strong);
        pause.await;
    }
}

/// Each time after so many looks the stamps that are known are asked for anew, so that a server that failed to tell of
/// a change, whatever the reason, does not do harm for ever.
const FORGET_EVERY: u32 = 10;

/// Looks after a connection until it is of no use any more.
async fn watch(lane: &Weak<Lane>, link: &Link) -> Error {
    let Some(manager) = lane.upgrade().map(|lane| lane.pool.manager().clone()) else { return closed() };
    let (mut failed, mut turn) = (0, 0_u32);
    // Nothing that was read over a tracked connection may be served before its first heartbeat was answered.
    let mut pause = if link.server.tracker().is_some() { Duration::ZERO } else { LOOK };
    loop {
        let Some(strong) = lane.upgrade() else { return closed() };
        strong.post.sign(manager.clock.now());
        drop(strong);
        if !pause.is_zero() {
            within(manager.clock.sleep(pause), link.server.trouble.notified()).await;
        }
        if link.server.is_dead() {
            return Error::new(ErrorKind::Unavailable, "the connection to redis is lost");
        }
        turn += 1;
        if turn.is_multiple_of(FORGET_EVERY) {
            link.server.stamps.forget();
        }
        match look(link, &manager, turn).await {
            Ok(()) => failed = 0,
            Err(error) => {
                failed += 1;
                // Until its answer comes, nobody knows whether the server is busy.
                link.server.missed();
                // A server that is a replica now is none of ours at once; a slow one gets a second chance. What
                // its last heartbeat vouched for ends by itself.
                if error.kind() != ErrorKind::Timeout || failed >= MAX_FAILED_LOOKS {
                    link.server.give_up();
                    return error;
                }
            }
        }
        pause = pause_after(link, manager.layout.bound);
    }
}

/// How long it is until the next look.
fn pause_after(link: &Link, bound: Duration) -> Duration {
    // Replies are misses while the history is in doubt, so it is asked for again soon.
    let pause = if link.server.history().is_some() { LOOK } else { LOOK_AGAIN };
    if link.server.tracker().is_some() { pause.min(bound / HEARTBEATS) } else { pause }
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the store was closed")
}

fn unpool(error: deadpool::managed::PoolError<Error>) -> Error {
    match error {
        deadpool::managed::PoolError::Backend(error) => error,
        other => Error::new(ErrorKind::Unavailable, "the pool gave no connection").with_source(other),
    }
}

/// Logs each kind of trouble once until it is over: what a person must mend loudly, the rest as a warning.
fn report(error: &Error, told: &mut Option<ErrorKind>) {
    if told.replace(error.kind()) == Some(error.kind()) {
        return;
    }
    match error.kind() {
        ErrorKind::Auth | ErrorKind::Config => {
            tracing::error!(target: "cache", %error, "redis can't be used")
        }
        ErrorKind::Closed => {}
        _ => {
            tracing::warn!(target: "cache", %error, "redis is away; functions run uncached until it is back")
        }
    }
}
