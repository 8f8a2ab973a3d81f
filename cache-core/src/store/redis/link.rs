//! One connection to one server.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{Arg, Cmd, RedisError, Value};
use tokio::runtime::Handle;

use crate::clock::Clock;
use crate::store::redis::fault::{Fault, classify};
use crate::store::redis::merge::Merge;
use crate::store::redis::server::Server;
use crate::store::redis::stamps::Told;
use crate::store::words::Snapshot;

/// What is sent to a server.
#[derive(Debug)]
pub(crate) enum Request {
    /// A command.
    Command(Cmd),
    /// An MGET, or as many GETs where the server can't answer an MGET whole; or the GET of one name.
    Read(Cmd),
    /// An MGET of names of which the server is to tell every later change, and another one. The answer is that of
    /// one for the names of the second and then those of the first.
    Learn(Cmd, Cmd),
}

/// One connection.
pub(crate) struct Link {
    pub(crate) connection: MultiplexedConnection,
    pub(crate) server: Arc<Server>,
    /// Where the connection's reader and writer run.
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

    /// Sends a request and waits for its reply.
    pub(crate) fn send(&self, request: Request) -> impl Future<Output = Result<Value, RedisError>> {
        send(self.connection.clone(), request, &self.server)
    }

    /// Sends a request for somebody who waits since then, waits for its reply and draws the conclusion.
    pub(crate) async fn send_since(&self, since: Instant, request: Request) -> Result<Value, RedisError> {
        let waited = self.clock.now().saturating_duration_since(since);
        let left = self.deadline.saturating_sub(waited);
        let outcome = if left.is_zero() {
            Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into())
        } else {
            let mut connection = self.connection.clone();
            connection.set_response_timeout(left);
            send(connection, request, &self.server).await
        };
        self.judge(&outcome);
        outcome
    }

    /// Says over which history a read was answered, at this time, and who tells of changes to what it saw. To be
    /// called after the reply: a push that came before it has been taken into account.
    pub(crate) fn vouch(&self, snapshot: &mut Snapshot, keep: bool, at: Instant) {
        snapshot.history = self.server.history();
        snapshot.now = self.server.time(at);
        snapshot.tracker = if keep { self.server.tracker() } else { None };
    }

    /// Draws the conclusion from a reply.
    pub(crate) fn judge(&self, outcome: &Result<Value, RedisError>) {
        self.server.judge(outcome, self.deadline, || self.clock.now());
    }
}

async fn send(
    mut connection: MultiplexedConnection,
    request: Request,
    server: &Server,
) -> Result<Value, RedisError> {
    let unanswered = Unanswered(server);
    // On the heap is what is seldom done, so that the future is small.
    let answer = match &request {
        Request::Read(mget) if server.is_torn() => Box::pin(read_apart(connection, mget)).await,
        Request::Read(command) => connection.send_packed_command(command).await.and_then(as_in_mget),
        Request::Command(command) => {
            connection.send_packed_command(command).await.and_then(Value::extract_error)
        }
        Request::Learn(groups, own) => Box::pin(learn(connection, groups, own, server)).await,
    };
    std::mem::forget(unanswered);
    answer
}

/// A request whose answer nobody has seen: it may be that the server is busy, and then something may not have been told.
struct Unanswered<'a>(&'a Server);

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        self.0.stamps.forget();
    }
}

async fn learn(
    mut connection: MultiplexedConnection,
    groups: &Cmd,
    own: &Cmd,
    server: &Server,
) -> Result<Value, RedisError> {
    let mut pipeline = redis::pipe();
    pipeline.cmd("CLIENT").arg("CACHING").arg("YES");
    pipeline.add_command(groups.clone()).add_command(own.clone());
    let answers = connection.send_packed_commands(&pipeline, 0, pipeline.len()).await?;
    let mut answers = answers.into_iter().map(Value::extract_error);
    let mut next = || answers.next().unwrap_or(Ok(Value::Nil));
    match next() {
        Err(error) if classify(&error) == Fault::Busy => return Err(error),
        Err(_) => {
            server.stamps.are_told(Told::Nothing);
            server.stamps.forget();
        }
        Ok(_) => {}
    }
    match (next()?, next()?) {
        (Value::Array(groups), Value::Array(mut own)) => {
            own.extend(groups);
            Ok(Value::Array(own))
        }
        _ => Ok(Value::Nil),
    }
}

/// The values may be of several moments. That does no harm: each of them was asked for after the read began, and
/// an entry is valid only by stamps that it shares a value with.
async fn read_apart(mut connection: MultiplexedConnection, mget: &Cmd) -> Result<Value, RedisError> {
    let mut pipeline = redis::pipe();
    for argument in mget.args_iter().skip(1) {
        if let Arg::Simple(name) = argument {
            pipeline.cmd("GET").arg(name);
        }
    }
    let values = connection.send_packed_commands(&pipeline, 0, pipeline.len()).await?;
    values.into_iter().map(as_in_mget).collect::<Result<_, _>>().map(Value::Array)
}

/// What is no string counts as nothing in the answer to an MGET.
fn as_in_mget(value: Value) -> Result<Value, RedisError> {
    match value.extract_error() {
        Err(error) if classify(&error) == Fault::WrongType => Ok(Value::Nil),
        value => value,
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("server", &self.server).finish_non_exhaustive()
    }
}
