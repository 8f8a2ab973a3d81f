//! A read that is answered with others.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use redis::RedisError;
use smallvec::SmallVec;

use crate::error::Error;
use crate::key::names::Names;
use crate::store::redis::fault::translate;
use crate::store::redis::link::Link;
use crate::store::redis::merge::batch::{Answers, Seats};
use crate::store::words::Snapshot;

/// Who waits. Often it is one.
type Wakers = SmallVec<[Waker; 1]>;

/// What the reads of one batch wait for.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) link: Arc<Link>,
    outcome: OnceLock<Result<Answered, RedisError>>,
    wakers: Mutex<Wakers>,
}

#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) answers: Answers,
    pub(crate) at: Instant,
}

impl Shared {
    pub(crate) fn new(link: Arc<Link>) -> Self {
        Self { link, outcome: OnceLock::new(), wakers: Mutex::default() }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.outcome.get().is_some()
    }

    /// Tells everybody who waits. The first end counts.
    pub(crate) fn end(&self, answered: Result<Answered, RedisError>) {
        if self.outcome.set(answered).is_ok() {
            let wakers = std::mem::take(&mut *self.wakers());
            wakers.into_iter().for_each(Waker::wake);
        }
    }

    fn wakers(&self) -> MutexGuard<'_, Wakers> {
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A read that is answered with others.
#[derive(Debug)]
pub(crate) struct Merged {
    seats: Seats,
    keep: bool,
    shared: Arc<Shared>,
    /// Where its waker stands.
    registered: Option<usize>,
}

impl Merged {
    pub(crate) fn new(seats: Seats, keep: bool, shared: Arc<Shared>) -> Self {
        Self { seats, keep, shared, registered: None }
    }

    fn answer(&self, names: &Names) -> Option<Result<Option<Snapshot>, Error>> {
        Some(match self.shared.outcome.get()? {
            Ok(answered) => {
                let link = &self.shared.link;
                let mut snapshot = self.seats.snapshot(&answered.answers, names, &link.server.stamps);
                if let Some(snapshot) = &mut snapshot {
                    link.vouch(snapshot, self.keep, answered.at);
                }
                Ok(snapshot)
            }
            Err(error) => Err(translate(error.clone())),
        })
    }

    /// Waits for the answer to the read of these names: what it saw, or `None` if it counted on what is not known any
    /// more.
    pub(crate) fn poll(
        &mut self,
        names: &Names,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<Snapshot>, Error>> {
        if let Some(answer) = self.answer(names) {
            return Poll::Ready(answer);
        }
        let mut wakers = self.shared.wakers();
        // The outcome is set before the wakers are taken: whoever registers in between finds it here.
        if let Some(answer) = self.answer(names) {
            return Poll::Ready(answer);
        }
        match self.registered {
            Some(place) => wakers[place].clone_from(cx.waker()),
            None => {
                self.registered = Some(wakers.len());
                wakers.push(cx.waker().clone());
            }
        }
        Poll::Pending
    }
}
