//! Reads in flight at the same moment share MGETs.
//!
//! A read that comes while few others are under way is sent at once. Of more, those are gathered that come until
//! whoever is ready has run, or until they are a fair share of all: so the server answers one batch while the process
//! works with another, and the longer the way to the server is, the more batches are on it. No read waits for an answer
//! that was asked for before it arrived: what it is told is no older than its own MGET would have told.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use redis::RedisError;

use crate::key::names::Names;
use crate::store::redis::link::Link;
use crate::store::redis::merge::batch::Batch;
use crate::store::redis::merge::merged::{Answered, Shared};
use crate::store::redis::merge::pace::{Pace, When};
use crate::store::redis::wire::{Reply, late};
use crate::store::words::Read;

mod batch;
mod merged;
mod pace;
#[cfg(all(test, unix))]
mod tests;

pub(crate) use self::merged::Merged;

/// So often whoever sends a small batch lets others go first.
const YIELDS: u32 = 2;

/// Room for so many batches is kept.
const SPARE: usize = 2;

/// The reads of one connection.
#[derive(Debug, Default)]
pub(crate) struct Merge(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    pace: Pace,
    /// What is sent next.
    gathered: Option<Box<Gathered>>,
    /// Room for the next ones.
    spare: Vec<Batch>,
}

/// What is done with the reads that are gathered, when nothing is locked.
enum Next {
    Wait,
    Send(Box<Gathered>),
    /// To be sent when whoever is ready has run.
    Postpone,
}

impl State {
    /// To be asked when a read was added, or an answer came.
    fn next(&mut self) -> Next {
        let Some(gathered) = &self.gathered else { return Next::Wait };
        match self.pace.gathered(gathered.batch.reads(), gathered.batch.is_full()) {
            When::Now => self.send(),
            When::Soon => Next::Postpone,
            When::Later => Next::Wait,
        }
    }

    fn send(&mut self) -> Next {
        let Some(gathered) = self.gathered.take() else { return Next::Wait };
        self.pace.sent(gathered.batch.reads());
        Next::Send(gathered)
    }

    /// What waits for longer than this, and whether something else does.
    fn overdue(&mut self, now: Instant, limit: Duration) -> (Next, bool) {
        if let Some(gathered) = &self.gathered
            && now.saturating_duration_since(gathered.since) < limit
        {
            return (Next::Wait, true);
        }
        // As if whoever was ready had run: who comes next is not to count on what may never be.
        self.pace.ran();
        (self.send(), false)
    }

    /// Whoever was ready has run.
    fn ran(&mut self) -> Next {
        if self.pace.ran() { self.send() } else { Next::Wait }
    }

    /// A batch was answered after this time, or given up.
    fn answered(&mut self, batch: Batch, after: Option<Duration>) -> Next {
        self.pace.answered(batch.reads(), after);
        if self.spare.len() < SPARE {
            self.spare.push(batch.cleared());
        }
        self.next()
    }
}

impl Next {
    fn go(self, link: &Arc<Link>) {
        match self {
            Self::Wait => {}
            Self::Send(gathered) => gathered.send(),
            Self::Postpone => {
                watch(link);
                // A runtime that is gone drops the task at once, and what was gathered is sent.
                drop(link.runtime.spawn(Postponed(link.clone()).run()));
            }
        }
    }
}

/// Sees to it that what was gathered is sent although nobody runs the connection's runtime at the moment, as where a
/// caller blocks it.
fn watch(link: &Arc<Link>) {
    let (weak, limit) = (Arc::downgrade(link), link.deadline / 2);
    link.wire.alarm(limit, move |over| {
        let Some(link) = weak.upgrade() else { return };
        let limit = if over { Duration::ZERO } else { limit };
        let (overdue, left) = link.merge.state().overdue(link.clock.now(), limit);
        overdue.go(&link);
        if left {
            watch(&link);
        }
    });
}

/// Reads that wait to be sent, or for their answer. However that ends, they are told.
#[derive(Debug)]
struct Gathered {
    batch: Batch,
    shared: Arc<Shared>,
    /// Since when the first of them waits.
    since: Instant,
    /// When they were sent, if they were.
    sent: Option<Instant>,
}

/// Reads over this connection, with others; `known` if only the entry is asked for, because what
/// decides over its validity is known.
pub(crate) fn merge(link: &Arc<Link>, names: &Names, read: Read, known: bool) -> Merged {
    let mut guard = link.merge.state();
    let state = &mut *guard;
    let spare = &mut state.spare;
    let gathered = state.gathered.get_or_insert_with(|| Gathered::new(link, spare.pop().unwrap_or_default()));
    let seats = gathered.batch.add(names, read.lease, known);
    let merged = Merged::new(seats, read.keep, gathered.shared.clone());
    let next = state.next();
    drop(guard);
    next.go(link);
    merged
}

/// Sends what was gathered when whoever is ready has run: who was just told may read again at once.
struct Postponed(Arc<Link>);

impl Postponed {
    async fn run(self) {
        for _ in 0..YIELDS {
            tokio::task::yield_now().await;
        }
    }
}

impl Drop for Postponed {
    fn drop(&mut self) {
        let mut state = self.0.merge.state();
        let next = state.ran();
        drop(state);
        next.go(&self.0);
    }
}

impl Merge {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gathered {
    fn new(link: &Arc<Link>, batch: Batch) -> Box<Self> {
        let shared = Shared::new(link.clone());
        let since = link.clock.now();
        Box::new(Self { batch, shared: Arc::new(shared), since, sent: None })
    }

    fn send(mut self: Box<Self>) {
        let link = self.shared.link.clone();
        let request = self.batch.request(&link.server.stamps);
        let sent = link.clock.now();
        self.sent = Some(sent);
        let left = link.deadline.saturating_sub(sent.saturating_duration_since(self.since));
        if left.is_zero() {
            let outcome = Err(late());
            link.judge(&outcome);
            return self.answered(outcome);
        }
        link.call(left, &request, move |outcome| self.answered(outcome));
    }

    fn answered(mut self: Box<Self>, outcome: Result<Reply, RedisError>) {
        let link = self.shared.link.clone();
        let values = outcome.and_then(Reply::texts);
        let answers = values.map(|values| self.batch.answers(values, &link.server.stamps));
        let at = link.clock.now();
        self.count(answers.is_ok().then_some(at));
        self.shared.end(answers.map(|answers| Answered { answers, at }));
    }

    /// It is under way no more: it was answered at this time, or given up.
    fn count(&mut self, answered: Option<Instant>) {
        let Some(sent) = self.sent.take() else { return };
        let (link, batch) = (&self.shared.link, std::mem::take(&mut self.batch));
        let after = answered.map(|at| at.saturating_duration_since(sent));
        let next = link.merge.state().answered(batch, after);
        // First, so that the server has something to do while the others work with their answers.
        next.go(link);
    }
}

impl Drop for Gathered {
    fn drop(&mut self) {
        if !self.shared.is_over() {
            self.count(None);
            self.shared.end(Err(std::io::Error::from(std::io::ErrorKind::ConnectionAborted).into()));
        }
    }
}
