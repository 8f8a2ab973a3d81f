//! The commands of a store, carried out by a server.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use redis::{Cmd, Value};

use crate::clock::{Clock, SystemClock, within};
use crate::error::{Error, ErrorKind, Note};
use crate::key::groups::hash;
use crate::key::names::Names;
use crate::key::namespace::Namespace;
use crate::protocol::{History, Token, Tracker};
use crate::rng::{self, Random, SystemRandom};
use crate::store::changes::Changes;
use crate::store::contract::{Answer, Store};
use crate::store::redis::commands::{self, Form};
use crate::store::redis::fault::{Fault, classify, translate};
use crate::store::redis::lane::{Lane, State};
use crate::store::redis::layout::Layout;
use crate::store::redis::link::Link;
use crate::store::redis::manager::{Manager, Pool};
use crate::store::redis::options::RedisOptions;
use crate::store::redis::post::Home;
use crate::store::redis::reading::Reading;
use crate::store::redis::replies;
use crate::store::redis::request::Request;
use crate::store::redis::wire::Reply;
use crate::store::words::{
    AcquireReply, AcquireRequest, Capability, Lease, PutReply, PutRequest, Read, Snapshot, StoreReply,
    StoreRequest,
};

/// How often somebody who waits for a connection looks whether anybody still makes it.
const READY_LOOK: Duration = Duration::from_secs(1);
/// The staleness bound of a store without a cache.
const BOUND: Duration = Duration::from_secs(2);

/// A Redis or Valkey server, standalone.
///
/// A cache has two of them: one for calls, whose connections live on the caller's runtime, and one for
/// everything that must get through although callers block or are gone, on the cache's own thread.
pub struct RedisStore {
    /// Over which everything goes that the server need not remember.
    lanes: Vec<Arc<Lane>>,
    /// Over which the server tells of changes to what was read. On the cache's own thread it is the only lane.
    tracked: Arc<Lane>,
    random: Arc<dyn Random>,
}

impl RedisStore {
    /// Makes the store for calls and the one for the cache's own thread, and begins to connect both.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] if the pool can't be made. A server that can't be reached is no error: the store
    /// goes on trying.
    pub(crate) fn pair(
        options: &RedisOptions,
        layout: &Layout,
        clock: &Arc<dyn Clock>,
        random: &Arc<dyn Random>,
        changes: &Arc<Changes>,
    ) -> Result<(Self, Self), Error> {
        let process = u64::from_be_bytes(rng::bytes(&**random));
        let heartbeat = format!("{}h1:{process:016x}", layout.prefix);
        let told_untracked = Arc::<AtomicBool>::default();
        let manager = |tracker| Manager {
            options: options.clone(),
            layout: layout.clone(),
            heartbeat: heartbeat.clone(),
            clock: clock.clone(),
            changes: changes.clone(),
            tracker,
            told_untracked: told_untracked.clone(),
        };
        let lanes = |tracker, home, count: usize| {
            let pool = pool(manager(tracker), 2 * count + 2)?;
            let lane = || Lane::new(pool.clone(), clock.clone(), home, options.deadline);
            Ok::<Vec<_>, Error>(std::iter::repeat_with(lane).take(count).collect())
        };
        let tracked = |tracker, home| lanes(Some(tracker), home, 1).map(|mut lanes| lanes.remove(0));
        let calls = lanes(None, Home::Caller, options.lanes.max(1))?;
        let data = Self::of(calls, tracked(Tracker::Calls, Home::Caller)?, random);
        let control = Self::of(Vec::new(), tracked(Tracker::Control, Home::Background)?, random);
        Ok((data, control))
    }

    fn of(lanes: Vec<Arc<Lane>>, tracked: Arc<Lane>, random: &Arc<dyn Random>) -> Self {
        let store = Self { lanes, tracked, random: random.clone() };
        store.all().for_each(Lane::keep);
        store
    }

    /// Makes a store on its own, without a cache around it, and begins to connect.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] if the pool can't be made.
    pub fn connect(options: &RedisOptions, namespace: &str, environment: &str) -> Result<Self, Error> {
        Self::with_changes(options, namespace, environment, BOUND).map(|([data, _], _)| data)
    }

    /// Makes the two stores of a cache without the cache, and begins to connect: for tests of what they tell of
    /// changes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] if the pool can't be made.
    #[doc(hidden)]
    pub fn with_changes(
        options: &RedisOptions,
        namespace: &str,
        environment: &str,
        bound: Duration,
    ) -> Result<([Self; 2], Arc<Changes>), Error> {
        let layout = Layout::new(&Namespace::new(namespace, environment), bound);
        let (clock, random): (Arc<dyn Clock>, Arc<dyn Random>) =
            (Arc::new(SystemClock), Arc::new(SystemRandom));
        let changes = Arc::new(Changes::new(&layout.prefix, 16));
        let (data, control) = Self::pair(options, &layout, &clock, &random, &changes)?;
        Ok(([data, control], changes))
    }

    /// Waits until every lane is connected.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Auth`] and [`ErrorKind::Config`] at once, since waiting doesn't mend them.
    pub async fn ready(&self) -> Result<(), Error> {
        for lane in self.all() {
            let mut changes = lane.changes();
            loop {
                lane.keep();
                match &*lane.state() {
                    State::Up(_) => break,
                    State::Down(error) if !error.is_temporary() => {
                        return Err(Error::new(error.kind(), error.to_string()).with_source(error.clone()));
                    }
                    _ => {}
                }
                // Also a keeper that gives no sign is noticed.
                if let Some(Err(_)) = within(lane.clock.sleep(READY_LOOK), changes.changed()).await {
                    return Err(Error::new(ErrorKind::Closed, "the store was closed"));
                }
            }
        }
        Ok(())
    }

    /// What keeps it from serving at the moment, if anything.
    pub(crate) fn trouble(&self) -> Option<Arc<Error>> {
        self.all().find_map(|lane| match &*lane.state() {
            State::Down(error) => Some(error.clone()),
            State::Starting | State::Up(_) => None,
        })
    }

    /// Whether the server tells this store of changes to what it reads; `false` too while it is not connected. A
    /// server that can't is no trouble, but values are then kept in the process for a staleness bound at most.
    #[doc(hidden)]
    pub fn tracked(&self) -> bool {
        matches!(&*self.tracked.state(), State::Up(link) if link.server.tracker().is_some())
    }

    fn all(&self) -> impl Iterator<Item = &Arc<Lane>> {
        self.lanes.iter().chain([&self.tracked])
    }

    /// One and the same lane for all names of an entry.
    fn lane(&self, names: &Names) -> &Arc<Lane> {
        self.lane_of(names.entry_hash())
    }

    fn lane_of(&self, hash: u64) -> &Arc<Lane> {
        let Some(last) = self.lanes.len().checked_sub(1) else { return &self.tracked };
        &self.lanes[usize::try_from(hash).unwrap_or(0) % (last + 1)]
    }

    async fn send(&self, lane: &Arc<Lane>, request: Request) -> Result<(Value, Arc<Link>), Error> {
        let (outcome, link) = lane.send(request).await?;
        outcome.and_then(Reply::value).map(|value| (value, link)).map_err(|error| match classify(&error) {
            // Told apart from other refusals, because the engine clears what lies there.
            Fault::WrongType => wrong_type(error),
            _ => translate(error),
        })
    }

    /// Runs a script by its digest and, where the server doesn't know it, by its source. It is the same request
    /// in the same words: a server that doesn't know the script has done nothing.
    async fn run(
        &self,
        lane: &Arc<Lane>,
        command: impl Fn(Form) -> Cmd,
    ) -> Result<(Value, Arc<Link>), Error> {
        let (outcome, link) = lane.send(Request::Command(command(Form::Digest))).await?;
        match outcome {
            Err(error) if classify(&error) == Fault::NoScript => {
                self.send(lane, Request::Command(command(Form::Source))).await
            }
            Err(error) if classify(&error) == Fault::WrongType => Err(wrong_type(error)),
            outcome => outcome.and_then(Reply::value).map(|value| (value, link)).map_err(translate),
        }
    }

    async fn ensure_now(&self, names: &Names, token: Token) -> Result<(), Error> {
        let lane = self.lane(names);
        let send = async |command| self.send(lane, Request::Command(command)).await;
        match send(commands::ensure(names, &token)).await {
            Err(error) if error.note() == Note::Foreign => {
                send(commands::remove(&[names.incarnation()])).await?;
                send(commands::ensure(names, &rng::bytes(&*self.random))).await?;
            }
            other => drop(other?),
        }
        Ok(())
    }
}

fn pool(manager: Manager, size: usize) -> Result<Pool, Error> {
    Pool::builder(manager).max_size(size).build().map_err(|error| {
        Error::new(ErrorKind::Config, "the pool of redis connections could not be made").with_source(error)
    })
}

/// The history of the connection over which a request will go.
async fn history(lane: &Arc<Lane>) -> Result<History, Error> {
    let known = lane.link().await?.server.history();
    known.ok_or_else(|| Error::new(ErrorKind::Unavailable, "redis' replication history is not known now"))
}

fn wrong_type(error: redis::RedisError) -> Error {
    Error::new(ErrorKind::Unexpected, "something else than a string lies under a name of the cache")
        .with_source(error)
        .with_note(Note::Foreign)
}

impl Store for RedisStore {
    fn capability(&self) -> Capability {
        Capability::SHARED
    }

    fn read<'a>(&'a self, names: &'a Names, read: Read) -> Answer<'a, Snapshot> {
        let lane = if read.keep { &self.tracked } else { self.lane(names) };
        Box::pin(Reading::new(lane, names, read))
    }

    fn acquire<'a>(&'a self, names: &'a Names, request: AcquireRequest) -> Answer<'a, AcquireReply> {
        Box::pin(async move {
            // Whoever is told to wait is told of the change that ends the wait.
            let history = history(&self.tracked).await?;
            let command = |form| commands::acquire(form, names, &request, history);
            let (value, link) = self.run(&self.tracked, command).await?;
            let reply = replies::acquired(value)?;
            // What another history says of an entry or of somebody's load counts for nothing. A lease does no
            // harm: what is stored under it carries its generation.
            let doubtful = matches!(reply, AcquireReply::Valid | AcquireReply::Busy { .. });
            if doubtful && link.server.history() != Some(history) {
                return Err(Error::new(ErrorKind::Unavailable, "redis' replication history changed"));
            }
            Ok(reply)
        })
    }

    fn store<'a>(&'a self, names: &'a Names, request: StoreRequest) -> Answer<'a, StoreReply> {
        Box::pin(async move {
            let command = |form| commands::store(form, names, &request);
            replies::stored(&self.run(self.lane(names), command).await?.0)
        })
    }

    fn put<'a>(&'a self, names: &'a Names, request: PutRequest) -> Answer<'a, PutReply> {
        Box::pin(async move {
            let history = history(self.lane(names)).await?;
            let command = |form| commands::put(form, names, &request, history);
            replies::put(self.run(self.lane(names), command).await?.0)
        })
    }

    fn renew<'a>(&'a self, names: &'a Names, lease: Lease, keep: Option<Duration>) -> Answer<'a, bool> {
        Box::pin(async move {
            let command = |form| commands::renew(form, names, &lease, keep);
            replies::renewed(&self.run(self.lane(names), command).await?.0)
        })
    }

    fn remove<'a>(&'a self, names: &'a [&'a str]) -> Answer<'a, ()> {
        Box::pin(async move {
            let Some(first) = names.first() else { return Ok(()) };
            let lane = self.lane_of(hash(first.as_bytes()));
            self.send(lane, Request::Command(commands::remove(names))).await.map(drop)
        })
    }

    fn ensure<'a>(&'a self, names: &'a Names, token: Token) -> Answer<'a, ()> {
        Box::pin(self.ensure_now(names, token))
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let homes: Vec<_> = self.all().map(|lane| lane.post.home()).collect();
        f.debug_struct("RedisStore").field("homes", &homes).finish_non_exhaustive()
    }
}
