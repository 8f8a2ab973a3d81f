//! Reads in flight at the same moment share MGETs.
//!
//! A few requests are sent at once; reads that arrive while these are under way are gathered, and whoever of
//! them comes back sends what was gathered as one MGET. So a read never waits for an answer that was asked for
//! before it arrived: what it is told is no older than its own MGET would have told.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use redis::RedisError;

use crate::error::Error;
use crate::key::names::Names;
use crate::store::redis::batch::{self, Batch, Seats, Values};
use crate::store::redis::fault::translate;
use crate::store::redis::link::{Link, Request};
use crate::store::words::Snapshot;

/// So many requests with reads are under way over one connection before reads are gathered: alone, a read is
/// answered sooner, and there is nothing to share.
const AT_ONCE: usize = 4;

/// The reads of one connection.
#[derive(Debug, Default)]
pub(crate) struct Merge(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    under_way: usize,
    /// What is sent next; only the last one takes further reads.
    gathered: VecDeque<Gathered>,
}

/// Reads that wait to be sent. However it ends, with the connection's runtime for example, they are told.
#[derive(Debug)]
struct Gathered {
    batch: Batch,
    shared: Arc<Shared>,
    /// Since when the first of them waits.
    since: Instant,
}

/// What the reads of one MGET wait for.
#[derive(Debug, Default)]
struct Shared {
    outcome: OnceLock<Result<Values, RedisError>>,
    wakers: Mutex<Vec<Waker>>,
}

/// How a read gets its answer.
#[derive(Debug)]
pub(crate) enum Turn {
    /// By a request of its own, now.
    Alone(Permit),
    /// With others.
    Merged(Merged),
}

/// Finds out how a read over this connection gets its answer.
pub(crate) fn turn(link: &Arc<Link>, names: &Names, lease: bool) -> Turn {
    let mut state = link.merge.state();
    if state.under_way < AT_ONCE {
        state.under_way += 1;
        return Turn::Alone(Permit(link.clone()));
    }
    if state.gathered.back().is_none_or(|last| last.batch.is_full()) {
        let (batch, shared) = (Batch::default(), Arc::default());
        state.gathered.push_back(Gathered { batch, shared, since: link.clock.now() });
    }
    let last = state.gathered.back_mut().expect("one was pushed where there was none");
    let seats = last.batch.add(names, lease);
    Turn::Merged(Merged { seats, shared: last.shared.clone(), registered: None })
}

/// The right to have a request under way. Whoever gives it back sends what was gathered meanwhile, also where its
/// caller is gone.
#[derive(Debug)]
pub(crate) struct Permit(Arc<Link>);

impl Drop for Permit {
    fn drop(&mut self) {
        let link = &self.0;
        let mut state = link.merge.state();
        let next = state.gathered.pop_front();
        if next.is_none() {
            state.under_way -= 1;
        }
        drop(state);
        if let Some(gathered) = next {
            // A runtime that is gone drops the task at once, and the permit with it.
            link.runtime.spawn(send(Self(link.clone()), gathered));
        }
    }
}

async fn send(permit: Permit, gathered: Gathered) {
    let outcome = permit.0.send_since(gathered.since, Request::Read(gathered.batch.command())).await;
    gathered.shared.end(outcome.and_then(|answer| batch::values(answer).ok_or_else(no_answer)));
}

impl Merge {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Gathered {
    fn drop(&mut self) {
        if self.shared.outcome.get().is_none() {
            self.shared.end(Err(std::io::Error::from(std::io::ErrorKind::ConnectionAborted).into()));
        }
    }
}

impl Shared {
    fn end(&self, outcome: Result<Values, RedisError>) {
        if self.outcome.set(outcome).is_ok() {
            std::mem::take(&mut *self.wakers()).into_iter().for_each(Waker::wake);
        }
    }

    fn wakers(&self) -> MutexGuard<'_, Vec<Waker>> {
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A read that is answered with others.
#[derive(Debug)]
pub(crate) struct Merged {
    seats: Seats,
    shared: Arc<Shared>,
    /// Where its waker stands.
    registered: Option<usize>,
}

impl Merged {
    fn answer(&self) -> Option<Result<Snapshot, Error>> {
        Some(match self.shared.outcome.get()? {
            Ok(values) => Ok(self.seats.snapshot(values)),
            Err(error) => Err(translate(error.clone())),
        })
    }
}

impl Future for Merged {
    type Output = Result<Snapshot, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(answer) = self.answer() {
            return Poll::Ready(answer);
        }
        let this = &mut *self;
        let mut wakers = this.shared.wakers();
        // The outcome is set before the wakers are taken: whoever registers in between finds it here.
        if let Some(answer) = this.answer() {
            return Poll::Ready(answer);
        }
        match this.registered {
            Some(place) => wakers[place].clone_from(cx.waker()),
            None => {
                this.registered = Some(wakers.len());
                wakers.push(cx.waker().clone());
            }
        }
        Poll::Pending
    }
}

fn no_answer() -> RedisError {
    (redis::ErrorKind::UnexpectedReturnType, "no array answers an MGET").into()
}
