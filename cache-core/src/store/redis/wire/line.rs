//! The line to a server: what is to be written, and who waits for an answer.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use redis::{PushInfo, RedisError};
use tokio::runtime::Handle;
use tokio::sync::Notify;

use crate::clock::{Clock, later};
use crate::store::redis::wire::outbox::Outbox;
use crate::store::redis::wire::reply::Reply;
use crate::store::redis::wire::socket::WriteHalf;
use crate::store::redis::wire::waiting::{Then, Told, Waiting, late};
use crate::store::redis::wire::write::{Writing, write_rest};

/// What concerns the connection and not one request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Said<'a> {
    /// The server says something unasked.
    Push(&'a PushInfo),
    /// The server is busy with a script, and says so in the place of a reply.
    Busy,
    /// The connection has ended.
    Lost,
}

/// Who is told that: between two replies, before any later one is handed out.
pub(crate) type Listener = Box<dyn Fn(Said<'_>) + Send + Sync>;

/// What those who ask share with those who read, write and watch.
pub(crate) struct Line {
    pub(super) socket: WriteHalf,
    listener: Listener,
    pub(super) clock: Arc<dyn Clock>,
    runtime: Handle,
    state: Mutex<State>,
    /// Told of something that comes before the watch looks, and of the end.
    pub(super) watch: Notify,
}

#[derive(Default)]
struct State {
    outbox: Outbox,
    waiting: Waiting,
    alarm: Option<(Instant, Alarm)>,
    /// When the watch looks, if it does.
    looks_at: Option<Instant>,
    over: bool,
}

/// What is done at a time, or at the end, of which it is told.
type Alarm = Box<dyn FnOnce(bool) + Send>;

impl Line {
    pub(super) fn new(socket: WriteHalf, clock: Arc<dyn Clock>, listener: Listener) -> Arc<Self> {
        let (runtime, state, watch) = (Handle::current(), Mutex::default(), Notify::new());
        Arc::new(Self { socket, listener, clock, runtime, state, watch })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends commands; what is done then is done by whoever learns what became of them.
    pub(super) fn ask(
        self: &Arc<Self>,
        commands: usize,
        limit: Duration,
        write: impl FnOnce(&mut Vec<u8>),
        then: Then,
    ) {
        let expires = later(self.clock.now(), limit);
        let mut state = self.state();
        if state.over || !state.outbox.has_room() {
            let error = if state.over { lost() } else { late() };
            drop(state);
            return Told(Some(then), Err(error)).tell();
        }
        let idle = state.outbox.add(write);
        state.waiting.add(commands, expires, then);
        let unwatched = state.looks_at.is_none_or(|at| expires < at);
        drop(state);
        if unwatched {
            self.watch.notify_one();
        }
        if idle {
            self.write();
        }
    }

    /// Has this done after this time, or at the end, unless something is to be done already. It is told whether this is
    /// the end.
    pub(super) fn alarm(&self, limit: Duration, alarm: impl FnOnce(bool) + Send + 'static) {
        let mut state = self.state();
        if state.over {
            drop(state);
            return alarm(true);
        }
        if state.alarm.is_some() {
            return;
        }
        let at = later(self.clock.now(), limit);
        state.alarm = Some((at, Box::new(alarm)));
        let unwatched = state.looks_at.is_none_or(|looks| at < looks);
        drop(state);
        if unwatched {
            self.watch.notify_one();
        }
    }

    /// The next bytes to write; with none the turn is over.
    pub(super) fn unsent(&self, written: Vec<u8>) -> Option<Vec<u8>> {
        self.state().outbox.next(written)
    }

    /// Writes what is to be sent. For whoever found nobody writing.
    fn write(self: &Arc<Self>) {
        let Some(bytes) = self.unsent(Vec::new()) else { return };
        let mut writing = Writing::new(bytes);
        match writing.go_on(self) {
            Ok(true) => {}
            // With its runtime the task ends, and with it the line.
            Ok(false) => drop(self.runtime.spawn(write_rest(Ending::of(self), writing))),
            Err(error) => self.end(&error.into()),
        }
    }

    /// The server said something unasked.
    pub(super) fn pushed(&self, push: &PushInfo) {
        (self.listener)(Said::Push(push));
    }

    /// The next reply has come. `Err` where nobody asked for it.
    pub(super) fn replied(&self, reply: Reply) -> Result<(), Reply> {
        if reply.is_busy() {
            (self.listener)(Said::Busy);
        }
        let told = self.state().waiting.reply(reply)?;
        told.into_iter().for_each(Told::tell);
        Ok(())
    }

    /// Does what is due, and answers when to look again; `Err` after the end.
    pub(super) fn look(&self, now: Instant) -> Result<Option<Instant>, ()> {
        let mut state = self.state();
        let told = state.waiting.expire(now);
        let alarm = state.alarm.take_if(|(at, _)| *at <= now);
        let next = state.alarm.as_ref().map(|(at, _)| *at);
        state.looks_at = state.waiting.next_expiry().into_iter().chain(next).min();
        let next = if state.over { Err(()) } else { Ok(state.looks_at) };
        drop(state);
        told.into_iter().for_each(Told::tell);
        if let Some((_, alarm)) = alarm {
            alarm(false);
        }
        next
    }

    /// Nothing is sent or answered any more.
    pub(super) fn end(&self, error: &RedisError) {
        let mut state = self.state();
        if std::mem::replace(&mut state.over, true) {
            return;
        }
        drop(state);
        // First of all, so that nobody takes what was read for something that is watched.
        (self.listener)(Said::Lost);
        self.socket.close();
        let mut state = self.state();
        let (told, alarm) = (state.waiting.end(error), state.alarm.take());
        state.outbox.clear();
        drop(state);
        self.watch.notify_one();
        told.into_iter().for_each(Told::tell);
        if let Some((_, alarm)) = alarm {
            alarm(true);
        }
    }
}

/// A task without which the line is of no use: however it ends, with its runtime for example, the line does too.
pub(super) struct Ending(Option<Arc<Line>>);

impl Ending {
    pub(super) fn of(line: &Arc<Line>) -> Self {
        Self(Some(line.clone()))
    }

    pub(super) fn line(&self) -> Option<Arc<Line>> {
        self.0.clone()
    }

    /// The task has done its work.
    pub(super) fn done(mut self) {
        self.0 = None;
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(line) = &self.0 {
            line.end(&lost());
        }
    }
}

/// The error of a request whose connection ended.
pub(super) fn lost() -> RedisError {
    io::Error::from(io::ErrorKind::ConnectionReset).into()
}
