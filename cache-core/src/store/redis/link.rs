//! One connection to one server, and what is known of that server over it.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use redis::aio::MultiplexedConnection;
use redis::{Cmd, PushInfo, PushKind, RedisError, Value};
use tokio::runtime::Handle;
use tokio::sync::Notify;

use crate::protocol::History;
use crate::store::redis::fault::{Fault, classify};
use crate::value::envelope::ServerTime;

/// After this many commands in a row that were not answered in time a connection is given up.
const MAX_LATE: u32 = 3;

/// What is known of the server at the other end.
#[derive(Debug, Default)]
pub(crate) struct Server {
    /// The replication history it serves; forgotten at the slightest doubt.
    history: ArcSwapOption<History>,
    /// Its clock, and when it was asked for it.
    clock: Mutex<Option<(ServerTime, Instant)>>,
    dead: AtomicBool,
    late: AtomicU32,
    /// When the newest late command was counted.
    late_at: Mutex<Option<Instant>>,
    /// How often the history was put in doubt.
    doubts: AtomicU64,
    /// Told when the connection is dead or its history is in doubt.
    pub(crate) trouble: Notify,
}

impl Server {
    /// The history, if it is known beyond doubt.
    pub(crate) fn history(&self) -> Option<History> {
        self.history.load().as_deref().copied()
    }

    /// How often the history was put in doubt so far. Read before the server is asked for it: a doubt that
    /// comes after its answer, and before the answer is learned, must not be lost.
    pub(crate) fn doubts(&self) -> u64 {
        self.doubts.load(Ordering::Acquire)
    }

    pub(crate) fn learn(&self, history: History, doubts: u64, time: ServerTime, at: Instant) {
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner) = Some((time, at));
        self.history.store(Some(Arc::new(history)));
        if self.doubts() != doubts {
            self.history.store(None);
        }
    }

    /// The server's time now, by what was learned last.
    pub(crate) fn time(&self, now: Instant) -> Option<ServerTime> {
        let (time, at) = (*self.clock.lock().unwrap_or_else(PoisonError::into_inner))?;
        Some(time.after(now.saturating_duration_since(at)))
    }

    /// Replies over this connection are misses until its history was asked for again.
    pub(crate) fn doubt(&self) {
        self.doubts.fetch_add(1, Ordering::AcqRel);
        self.history.store(None);
        self.trouble.notify_one();
    }

    pub(crate) fn give_up(&self) {
        self.dead.store(true, Ordering::Release);
        self.doubt();
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::Acquire)
    }

    /// What a push means. Called by the connection's reader, in the order of the replies.
    pub(crate) fn pushed(&self, push: &PushInfo) {
        match push.kind {
            PushKind::Disconnection => self.give_up(),
            // The whole database was flushed, or the server was resynchronised from another one.
            PushKind::Invalidate if matches!(push.data.first(), Some(Value::Nil)) => self.doubt(),
            _ => {}
        }
    }

    /// Draws the conclusion from a reply. Commands that are late at the same time count once: one stall of
    /// the server must not cost every connection.
    pub(crate) fn judge(
        &self,
        result: &Result<Value, RedisError>,
        deadline: Duration,
        now: impl FnOnce() -> Instant,
    ) {
        match result.as_ref().map_err(classify) {
            Err(Fault::Late) => self.is_late(now(), deadline),
            Err(Fault::Broken | Fault::NotMaster) => self.give_up(),
            Ok(_) | Err(Fault::NoScript | Fault::WrongType | Fault::Refused) => {
                if self.late.load(Ordering::Relaxed) != 0 {
                    self.late.store(0, Ordering::Relaxed);
                }
            }
        }
    }

    fn is_late(&self, now: Instant, deadline: Duration) {
        let mut counted = self.late_at.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.is_some_and(|at| now.saturating_duration_since(at) < deadline / 2) {
            return;
        }
        *counted = Some(now);
        if self.late.fetch_add(1, Ordering::Relaxed) + 1 >= MAX_LATE {
            self.give_up();
        }
    }
}

/// One connection.
#[derive(Clone)]
pub(crate) struct Link {
    pub(crate) connection: MultiplexedConnection,
    pub(crate) server: Arc<Server>,
    /// Where the connection's reader and writer run.
    pub(crate) runtime: Handle,
}

impl Link {
    /// Sends one command and waits for its reply.
    pub(crate) async fn send(mut self, command: Cmd) -> Result<Value, RedisError> {
        self.connection.send_packed_command(&command).await.and_then(Value::extract_error)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("server", &self.server).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock, SystemClock};

    fn server() -> Server {
        let server = Server::default();
        server.learn(History([1; 16]), server.doubts(), ServerTime::default(), SystemClock.now());
        server
    }

    fn late() -> Result<Value, RedisError> {
        Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into())
    }

    #[test]
    fn a_flush_push_puts_the_history_in_doubt_and_a_key_push_does_not() {
        let server = server();
        let key = Value::Array(vec![Value::BulkString(b"key".to_vec())]);
        server.pushed(&PushInfo { kind: PushKind::Invalidate, data: vec![key] });
        assert!(server.history().is_some());
        server.pushed(&PushInfo { kind: PushKind::Invalidate, data: vec![Value::Nil] });
        assert!(server.history().is_none());
        assert!(!server.is_dead());
    }

    #[test]
    fn a_lost_connection_is_dead_and_serves_no_history() {
        let server = server();
        server.pushed(&PushInfo { kind: PushKind::Disconnection, data: Vec::new() });
        assert!(server.is_dead() && server.history().is_none());
    }

    const DEADLINE: Duration = Duration::from_millis(250);

    #[test]
    fn a_doubt_that_comes_while_the_history_is_asked_for_is_not_lost() {
        let server = server();
        let doubts = server.doubts();
        server.doubt();
        server.learn(History([1; 16]), doubts, ServerTime::default(), SystemClock.now());
        assert_eq!(server.history(), None);
        server.learn(History([2; 16]), server.doubts(), ServerTime::default(), SystemClock.now());
        assert_eq!(server.history(), Some(History([2; 16])));
    }

    #[test]
    fn a_connection_is_given_up_after_late_replies_in_a_row_only() {
        let (server, start) = (server(), SystemClock.now());
        for turn in 0..10 {
            server.judge(&late(), DEADLINE, || start + DEADLINE * turn);
            server.judge(&Ok(Value::Okay), DEADLINE, || start);
        }
        assert!(!server.is_dead());
        for turn in 10..10 + MAX_LATE {
            server.judge(&late(), DEADLINE, || start + DEADLINE * turn);
        }
        assert!(server.is_dead());
    }

    #[test]
    fn commands_that_are_late_at_the_same_time_count_once() {
        let (server, now) = (server(), SystemClock.now());
        for _ in 0..100 {
            server.judge(&late(), DEADLINE, || now);
        }
        assert!(!server.is_dead());
    }
}
