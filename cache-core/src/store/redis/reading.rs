//! One read, from its first poll to its answer.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use crate::error::Error;
use crate::key::names::Names;
use crate::store::contract::Answer;
use crate::store::redis::batch::Batch;
use crate::store::redis::commands;
use crate::store::redis::lane::Lane;
use crate::store::redis::link::{Link, Request};
use crate::store::redis::merge::{Alone, Merged, Turn, turn};
use crate::store::redis::replies;
use crate::store::words::{Read, Snapshot};

/// A read. A future of its own, since most of them are merged with others, and what that takes is little beside
/// what a request of one's own does.
pub(crate) struct Reading<'a> {
    lane: &'a Arc<Lane>,
    names: &'a Names,
    read: Read,
    step: Step<'a>,
}

enum Step<'a> {
    /// Ask for the entry alone, if what decides over its validity is known; or for everything.
    Begin {
        whole: bool,
    },
    Merged(Merged),
    Apart(Answer<'a, Snapshot>),
}

impl<'a> Reading<'a> {
    pub(crate) fn new(lane: &'a Arc<Lane>, names: &'a Names, read: Read) -> Self {
        Self { lane, names, read, step: Step::Begin { whole: false } }
    }

    fn begin(&self, whole: bool) -> Step<'a> {
        let (lane, names, read) = (self.lane, self.names, self.read);
        match lane.decided() {
            Some(Ok(link)) if link.is_here() => {
                let known = !whole && link.server.stamps.knows(names);
                match turn(&link, names, read, known) {
                    Turn::Merged(merged) => Step::Merged(merged),
                    Turn::Alone(turn) => Step::Apart(Box::pin(alone(lane, link, turn, names, read, known))),
                }
            }
            Some(Err(error)) => Step::Apart(Box::pin(std::future::ready(Err(error)))),
            _ => Step::Apart(Box::pin(from_elsewhere(lane, names, read))),
        }
    }
}

impl Future for Reading<'_> {
    type Output = Result<Snapshot, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let names = self.names;
        loop {
            match &mut self.step {
                Step::Begin { whole } => {
                    let whole = *whole;
                    self.step = self.begin(whole);
                }
                Step::Merged(merged) => match ready!(merged.poll(names, cx)) {
                    Ok(Some(snapshot)) => return Poll::Ready(Ok(snapshot)),
                    Ok(None) => self.step = Step::Begin { whole: true },
                    Err(error) => return Poll::Ready(Err(error)),
                },
                Step::Apart(answer) => return answer.as_mut().poll(cx),
            }
        }
    }
}

async fn alone(
    lane: &Lane,
    link: Arc<Link>,
    _turn: Alone,
    names: &Names,
    read: Read,
    known: bool,
) -> Result<Snapshot, Error> {
    let seen = if known { with_known(lane, &link, names, read).await? } else { None };
    let mut snapshot = match seen {
        Some(snapshot) => snapshot,
        // On the heap, so that the future of the other way is small.
        None => Box::pin(whole(lane, &link, names, read)).await?,
    };
    link.vouch(&mut snapshot, read.keep, link.clock.now());
    Ok(snapshot)
}

/// Reads the entry alone; `None` if what decides over its validity is not known any more.
async fn with_known(
    lane: &Lane,
    link: &Arc<Link>,
    names: &Names,
    read: Read,
) -> Result<Option<Snapshot>, Error> {
    let mut values = lane.read(link, Request::Read(commands::read(names, read.lease))).await?.into_iter();
    let (entry, lease) = (values.next().flatten(), values.next().flatten());
    let words = link.server.stamps.words(names);
    Ok(words.map(|words| replies::with_known(entry, lease.as_deref(), words)))
}

/// Reads the entry and everything that decides over its validity.
async fn whole(lane: &Lane, link: &Arc<Link>, names: &Names, read: Read) -> Result<Snapshot, Error> {
    let mut batch = Batch::default();
    let seats = batch.add(names, read.lease, false);
    let stamps = &link.server.stamps;
    let values = lane.read(link, batch.request(stamps)).await?;
    let answers = batch.answers(values, stamps);
    seats.snapshot(&answers, names, stamps).ok_or_else(|| replies::unexpected("MGET"))
}

/// For a caller on another runtime than the connection's, or one that came before the connection.
async fn from_elsewhere(lane: &Arc<Lane>, names: &Names, read: Read) -> Result<Snapshot, Error> {
    let link = lane.link().await?;
    let mut known = link.server.stamps.knows(names);
    loop {
        let merged = match turn(&link, names, read, known) {
            Turn::Alone(turn) => return alone(lane, link, turn, names, read, known).await,
            Turn::Merged(merged) => merged,
        };
        if let Some(snapshot) = lane.wait_for(&link, merged, names).await? {
            return Ok(snapshot);
        }
        known = false;
    }
}
