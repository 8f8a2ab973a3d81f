//! The simulated server as tests hold it.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use crate::conformance::Behind;
use crate::redis::RedisClient;
use crate::seeded_random::SeededRandom;
use crate::sim::house::House;
use crate::sim::machine::Machine;
use crate::sim::options::SimRedisOptions;
use crate::sim::thread::Thread;
use crate::virtual_clock::VirtualClock;

/// A Redis server that is simulated in this process, with a [`VirtualClock`]: for tests of what is cached "in Redis"
/// that need no server, let time pass by hand, and break the server as they like.
///
/// It speaks Redis' protocol on a port of this machine, so the cache that is tested is the one that ships. It knows
/// the commands that the cache sends, and some more that tests need; others are unknown to it. It knows the cache's
/// scripts by their digests and no others. It tells clients of changes to what they read (`CLIENT TRACKING`, without
/// BCAST). In all this it is compared with a real server by random sequences of commands.
///
/// What is left out: authentication, transactions, replication to others, blocking, and every type but strings.
///
/// ```
/// use std::time::Duration;
///
/// use cache_testkit::SimRedis;
///
/// let server = SimRedis::start();
/// server.command(&["SET", "greeting", "hello", "PX", "60000"]);
/// assert_eq!(server.command(&["GET", "greeting"]), "hello");
/// server.advance(Duration::from_secs(60));
/// assert_eq!(server.command(&["GET", "greeting"]), "(nil)");
/// ```
#[derive(Debug)]
pub struct SimRedis {
    thread: Thread,
    house: Arc<House>,
    clock: VirtualClock,
    client: RedisClient,
}

impl SimRedis {
    /// Starts a server with a clock of its own.
    ///
    /// # Panics
    ///
    /// If the system refuses a thread or a port.
    #[must_use]
    pub fn start() -> Self {
        Self::options().start()
    }

    /// Begins to say how a server is started.
    pub fn options() -> SimRedisOptions {
        SimRedisOptions::default()
    }

    pub(crate) fn new(machine: Machine, clock: VirtualClock, listener: TcpListener) -> Self {
        let port = listener.local_addr().expect("a listener has an address").port();
        let house = Arc::new(House::new(machine));
        let thread = Thread::start(house.clone(), clock.clone());
        thread.open(listener);
        Self { thread, house, clock, client: RedisClient::new(port) }
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port())
    }

    /// The port on which it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.client.port()
    }

    /// A client for it that other threads can have.
    #[must_use]
    pub fn client(&self) -> RedisClient {
        self.client.clone()
    }

    /// Sends a command, see [`RedisClient::command`].
    ///
    /// # Panics
    ///
    /// If the server is down or stopped, or answers with an error.
    #[track_caller]
    pub fn command<A: AsRef<[u8]>>(&self, words: &[A]) -> String {
        self.client.command(words)
    }

    /// Its clock, for caches whose time is to be the server's.
    #[must_use]
    pub fn clock(&self) -> VirtualClock {
        self.clock.clone()
    }

    /// Lets time pass. What has expired is gone when this returns, and whoever watched it has been told.
    pub fn advance(&self, duration: Duration) {
        self.clock.advance(duration);
        self.house.expire();
    }

    /// Kills it, as a crash does: connections end, new ones are refused. Nothing happens if it is down.
    pub fn kill(&self) {
        self.house.act(|machine| machine.sessions.clear());
        self.thread.shut();
    }

    /// Kills it and starts it again on the same port with its data. Its scripts and settings are gone, and it serves
    /// another replication history, as every server does after a start.
    ///
    /// # Panics
    ///
    /// If somebody else took the port meanwhile.
    pub fn restart(&self) {
        self.restart_as(|_| ());
    }

    /// Kills it and starts it again on the same port without its data.
    ///
    /// # Panics
    ///
    /// If somebody else took the port meanwhile.
    pub fn restart_empty(&self) {
        self.restart_as(Machine::lose_data);
    }

    /// Puts a replica in its place, at the same address, that had not been told of the last `lost` writes of clients:
    /// they are undone, although they were acknowledged, and the history is another one. Returns how many were lost,
    /// since there may have been fewer.
    ///
    /// # Panics
    ///
    /// If somebody else took the port meanwhile.
    pub fn fail_over(&self, lost: usize) -> usize {
        self.restart_as(|machine| machine.data.lose(lost))
    }

    fn restart_as<R>(&self, become_another: impl FnOnce(&mut Machine) -> R) -> R {
        self.kill();
        let became = self.house.act(|machine| {
            machine.restart();
            become_another(machine)
        });
        self.house.go_on();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port()));
        self.thread.open(listener.expect("nobody took the port that was ours"));
        became
    }

    /// Stops it where it is, as a server that hangs: connections stay open, and nothing is answered.
    pub fn stop(&self) {
        self.house.stop();
    }

    /// Lets it go on after [`SimRedis::stop`]: it answers what came meanwhile.
    pub fn cont(&self) {
        self.house.go_on();
    }

    /// Removes everything, as `FLUSHALL` does. Everyone who watches anything is told.
    pub fn flush(&self) {
        self.house.act(|machine| {
            machine.data.begin(true);
            (0..machine.data.databases()).for_each(|database| machine.data.flush(database));
            machine.flushed();
        });
    }

    /// Evicts what lies under some name, which follows from the seed. Returns the name, if there was any.
    pub fn evict_random(&self, seed: u64) -> Option<String> {
        self.house.act(|machine| {
            let (database, name) = machine.victim(&SeededRandom::new(seed), |_| true)?;
            machine.evict(database, &name);
            Some(String::from_utf8_lossy(&name).into_owned())
        })
    }

    /// Forgets who watches some name, which follows from the seed, as a server does whose tracking table is full:
    /// they are told that it changed. Returns the name, if any was watched.
    pub fn forget_watched(&self, seed: u64) -> Option<String> {
        self.house.act(|machine| {
            let name = machine.watched.any(&SeededRandom::new(seed))?;
            machine.changed(&name);
            Some(String::from_utf8_lossy(&name).into_owned())
        })
    }

    /// How many names are watched by clients.
    #[must_use]
    pub fn watched(&self) -> usize {
        self.house.act(|machine| machine.watched.names())
    }
}

impl Behind for SimRedis {
    fn plant(&self, name: &str, bytes: &[u8]) {
        self.command(&[b"SET", name.as_bytes(), bytes]);
    }

    fn exhaust(&self) {
        self.command(&["CONFIG", "SET", "maxmemory", "1"]);
    }
}
