//! What a server has in its memory.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use cache_core::clock::Clock;

use crate::seeded_random::SeededRandom;
use crate::sim::machine::keyspace::Keyspace;
use crate::sim::machine::replication::{Replication, id};
use crate::sim::machine::session::{Change, Session, Tracking};
use crate::sim::machine::settings::Settings;
use crate::sim::machine::watched::Watched;
use crate::virtual_clock::VirtualClock;

/// The server that is simulated: what clients see of one depends on it in places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SimVersion {
    /// Redis 7.0: it tells clients of all names that were given to a script that read any of them.
    #[default]
    Redis70,
    /// Valkey 9.1: it tells clients of the names that a script really read, as Redis does since 7.2.
    Valkey91,
}

/// A server without sockets: commands go in, replies and pushes come out.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) version: SimVersion,
    pub(crate) clock: VirtualClock,
    pub(crate) random: SeededRandom,
    pub(crate) data: Keyspace,
    pub(crate) watched: Watched,
    pub(crate) sessions: BTreeMap<u64, Session>,
    /// The scripts that clients made known, by name.
    pub(crate) scripts: BTreeSet<&'static str>,
    pub(crate) settings: Settings,
    pub(crate) replication: Replication,
    pub(crate) counts: Counts,
    /// Of this start of the server.
    pub(crate) run_id: String,
    pub(super) started: SystemTime,
    pub(super) running: Option<Running>,
    /// What the client whose command runs is told of after the reply.
    pub(super) pending: Vec<Change>,
    last_session: u64,
}

/// What is under way.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) client: u64,
    /// Whether its command has begun: then what it is told of comes after the reply.
    pub(crate) begun: bool,
    /// The names that were given to the script that runs.
    pub(crate) declared: Option<Vec<Vec<u8>>>,
    /// Whether there was too little memory before it.
    pub(crate) out_of_memory: bool,
}

/// What `INFO` counts.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) commands: u64,
    pub(crate) expired: u64,
    pub(crate) evicted: u64,
}

impl Machine {
    pub(crate) fn new(version: SimVersion, clock: VirtualClock, random: SeededRandom) -> Self {
        Self {
            version,
            started: clock.wall(),
            clock,
            data: Keyspace::default(),
            watched: Watched::default(),
            sessions: BTreeMap::new(),
            scripts: BTreeSet::new(),
            settings: Settings::default(),
            replication: Replication::new(&random),
            counts: Counts::default(),
            run_id: id(&random),
            random,
            running: None,
            pending: Vec::new(),
            last_session: 0,
        }
    }

    /// The time since the beginning of the Unix era.
    pub(crate) fn time(&self) -> Duration {
        self.clock.wall().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
    }

    /// The same in milliseconds.
    pub(crate) fn millis(&self) -> u64 {
        u64::try_from(self.time().as_millis()).unwrap_or(u64::MAX)
    }

    pub(crate) fn uptime(&self) -> Duration {
        self.clock.wall().duration_since(self.started).unwrap_or_default()
    }

    /// A client connects. Returns its id.
    pub(crate) fn connect(&mut self) -> u64 {
        self.last_session += 1;
        self.sessions.insert(self.last_session, Session::default());
        self.last_session
    }

    /// A client is gone. What it is to be told of is forgotten when it would be told.
    pub(crate) fn disconnect(&mut self, client: u64) {
        self.sessions.remove(&client);
    }

    /// What there is for a client; `None` if its connection has ended and it has been given everything.
    pub(crate) fn output(&mut self, client: u64) -> Option<Vec<u8>> {
        let session = self.sessions.get_mut(&client)?;
        let output = session.take_output();
        if session.ended && output.is_empty() {
            self.sessions.remove(&client);
            return None;
        }
        Some(output)
    }

    /// The clients for which there is something.
    pub(crate) fn has_output(&self) -> impl Iterator<Item = u64> {
        self.sessions.iter().filter(|(_, session)| session.has_output()).map(|(client, _)| *client)
    }

    /// It is started again: its clients, its scripts and its settings are gone, and a history begins.
    pub(crate) fn restart(&mut self) {
        self.sessions.clear();
        self.watched.clear();
        self.scripts.clear();
        self.settings = Settings::default();
        self.counts = Counts::default();
        self.run_id = id(&self.random);
        self.started = self.clock.wall();
        self.replication.shift(&self.random);
    }

    /// Its data are gone, as those of a server that keeps none over a restart.
    pub(crate) fn lose_data(&mut self) {
        self.data = Keyspace::default();
        self.replication = Replication::new(&self.random);
    }

    /// How a client is told of changes, if at all.
    pub(crate) fn tracking_of(&mut self, client: u64) -> Option<&mut Tracking> {
        self.sessions.get_mut(&client)?.tracking.as_mut()
    }

    /// Ends a client's connection.
    pub(crate) fn end(&mut self, client: u64) {
        if let Some(session) = self.sessions.get_mut(&client) {
            session.end();
        }
    }

    /// Says which names were given to the script that runs.
    pub(crate) fn declare(&mut self, names: Option<Vec<Vec<u8>>>) {
        if let Some(running) = &mut self.running {
            running.declared = names;
        }
    }
}
