//! What is known of a server over one connection.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use redis::{PushInfo, PushKind, RedisError, Value};
use tokio::sync::Notify;

use crate::protocol::{History, Tracker};
use crate::store::redis::fault::{Fault, classify};
use crate::store::redis::stamps::Stamps;
use crate::store::redis::tracking::Tracking;
use crate::store::redis::wire::Said;
use crate::value::envelope::ServerTime;

/// After this many commands in a row that were not answered in time a connection is given up.
const MAX_LATE: u32 = 3;

/// What is known of the server at the other end.
#[derive(Debug, Default)]
pub(crate) struct Server {
    /// The replication history it serves; forgotten at the slightest doubt.
    history: ArcSwapOption<History>,
    /// Its clock, and when it was asked for it.
    clock: ArcSwapOption<(ServerTime, Instant)>,
    serves: AtomicBool,
    dead: AtomicBool,
    late: AtomicU32,
    /// When the newest late command was counted.
    late_at: Mutex<Option<Instant>>,
    /// How often the history was put in doubt.
    doubts: AtomicU64,
    /// What a tracked connection tells the process.
    pub(crate) tracking: Option<Tracking>,
    /// The stamps that are known over this connection.
    pub(crate) stamps: Stamps,
    /// Whether a push may stand in the middle of an array that the server answers with.
    torn: AtomicBool,
    /// Told when the connection is dead or its history is in doubt.
    pub(crate) trouble: Notify,
}

impl Server {
    pub(crate) fn new(tracking: Option<Tracking>) -> Self {
        Self { tracking, ..Self::default() }
    }

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
        self.clock.store(Some(Arc::new((time, at))));
        self.history.store(Some(Arc::new(history)));
        if self.doubts() != doubts {
            self.history.store(None);
        }
    }

    /// The server's time now, by what was learned last.
    pub(crate) fn time(&self, now: Instant) -> Option<ServerTime> {
        let (time, at) = *self.clock.load().as_deref()?;
        Some(time.after(now.saturating_duration_since(at)))
    }

    /// Replies over this connection are misses until its history was asked for again.
    pub(crate) fn doubt(&self) {
        self.doubts.fetch_add(1, Ordering::AcqRel);
        self.history.store(None);
        self.stamps.forget();
        self.trouble.notify_one();
    }

    /// The connection is of no use any more.
    pub(crate) fn give_up(&self) {
        // First of all: a value that was read over this connection and is looked at after the changes below
        // must not be taken for one that is watched.
        if self.dead.swap(true, Ordering::AcqRel) {
            return;
        }
        self.doubt();
        if let Some(tracking) = self.serving() {
            tracking.lost();
        }
    }

    /// What of the tracking may have been relied on: of a connection that never served nothing was kept.
    fn serving(&self) -> Option<&Tracking> {
        self.tracking.as_ref().filter(|_| self.serves.load(Ordering::Acquire))
    }

    /// It was greeted, and will be read over.
    pub(crate) fn serve(&self) {
        self.serves.store(true, Ordering::Release);
    }

    /// The server serves another history than it did.
    pub(crate) fn has_another_history(&self) {
        self.doubt();
        if let Some(tracking) = &self.tracking {
            tracking.lost();
        }
    }

    /// Who tells of changes to what was read over this connection. To be asked for after the reply.
    pub(crate) fn tracker(&self) -> Option<Tracker> {
        let tracker = self.tracking.as_ref()?.tracker()?;
        (!self.is_dead()).then_some(tracker)
    }

    /// Changes may not have been told.
    pub(crate) fn missed(&self) {
        self.stamps.forget();
        if let Some(tracking) = self.serving() {
            tracking.missed();
        }
    }

    /// A heartbeat that was sent at this time was answered well.
    pub(crate) fn extend(&self, sent: Instant, bound: Duration) {
        let Some(tracking) = &self.tracking else { return };
        tracking.extend(sent, bound);
        // The connection may have been given up, and the end been told, just before.
        if self.is_dead() {
            tracking.end();
        }
    }

    /// A heartbeat was refused: the server may be cut off from those that see the changes.
    pub(crate) fn refused(&self) {
        if let Some(tracking) = &self.tracking {
            tracking.end();
        }
    }

    /// Whether several values must be asked for by as many commands over this connection.
    pub(crate) fn is_torn(&self) -> bool {
        self.torn.load(Ordering::Relaxed)
    }

    pub(crate) fn set_torn(&self, torn: bool) {
        self.torn.store(torn, Ordering::Relaxed);
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::Acquire)
    }

    /// What is said unasked. Called by the connection's reader, in the order of the replies.
    pub(crate) fn heard(&self, said: Said<'_>) {
        match said {
            Said::Push(push) => self.pushed(push),
            Said::Busy => self.missed(),
            Said::Lost => self.give_up(),
        }
    }

    fn pushed(&self, push: &PushInfo) {
        match (&push.kind, push.data.first()) {
            // The whole database was flushed, or the server was resynchronised from another one.
            (PushKind::Invalidate, Some(Value::Nil)) => {
                self.doubt();
                self.missed();
            }
            (PushKind::Invalidate, Some(Value::Array(names))) => {
                self.stamps.changed(names);
                if let Some(tracking) = &self.tracking {
                    tracking.changed(names);
                }
            }
            // It tells of something, in other words than those that are known.
            (PushKind::Invalidate, _) => self.missed(),
            _ => {}
        }
    }

    /// Draws the conclusion from a reply, or from the error in its place. Commands that are late at the same time count once: one stall of
    /// the server must not cost every connection.
    pub(crate) fn judge(
        &self,
        error: Option<&RedisError>,
        deadline: Duration,
        now: impl FnOnce() -> Instant,
    ) {
        match error.map(classify) {
            Some(Fault::Late) => self.is_late(now(), deadline),
            Some(Fault::Broken | Fault::NotMaster) => self.give_up(),
            None | Some(Fault::Busy | Fault::NoScript | Fault::WrongType | Fault::Refused) => {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock, SystemClock};
    use crate::key::names::Names;
    use crate::store::changes::Changes;

    fn server() -> Server {
        let server = Server::default();
        server.learn(History([1; 16]), server.doubts(), ServerTime::default(), SystemClock.now());
        server
    }

    fn late() -> RedisError {
        std::io::Error::from(std::io::ErrorKind::TimedOut).into()
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
        server.heard(Said::Lost);
        assert!(server.is_dead() && server.history().is_none());
    }

    fn tracked() -> (Server, Arc<Changes>) {
        let changes = Arc::new(Changes::new("n:", 8));
        let server = Server::new(Some(Tracking::new(changes.clone(), Tracker::Calls)));
        server.serve();
        (server, changes)
    }

    #[test]
    fn a_push_changes_the_ticket_of_exactly_what_depends_on_its_name() {
        let (server, changes) = tracked();
        let (names, other) =
            (Names::for_tests("n", "menu:1", &["menu"]), Names::for_tests("n", "user:1", &["user"]));
        let tickets = || [&names, &other].map(|names| changes.ticket(&changes.places(names)));
        let push = |value| server.pushed(&PushInfo { kind: PushKind::Invalidate, data: vec![value] });
        let depends = std::iter::once(names.entry()).chain(names.stamps());
        for name in depends {
            let before = tickets();
            push(Value::Array(vec![Value::BulkString(name.as_bytes().to_vec())]));
            let after = tickets();
            assert_ne!(before[0], after[0], "{name}");
            assert_eq!(before[1], after[1], "{name}");
        }
        let before = tickets();
        push(Value::Nil);
        assert!(before.iter().zip(tickets()).all(|(before, after)| *before != after));
    }

    #[test]
    fn a_tracked_connection_that_is_given_up_vouches_for_nothing() {
        let (server, changes) = tracked();
        assert_eq!(server.tracker(), None, "the server was not asked yet");
        server.tracking.as_ref().expect("it is tracked").begin();
        assert_eq!(server.tracker(), Some(Tracker::Calls));
        let now = SystemClock.now();
        server.extend(now, DEADLINE);
        assert!(changes.holds(Tracker::Calls, now));
        let names = Names::for_tests("n", "menu:1", &["menu"]);
        let ticket = changes.ticket(&changes.places(&names));
        server.give_up();
        assert_eq!(server.tracker(), None);
        assert!(!changes.holds(Tracker::Calls, now));
        assert_ne!(changes.ticket(&changes.places(&names)), ticket);
        // The answer to a heartbeat that was under way.
        server.extend(now, DEADLINE);
        assert!(!changes.holds(Tracker::Calls, now));
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
            server.judge(Some(&late()), DEADLINE, || start + DEADLINE * turn);
            server.judge(None, DEADLINE, || start);
        }
        assert!(!server.is_dead());
        for turn in 10..10 + MAX_LATE {
            server.judge(Some(&late()), DEADLINE, || start + DEADLINE * turn);
        }
        assert!(server.is_dead());
    }

    #[test]
    fn commands_that_are_late_at_the_same_time_count_once() {
        let (server, now) = (server(), SystemClock.now());
        for _ in 0..100 {
            server.judge(Some(&late()), DEADLINE, || now);
        }
        assert!(!server.is_dead());
    }
}
