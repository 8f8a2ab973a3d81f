//! Makes the connections of the pool.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};
use tokio::runtime::Handle;

use crate::clock::{Clock, SystemClock};
use crate::error::{Error, ErrorKind};
use crate::protocol::Tracker;
use crate::store::changes::Changes;
use crate::store::redis::fault::translate;
use crate::store::redis::handshake::greet;
use crate::store::redis::layout::Layout;
use crate::store::redis::link::Link;
use crate::store::redis::merge::Merge;
use crate::store::redis::options::RedisOptions;
use crate::store::redis::server::Server;
use crate::store::redis::tracking::Tracking;
use crate::store::redis::wire::{self, Said};

/// The pool that owns all connections.
pub(crate) type Pool = managed::Pool<Manager>;

/// Makes connections that have been greeted, and hands them out again as long as they live.
#[derive(Clone)]
pub(crate) struct Manager {
    pub(crate) options: RedisOptions,
    pub(crate) layout: Layout,
    /// The name that this process's heartbeats write.
    pub(crate) heartbeat: String,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) changes: Arc<Changes>,
    /// Whether its connections are tracked, and as which tracker.
    pub(crate) tracker: Option<Tracker>,
    /// Whether it was said that the server can't track them.
    pub(crate) told_untracked: Arc<AtomicBool>,
}

impl Manager {
    /// Says once that the server can't do what a connection needs that is to be tracked.
    pub(crate) fn tell_untracked(&self, link: &Link) {
        if self.tracker.is_some()
            && link.server.tracker().is_none()
            && !link.server.is_dead()
            && !self.told_untracked.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                target: "cache",
                "this redis server can't be relied on to tell of changes (it refuses CLIENT TRACKING, or it is \
                 none of Redis 6.2.11, 7.0.9, Valkey 8 or younger): values are kept in the process for the \
                 staleness bound at most"
            );
        }
    }
}

impl managed::Manager for Manager {
    type Type = Arc<Link>;
    type Error = Error;

    async fn create(&self) -> Result<Arc<Link>, Error> {
        let tracking = self.tracker.map(|tracker| Tracking::new(self.changes.clone(), tracker));
        let server = Arc::new(Server::new(tracking));
        let listener = server.clone();
        // A server keeps real time, whatever time it is for the process.
        let (info, clock) = (&self.options.info, Arc::new(SystemClock));
        let listen = Box::new(move |said: Said<'_>| listener.heard(said));
        let wire = wire::open(info, self.options.connect_timeout, clock, listen).await.map_err(translate)?;
        let link = Arc::new(Link {
            wire,
            server,
            runtime: Handle::current(),
            clock: self.clock.clone(),
            deadline: self.options.deadline,
            merge: Merge::default(),
        });
        greet(&link, &self.layout, &*self.clock).await?;
        link.server.serve();
        // It may have been given up just before, when nothing relied on it.
        if link.server.is_dead() { Err(lost()) } else { Ok(link) }
    }

    /// No PING: a connection tells by itself when it dies, and its keeper looks at it regularly.
    async fn recycle(&self, link: &mut Arc<Link>, _: &Metrics) -> RecycleResult<Error> {
        if link.server.is_dead() {
            return Err(RecycleError::Backend(lost()));
        }
        Ok(())
    }
}

fn lost() -> Error {
    Error::new(ErrorKind::Unavailable, "the connection to redis is lost")
}

impl fmt::Debug for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manager")
            .field("options", &self.options)
            .field("tracker", &self.tracker)
            .finish_non_exhaustive()
    }
}
