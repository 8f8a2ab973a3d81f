//! The commands of a store, carried out by a server.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use redis::{Cmd, Value};

use crate::clock::{Clock, SystemClock, within};
use crate::error::{Error, ErrorKind, Note};
use crate::key::names::{Names, Namespace};
use crate::protocol::Token;
use crate::rng::{self, Random, SystemRandom};
use crate::store::changes::Changes;
use crate::store::contract::{Answer, Store};
use crate::store::redis::commands::{self, Form};
use crate::store::redis::fault::{Fault, classify, translate};
use crate::store::redis::handshake::Layout;
use crate::store::redis::lane::{Lane, State};
use crate::store::redis::link::Server;
use crate::store::redis::manager::{Manager, Pool};
use crate::store::redis::options::RedisOptions;
use crate::store::redis::post::Home;
use crate::store::redis::replies;
use crate::store::words::{
    AcquireReply, AcquireRequest, Capability, Lease, PutReply, PutRequest, Read, Snapshot, StoreReply,
    StoreRequest,
};

/// How often somebody who waits for a connection looks whether anybody still makes it.
const READY_LOOK: Duration = Duration::from_secs(1);

/// A Redis or Valkey server, standalone.
///
/// A cache has two of them: one for calls, whose connections live on the caller's runtime, and one for
/// everything that must get through although callers block or are gone, on the cache's own thread.
pub struct RedisStore {
    lanes: Vec<Arc<Lane>>,
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
        let _ = changes;
        let manager = Manager::new(options.clone(), layout.clone(), clock.clone());
        let pool = Pool::builder(manager).max_size(4 * options.lanes + 4).build().map_err(|error| {
            Error::new(ErrorKind::Config, "the pool of redis connections could not be made")
                .with_source(error)
        })?;
        let make = |home, lanes: usize| {
            let lane = || Lane::new(pool.clone(), clock.clone(), home, options.deadline);
            let lanes: Vec<_> = std::iter::repeat_with(lane).take(lanes.max(1)).collect();
            lanes.iter().for_each(Lane::keep);
            Self { lanes, random: random.clone() }
        };
        Ok((make(Home::Caller, options.lanes), make(Home::Background, 1)))
    }

    /// Makes a store on its own, without a cache around it, and begins to connect.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] if the pool can't be made.
    pub fn connect(options: &RedisOptions, namespace: &str, environment: &str) -> Result<Self, Error> {
        let name = Namespace::new(namespace, environment).layout();
        let layout = Layout { name, value: "1;1;2000".to_owned() };
        let (clock, random): (Arc<dyn Clock>, Arc<dyn Random>) =
            (Arc::new(SystemClock), Arc::new(SystemRandom));
        let changes =
            Arc::new(Changes::new(&layout.name[..layout.name.len() - "layout".len()], 10, clock.now()));
        Self::pair(options, &layout, &clock, &random, &changes).map(|(data, _)| data)
    }

    /// Waits until every lane is connected.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Auth`] and [`ErrorKind::Config`] at once, since waiting doesn't mend them.
    pub async fn ready(&self) -> Result<(), Error> {
        for lane in &self.lanes {
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
        self.lanes.iter().find_map(|lane| match &*lane.state() {
            State::Down(error) => Some(error.clone()),
            State::Starting | State::Up(_) => None,
        })
    }

    /// One and the same lane for all names of an entry.
    fn lane(&self, name: &str) -> &Arc<Lane> {
        let hash = twox_hash::XxHash3_64::oneshot(name.as_bytes());
        &self.lanes[usize::try_from(hash % self.lanes.len() as u64).expect("it is less than a length")]
    }

    async fn send(&self, name: &str, command: Cmd) -> Result<(Value, Arc<Server>), Error> {
        let (outcome, server) = self.lane(name).send(command).await?;
        outcome.map(|value| (value, server)).map_err(|error| match classify(&error) {
            // Told apart from other refusals, because the engine clears what lies there.
            Fault::WrongType => wrong_type(error),
            _ => translate(error),
        })
    }

    /// Runs a script by its digest and, where the server doesn't know it, by its source. It is the same request
    /// in the same words: a server that doesn't know the script has done nothing.
    async fn run(&self, name: &str, command: impl Fn(Form) -> Cmd) -> Result<(Value, Arc<Server>), Error> {
        let (outcome, server) = self.lane(name).send(command(Form::Digest)).await?;
        match outcome {
            Err(error) if classify(&error) == Fault::NoScript => self.send(name, command(Form::Source)).await,
            Err(error) if classify(&error) == Fault::WrongType => Err(wrong_type(error)),
            outcome => outcome.map(|value| (value, server)).map_err(translate),
        }
    }

    /// The history of the connection over which requests about this entry go.
    fn history(&self, name: &str) -> Option<crate::protocol::History> {
        match &*self.lane(name).state() {
            State::Up(link) => link.server.history(),
            State::Starting | State::Down(_) => None,
        }
    }

    async fn ensure_now(&self, names: &Names, token: Token) -> Result<(), Error> {
        let ensured = self.send(names.entry(), commands::ensure(names, &token)).await;
        match ensured {
            Err(error) if error.note() == Note::Foreign => {
                self.send(names.entry(), commands::remove(&[names.incarnation()])).await?;
                self.send(names.entry(), commands::ensure(names, &rng::bytes(&*self.random))).await?;
            }
            other => {
                other?;
            }
        }
        Ok(())
    }
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
        Box::pin(async move {
            let lane = self.lane(names.entry());
            let (value, server) = self.send(names.entry(), commands::read(names, read.lease)).await?;
            // Asked for after the reply: a push that came before it has been taken into account.
            let mut snapshot = replies::snapshot(value, read.lease)?;
            snapshot.history = server.history();
            snapshot.now = server.time(lane.clock.now());
            Ok(snapshot)
        })
    }

    fn acquire<'a>(&'a self, names: &'a Names, request: AcquireRequest) -> Answer<'a, AcquireReply> {
        Box::pin(async move {
            let Some(history) = self.history(names.entry()) else {
                return Err(Error::new(
                    ErrorKind::Unavailable,
                    "redis' replication history is not known now",
                ));
            };
            let command = |form| commands::acquire(form, names, &request, history);
            let (value, server) = self.run(names.entry(), command).await?;
            let reply = replies::acquired(value)?;
            // What another history says of an entry or of somebody's load counts for nothing. A lease does no
            // harm: what is stored under it carries its generation.
            let doubtful = matches!(reply, AcquireReply::Valid | AcquireReply::Busy { .. });
            if doubtful && server.history() != Some(history) {
                return Err(Error::new(ErrorKind::Unavailable, "redis' replication history changed"));
            }
            Ok(reply)
        })
    }

    fn store<'a>(&'a self, names: &'a Names, request: StoreRequest) -> Answer<'a, StoreReply> {
        Box::pin(async move {
            let command = |form| commands::store(form, names, &request);
            replies::stored(&self.run(names.entry(), command).await?.0)
        })
    }

    fn put<'a>(&'a self, names: &'a Names, request: PutRequest) -> Answer<'a, PutReply> {
        Box::pin(async move {
            let Some(history) = self.history(names.entry()) else {
                return Err(Error::new(
                    ErrorKind::Unavailable,
                    "redis' replication history is not known now",
                ));
            };
            let command = |form| commands::put(form, names, &request, history);
            replies::put(self.run(names.entry(), command).await?.0)
        })
    }

    fn renew<'a>(&'a self, names: &'a Names, lease: Lease, keep: Option<Duration>) -> Answer<'a, bool> {
        Box::pin(async move {
            let command = |form| commands::renew(form, names, &lease, keep);
            replies::renewed(&self.run(names.entry(), command).await?.0)
        })
    }

    fn remove<'a>(&'a self, names: &'a [&'a str]) -> Answer<'a, ()> {
        Box::pin(async move {
            let Some(first) = names.first() else { return Ok(()) };
            self.send(first, commands::remove(names)).await.map(|_| ())
        })
    }

    fn ensure<'a>(&'a self, names: &'a Names, token: Token) -> Answer<'a, ()> {
        Box::pin(self.ensure_now(names, token))
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let homes: Vec<_> = self.lanes.iter().map(|lane| lane.post.home()).collect();
        f.debug_struct("RedisStore").field("homes", &homes).finish_non_exhaustive()
    }
}
