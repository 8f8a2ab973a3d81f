//! A lane: one connection at a time that any number of calls share.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use redis::RedisError;
use tokio::sync::watch;

use crate::clock::{Clock, within};
use crate::error::{Error, ErrorKind};
use crate::key::names::Names;
use crate::store::redis::fault::translate;
use crate::store::redis::keeper;
use crate::store::redis::link::Link;
use crate::store::redis::manager::Pool;
use crate::store::redis::merge::Merged;
use crate::store::redis::post::{Home, Post};
use crate::store::redis::request::Request;
use crate::store::redis::wire::{Reply, late};
use crate::store::words::Snapshot;

/// What a lane is at the moment.
#[derive(Clone, Debug)]
pub(crate) enum State {
    /// Its first connection is being made.
    Starting,
    /// It serves.
    Up(Arc<Link>),
    /// It is being replaced; calls fail at once.
    Down(Arc<Error>),
}

/// A lane.
#[derive(Debug)]
pub(crate) struct Lane {
    pub(crate) pool: Pool,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) post: Post,
    deadline: Duration,
    state: ArcSwap<State>,
    changed: watch::Sender<()>,
}

impl Lane {
    pub(crate) fn new(pool: Pool, clock: Arc<dyn Clock>, home: Home, deadline: Duration) -> Arc<Self> {
        let post = Post::new(home, clock.now());
        let state = ArcSwap::from_pointee(State::Starting);
        Arc::new(Self { pool, clock, post, deadline, state, changed: watch::Sender::new(()) })
    }

    pub(crate) fn state(&self) -> Arc<State> {
        self.state.load_full()
    }

    /// Tells whenever the state changes.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Changes the state in the name of the keeper with this number; `false` if it was replaced.
    pub(crate) fn set(&self, number: u64, state: State) -> bool {
        let set = self.post.act(number, self.clock.now(), || self.replace(state));
        if set {
            self.changed.send_replace(());
        }
        set
    }

    /// The keeper with this number is gone. The next call starts over, and waits for the new connection as for
    /// a first one.
    pub(crate) fn vacate(&self, number: u64, unfit: bool) {
        let starting = || self.replace(State::Starting);
        if self.post.act(number, self.clock.now(), starting) {
            self.post.vacate(number, unfit);
            self.changed.send_replace(());
        }
    }

    /// The connection that is replaced may sit on a runtime that nobody runs, where nobody reads what the server
    /// tells. So it is given up before heartbeats over another one vouch for what was read over it.
    fn replace(&self, state: State) {
        if let State::Up(link) = &*self.state.swap(Arc::new(state)) {
            link.server.give_up();
        }
    }

    /// Starts the keeper, unless it runs.
    pub(crate) fn keep(self: &Arc<Self>) {
        match self.post.take(self.clock.now()) {
            Ok(Some((number, runtime))) => keeper::start(self, number, &runtime),
            Ok(None) => {}
            Err(error) => self.replace(State::Down(Arc::new(error))),
        }
    }

    /// Sends a request and waits for its reply.
    ///
    /// # Errors
    ///
    /// The outer error says that the request was not sent; the inner one is what came of it.
    pub(crate) async fn send(
        self: &Arc<Self>,
        request: Request,
    ) -> Result<(Result<Reply, RedisError>, Arc<Link>), Error> {
        let link = self.link().await?;
        let outcome = link.send(request).await;
        link.judge(&outcome);
        Ok((outcome, link))
    }

    /// Waits for a read that is merged with others, from another runtime than the connection's: while nobody runs that,
    /// nobody may send it.
    pub(crate) async fn wait_for(
        &self,
        link: &Link,
        mut merged: Merged,
        names: &Names,
    ) -> Result<Option<Snapshot>, Error> {
        let answer = poll_fn(|cx| merged.poll(names, cx));
        let answered = within(self.clock.sleep(self.deadline * 2), answer).await;
        answered.unwrap_or_else(|| {
            link.judge(&Err(late()));
            Err(translate(late()))
        })
    }

    /// The current connection. Only the first one is waited for, and only within the deadline.
    pub(crate) async fn link(self: &Arc<Self>) -> Result<Arc<Link>, Error> {
        match self.decided() {
            Some(decided) => decided,
            None => Box::pin(self.first_link()).await,
        }
    }

    async fn first_link(self: &Arc<Self>) -> Result<Arc<Link>, Error> {
        let mut changes = self.changes();
        let decided = async {
            loop {
                if let Some(decided) = self.decided() {
                    return decided;
                }
                if changes.changed().await.is_err() {
                    return Err(unavailable("the store was closed"));
                }
            }
        };
        let late = || Error::new(ErrorKind::Timeout, "still connecting to redis");
        within(self.clock.sleep(self.deadline), decided).await.unwrap_or_else(|| Err(late()))
    }

    /// The current connection, unless it is the first one and still being made.
    pub(crate) fn decided(self: &Arc<Self>) -> Option<Result<Arc<Link>, Error>> {
        let state = self.state.load();
        if let State::Up(link) = &**state
            && !link.server.is_dead()
        {
            return Some(Ok(link.clone()));
        }
        // The keeper may have ended with its runtime, or sit on one that nobody runs.
        self.keep();
        match &**state {
            State::Starting => None,
            State::Up(_) => Some(Err(unavailable("the connection to redis is lost"))),
            State::Down(error) => Some(Err(Error::new(error.kind(), error.to_string()))),
        }
    }
}

fn unavailable(message: &str) -> Error {
    Error::new(ErrorKind::Unavailable, message)
}
