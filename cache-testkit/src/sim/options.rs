//! How a simulated server is started.

use std::net::{Ipv4Addr, TcpListener};

use crate::ports::free_port;
use crate::seeded_random::SeededRandom;
use crate::sim::machine::{Machine, SimVersion};
use crate::sim::sim_redis::SimRedis;
use crate::virtual_clock::VirtualClock;

/// How a [`SimRedis`] is started.
#[derive(Clone, Debug, Default)]
#[must_use = "options do nothing until `start`"]
pub struct SimRedisOptions {
    version: SimVersion,
    clock: Option<VirtualClock>,
    seed: u64,
}

impl SimRedisOptions {
    /// Chooses the server that is simulated. Default: [`SimVersion::Redis70`].
    pub fn version(mut self, version: SimVersion) -> Self {
        self.version = version;
        self
    }

    /// Lets the server's time be that of a clock. By default it has one of its own.
    pub fn clock(mut self, clock: VirtualClock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Chooses the server's chance, from which its ids follow and what goes when it is out of memory. Default: 0.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Starts the server.
    ///
    /// # Panics
    ///
    /// If the system refuses a thread or a port.
    #[must_use]
    pub fn start(self) -> SimRedis {
        let clock = self.clock.unwrap_or_default();
        let machine = Machine::new(self.version, clock.clone(), SeededRandom::new(self.seed));
        SimRedis::new(machine, clock, listener())
    }
}

fn listener() -> TcpListener {
    // A port that was free a moment ago may be taken by another process's test.
    (0..10)
        .find_map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, free_port())).ok())
        .expect("some port of thousands is free")
}
