//! One connection to one server.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::{Cmd, FromRedisValue, Pipeline, RedisError};
use tokio::runtime::Handle;

use crate::clock::Clock;
use crate::store::redis::merge::Merge;
use crate::store::redis::request::Request;
use crate::store::redis::server::Server;
use crate::store::redis::wire::{Outcome, Replies, Reply, Wire, one};
use crate::store::words::Snapshot;

/// One connection.
pub(crate) struct Link {
    pub(crate) wire: Wire,
    pub(crate) server: Arc<Server>,
    /// Where the connection's reader runs.
    pub(crate) runtime: Handle,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) deadline: Duration,
    /// The reads that are under way or wait to be sent.
    pub(crate) merge: Merge,
}

impl Link {
    /// Whether the caller is on the connection's runtime.
    pub(crate) fn is_here(&self) -> bool {
        Handle::try_current().is_ok_and(|current| current.id() == self.runtime.id())
    }

    /// Sends a command and waits for its reply.
    pub(crate) async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        let write = |out: &mut Vec<u8>| command.write_packed_command(out);
        let answer = one(self.wire.send(1, self.deadline, write).await?);
        Ok(T::from_redis_value(answer.value()?)?)
    }

    /// Sends several commands and waits for their replies. Those may be errors.
    pub(crate) async fn query_all(&self, pipeline: &Pipeline) -> Result<Replies, RedisError> {
        let write =
            |out: &mut Vec<u8>| pipeline.cmd_iter().for_each(|command| command.write_packed_command(out));
        self.wire.send(pipeline.len(), self.deadline, write).await
    }

    /// Sends a request and waits for its reply.
    pub(crate) async fn send(&self, request: Request) -> Result<Reply, RedisError> {
        let form = request.form(&self.server);
        let write = |out: &mut Vec<u8>| request.write(form, out);
        let replies = self.wire.send(request.commands(form), self.deadline, write).await?;
        form.answer(replies, &self.server)
    }

    /// Sends a request that is answered within this time, and has this done with its reply when the conclusion has
    /// been drawn: by whoever reads it, so it must not take long.
    pub(crate) fn call(
        self: &Arc<Self>,
        limit: Duration,
        request: &Request,
        told: impl FnOnce(Result<Reply, RedisError>) + Send + 'static,
    ) {
        let form = request.form(&self.server);
        let link = self.clone();
        let told = move |replies: Outcome| {
            let outcome = replies.and_then(|replies| form.answer(replies, &link.server));
            link.judge(&outcome);
            told(outcome);
        };
        self.wire.call(request.commands(form), limit, |out| request.write(form, out), told);
    }

    /// Says over which history a read was answered, at this time, and who tells of changes to what it saw. To be
    /// called after the reply: a push that came before it has been taken into account.
    pub(crate) fn vouch(&self, snapshot: &mut Snapshot, keep: bool, at: Instant) {
        snapshot.history = self.server.history();
        snapshot.now = self.server.time(at);
        snapshot.tracker = if keep { self.server.tracker() } else { None };
    }

    /// Draws the conclusion from a reply.
    pub(crate) fn judge(&self, outcome: &Result<Reply, RedisError>) {
        self.server.judge(outcome.as_ref().err(), self.deadline, || self.clock.now());
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("server", &self.server).finish_non_exhaustive()
    }
}
