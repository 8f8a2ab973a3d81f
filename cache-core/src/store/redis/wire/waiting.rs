//! Who waits for replies, in the order in which they come.

use std::collections::VecDeque;
use std::time::Instant;

use redis::RedisError;
use smallvec::SmallVec;

use crate::store::redis::wire::reply::Reply;

/// The replies to a request: one for each of its commands.
pub(crate) type Replies = SmallVec<[Reply; 1]>;
/// What becomes of a request.
pub(crate) type Outcome = Result<Replies, RedisError>;
/// What is done when it is known what became of a request.
pub(crate) type Then = Box<dyn FnOnce(Outcome) + Send>;

/// The reply to a request of one command.
pub(crate) fn one(replies: Replies) -> Reply {
    replies.into_iter().next().unwrap_or(Reply::Text(None))
}

/// The requests of which not every reply has come.
#[derive(Default)]
pub(crate) struct Waiting(VecDeque<Request>);

struct Request {
    expires: Instant,
    /// How many replies are still to come.
    left: usize,
    replies: Replies,
    /// Gone once it expired: its replies are still to come, and nobody's.
    then: Option<Then>,
}

/// Somebody who is to be told what became of a request, while nothing is locked.
#[must_use]
pub(crate) struct Told(pub(crate) Option<Then>, pub(crate) Outcome);

impl Told {
    pub(crate) fn tell(self) {
        if let Some(then) = self.0 {
            then(self.1);
        }
    }
}

impl Waiting {
    /// A request with this many commands was sent.
    pub(crate) fn add(&mut self, commands: usize, expires: Instant, then: Then) {
        let replies = Replies::with_capacity(commands);
        self.0.push_back(Request { expires, left: commands, replies, then: Some(then) });
    }

    /// The next reply has come. `Err` where nobody asked for it.
    pub(crate) fn reply(&mut self, reply: Reply) -> Result<Option<Told>, Reply> {
        let Some(first) = self.0.front_mut() else { return Err(reply) };
        first.left = first.left.saturating_sub(1);
        first.replies.push(reply);
        if first.left > 0 {
            return Ok(None);
        }
        Ok(self.0.pop_front().map(|first| Told(first.then, Ok(first.replies))))
    }

    /// Gives up what should have been answered by now.
    pub(crate) fn expire(&mut self, now: Instant) -> Vec<Told> {
        let expired = self.0.iter_mut().filter(|request| request.expires <= now && request.then.is_some());
        expired.map(|request| Told(request.then.take(), Err(late()))).collect()
    }

    /// When the next request expires.
    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        self.0.iter().filter(|request| request.then.is_some()).map(|request| request.expires).min()
    }

    /// Nothing is answered any more.
    pub(crate) fn end(&mut self, error: &RedisError) -> Vec<Told> {
        self.0.drain(..).map(|request| Told(request.then, Err(error.clone()))).collect()
    }
}

/// The error of a request that was not answered in time.
pub(crate) fn late() -> RedisError {
    std::io::Error::from(std::io::ErrorKind::TimedOut).into()
}
