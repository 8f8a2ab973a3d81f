//! One socket that any number of tasks share.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use crate::background;
use crate::clock::{Clock, within};
use crate::store::redis::wire::line::{Ending, Line, Listener, lost};
use crate::store::redis::wire::reader::read;
use crate::store::redis::wire::socket::{ReadHalf, WriteHalf};
use crate::store::redis::wire::waiting::Outcome;

/// One socket that any number of tasks share, on any threads. Ends when it is dropped.
pub(crate) struct Wire {
    line: Arc<Line>,
    reader: AbortHandle,
}

impl Wire {
    /// Takes a socket into service on the current runtime.
    pub(super) fn new(
        (reader, socket): (ReadHalf, WriteHalf),
        clock: Arc<dyn Clock>,
        listener: Listener,
    ) -> Self {
        let line = Line::new(socket, clock, listener);
        let reader = Handle::current().spawn(read(Ending::of(&line), reader)).abort_handle();
        let watching = watch(Ending::of(&line));
        match background::handle() {
            Ok(background) => drop(background.spawn(watching)),
            Err(_) => drop(watching),
        }
        Self { line, reader }
    }

    /// Sends commands, as this writes them, and waits for as many replies.
    ///
    /// # Errors
    ///
    /// The connection is lost, or the replies did not come within this time. An error that the server replied with is a
    /// reply.
    pub(crate) async fn send(
        &self,
        commands: usize,
        limit: Duration,
        write: impl FnOnce(&mut Vec<u8>),
    ) -> Outcome {
        let (told, outcome) = oneshot::channel();
        // Whoever has gone need not know.
        self.call(commands, limit, write, |outcome| drop(told.send(outcome)));
        outcome.await.unwrap_or_else(|_| Err(lost()))
    }

    /// Sends commands and has this done with their replies, or with what kept them from coming: by whoever learns of it,
    /// so it must not take long.
    pub(crate) fn call(
        &self,
        commands: usize,
        limit: Duration,
        write: impl FnOnce(&mut Vec<u8>),
        then: impl FnOnce(Outcome) + Send + 'static,
    ) {
        self.line.ask(commands, limit, write, Box::new(then));
    }

    /// Has this done after this time, or at the end, unless something is to be done already. It is told whether this is
    /// the end, and must not take long.
    pub(crate) fn alarm(&self, limit: Duration, alarm: impl FnOnce(bool) + Send + 'static) {
        self.line.alarm(limit, alarm);
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.reader.abort();
        self.line.end(&lost());
    }
}

/// Looks after the deadlines of all requests. On the cache's own thread, since the connection's may be blocked.
async fn watch(ending: Ending) {
    let Some(line) = ending.line() else { return };
    loop {
        let now = line.clock.now();
        match line.look(now) {
            Err(()) => return,
            Ok(None) => line.watch.notified().await,
            Ok(Some(next)) => {
                let pause = line.clock.sleep(next.saturating_duration_since(now));
                within(pause, line.watch.notified()).await;
            }
        }
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("socket", &self.line.socket).finish_non_exhaustive()
    }
}
