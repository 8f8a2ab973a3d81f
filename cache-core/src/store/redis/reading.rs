//! One read, from its first poll to its answer.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::error::Error;
use crate::key::names::Names;
use crate::store::contract::Answer;
use crate::store::redis::lane::Lane;
use crate::store::redis::link::Link;
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
    Begin,
    Merged(Merged),
    Apart(Answer<'a, Snapshot>),
}

impl<'a> Reading<'a> {
    pub(crate) fn new(lane: &'a Arc<Lane>, names: &'a Names, read: Read) -> Self {
        Self { lane, names, read, step: Step::Begin }
    }

    fn begin(&self) -> Step<'a> {
        let (lane, names, read) = (self.lane, self.names, self.read);
        match lane.decided() {
            Some(Ok(link)) if link.is_here() => match turn(&link, names, read) {
                Turn::Merged(merged) => Step::Merged(merged),
                Turn::Alone(turn) => Step::Apart(Box::pin(alone(lane, link, turn, names, read))),
            },
            Some(Err(error)) => Step::Apart(Box::pin(std::future::ready(Err(error)))),
            _ => Step::Apart(Box::pin(from_elsewhere(lane, names, read))),
        }
    }
}

impl Future for Reading<'_> {
    type Output = Result<Snapshot, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            match &mut self.step {
                Step::Begin => self.step = self.begin(),
                Step::Merged(merged) => return Pin::new(merged).poll(cx),
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
) -> Result<Snapshot, Error> {
    let answer = lane.read(&link, names, read.lease).await?;
    let mut snapshot = replies::read(answer, read.lease)?;
    link.vouch(&mut snapshot, read.keep, link.clock.now());
    Ok(snapshot)
}

/// For a caller on another runtime than the connection's, or one that came before the connection.
async fn from_elsewhere(lane: &Arc<Lane>, names: &Names, read: Read) -> Result<Snapshot, Error> {
    let link = lane.link().await?;
    match turn(&link, names, read) {
        Turn::Alone(turn) => alone(lane, link, turn, names, read).await,
        Turn::Merged(merged) => lane.wait_for(&link, merged).await,
    }
}
