//! Reads in flight at the same moment share MGETs.
//!
//! While few reads are under way each is sent at once: it is answered sooner, and there is little to share. The
//! others are gathered, and sent as one MGET as soon as no other one of that kind is under way. So no read waits
//! for an answer that was asked for before it arrived: what it is told is no older than its own MGET would have
//! told.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use redis::RedisError;

use crate::error::Error;
use crate::key::names::Names;
use crate::store::redis::batch::{Answers, Batch, Seats};
use crate::store::redis::fault::translate;
use crate::store::redis::link::Link;
use crate::store::redis::replies;
use crate::store::words::{Read, Snapshot};

/// So many reads are under way alone over one connection before others are gathered. More would be answered sooner
/// where the way to the server is long, and cost more work of both sides: eight callers got half as much done.
const ALONE: usize = 4;

/// So often a sender lets others go first. Twice: fewer requests with more reads, at no cost where nobody is ready.
const YIELDS: u32 = 2;

/// The reads of one connection.
#[derive(Debug, Default)]
pub(crate) struct Merge(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// How many reads are under way alone.
    alone: usize,
    /// How many tasks send what was gathered. One is enough, except where a batch became full.
    senders: usize,
    /// What is sent next. While there is something, there is a sender.
    gathered: Option<Gathered>,
    /// Room for the next one.
    spare: Batch,
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
#[derive(Debug)]
struct Shared {
    link: Arc<Link>,
    outcome: OnceLock<Result<Answered, RedisError>>,
    wakers: Mutex<Vec<Waker>>,
}

#[derive(Debug)]
struct Answered {
    answers: Answers,
    at: Instant,
}

/// How a read gets its answer.
#[derive(Debug)]
pub(crate) enum Turn {
    /// By a request of its own, now.
    Alone(Alone),
    /// With others.
    Merged(Merged),
}

/// Finds out how a read over this connection gets its answer; `known` if only the entry is asked for, because what
/// decides over its validity is known.
pub(crate) fn turn(link: &Arc<Link>, names: &Names, read: Read, known: bool) -> Turn {
    let mut guard = link.merge.state();
    let state = &mut *guard;
    if state.senders == 0 && state.alone < ALONE {
        state.alone += 1;
        return Turn::Alone(Alone(link.clone()));
    }
    let spare = &mut state.spare;
    let gathered = state.gathered.get_or_insert_with(|| Gathered::new(link, std::mem::take(spare)));
    let seats = gathered.batch.add(names, read.lease, known);
    let merged = Merged { seats, keep: read.keep, shared: gathered.shared.clone(), registered: None };
    let full = if gathered.batch.is_full() { state.gathered.take() } else { None };
    if full.is_some() || state.senders == 0 {
        state.senders += 1;
        drop(guard);
        // A runtime that is gone drops the task at once, and tells whoever waits.
        link.runtime.spawn(Sender { link: link.clone(), over: false }.send(full));
    }
    Turn::Merged(merged)
}

/// A read that is under way alone.
#[derive(Debug)]
pub(crate) struct Alone(Arc<Link>);

impl Drop for Alone {
    fn drop(&mut self) {
        self.0.merge.state().alone -= 1;
    }
}

/// Sends what was gathered, until nothing was gathered meanwhile.
#[derive(Debug)]
struct Sender {
    link: Arc<Link>,
    over: bool,
}

impl Sender {
    async fn send(mut self, full: Option<Gathered>) {
        let mut next = full;
        loop {
            let mut gathered = match next.take() {
                Some(gathered) => gathered,
                None => {
                    // Whoever was just told may read again at once, also on another thread.
                    for _ in 0..YIELDS {
                        tokio::task::yield_now().await;
                    }
                    let Some(gathered) = self.next() else { return };
                    gathered
                }
            };
            let stamps = &self.link.server.stamps;
            let request = gathered.batch.request(stamps);
            let outcome = self.link.send_since(gathered.since, request).await;
            let values = outcome.and_then(|answer| replies::values(answer).ok_or_else(no_answer));
            gathered.shared.end(values.map(|values| gathered.batch.answers(values, stamps)));
            self.link.merge.state().spare = std::mem::take(&mut gathered.batch).cleared();
        }
    }

    /// What was gathered; where nothing was, its work is over.
    fn next(&mut self) -> Option<Gathered> {
        let mut state = self.link.merge.state();
        let gathered = state.gathered.take();
        if gathered.is_none() {
            state.senders -= 1;
            self.over = true;
        }
        gathered
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        let mut state = self.link.merge.state();
        state.senders -= 1;
        let left = if state.senders == 0 { state.gathered.take() } else { None };
        drop(state);
        drop(left);
    }
}

impl Merge {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gathered {
    fn new(link: &Arc<Link>, batch: Batch) -> Self {
        let shared = Shared { link: link.clone(), outcome: OnceLock::new(), wakers: Mutex::default() };
        Self { batch, shared: Arc::new(shared), since: link.clock.now() }
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
    fn end(&self, answers: Result<Answers, RedisError>) {
        let answered = answers.map(|answers| Answered { answers, at: self.link.clock.now() });
        if self.outcome.set(answered).is_ok() {
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
    keep: bool,
    shared: Arc<Shared>,
    /// Where its waker stands.
    registered: Option<usize>,
}

impl Merged {
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

fn no_answer() -> RedisError {
    (redis::ErrorKind::UnexpectedReturnType, "no array answers an MGET").into()
}
