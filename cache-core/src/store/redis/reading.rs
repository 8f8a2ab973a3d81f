//! One read, from its first poll to its answer.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use crate::error::Error;
use crate::key::names::Names;
use crate::store::contract::Answer;
use crate::store::redis::lane::Lane;
use crate::store::redis::merge::{Merged, merge};
use crate::store::words::{Read, Snapshot};

/// A read. A future of its own, since what it takes is little beside what those do that are seldom needed.
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
                Step::Merged(merge(&link, names, read, known))
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

/// For a caller on another runtime than the connection's, or one that came before the connection.
async fn from_elsewhere(lane: &Arc<Lane>, names: &Names, read: Read) -> Result<Snapshot, Error> {
    let link = lane.link().await?;
    let mut known = link.server.stamps.knows(names);
    loop {
        let merged = merge(&link, names, read, known);
        if let Some(snapshot) = lane.wait_for(&link, merged, names).await? {
            return Ok(snapshot);
        }
        known = false;
    }
}
