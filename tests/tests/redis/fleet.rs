//! No read is older than an acknowledged invalidation: four processes that read, one that writes, and a server that
//! loses keys at random.

use std::io::Read;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cache_core::clock::{Clock, SystemClock};
use cache_testkit::RedisServer;

const READERS: u64 = 4;

/// What all readers counted together.
#[derive(Debug, Default)]
struct Counted {
    reads: u64,
    loads: u64,
    stale: u64,
}

/// Starts a process that is killed if the test fails.
struct Process(Child);

impl Process {
    fn start(role: &str, how: &str, servers: [u16; 2], seed: u64, reads: u64) -> Self {
        let [cache, database] = servers.map(|port| port.to_string());
        let mut command = Command::new(env!("CARGO_BIN_EXE_fleet"));
        command.args([role, how, &cache, &database, &seed.to_string(), &reads.to_string()]);
        Self(command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap())
    }

    fn input(&mut self) -> ChildStdin {
        self.0.stdin.take().unwrap()
    }

    /// Waits until it ends, and reads what it counted.
    fn counted(mut self) -> Counted {
        let mut said = String::new();
        self.0.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        let words: Vec<&str> = said.split_whitespace().collect();
        let ["reads", reads, "loads", loads, "stale", stale] = words[..] else { panic!("it said {said:?}") };
        let number = |word: &str| word.parse().unwrap();
        Counted { reads: number(reads), loads: number(loads), stale: number(stale) }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // One that ended already can't be killed, and is waited for all the same.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Lets the server lose keys: one at random at a time, and others for want of memory.
struct Losses {
    over: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

const LOSE: &str = "local key = redis.call('RANDOMKEY')
    if key then redis.call('UNLINK', key) end
    for i = 1, 3 do redis.call('SET', 'filler:' .. ARGV[1] .. ':' .. i, string.rep('x', 20000), 'PX', 60000) end
    return 1";

impl Losses {
    fn begin(server: &RedisServer) -> Self {
        let (over, client) = (Arc::new(AtomicBool::new(false)), server.client());
        let told = over.clone();
        let thread = std::thread::spawn(move || {
            let mut turn = 0;
            while !told.load(Ordering::Relaxed) {
                turn += 1;
                client.command(&["EVAL", LOSE, "0", &turn.to_string()]);
                pollster::block_on(SystemClock.sleep(Duration::from_millis(2)));
            }
        });
        Self { over, thread: Some(thread) }
    }
}

impl Drop for Losses {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        let ended = self.thread.take().map(std::thread::JoinHandle::join);
        assert!(std::thread::panicking() || matches!(ended, Some(Ok(()))));
    }
}

fn fleet(how: &str, reads: u64) -> Counted {
    let server = RedisServer::options().max_memory("3mb", "allkeys-random").start();
    let database = RedisServer::start();
    let ports = [server.port(), database.port()];
    let mut writer = Process::start("write", how, ports, 100, 0);
    let input = writer.input();
    let losses = Losses::begin(&server);
    let start = |seed| Process::start("read", how, ports, seed, reads / READERS);
    let readers: Vec<_> = (1..=READERS).map(start).collect();
    let mut all = Counted::default();
    for reader in readers {
        let counted = reader.counted();
        all.reads += counted.reads;
        all.loads += counted.loads;
        all.stale += counted.stale;
    }
    drop((losses, input));
    // It ends before the servers do.
    let _ = writer.0.wait();
    let evicted = server.command(&["INFO", "stats"]);
    let evicted = evicted.lines().find_map(|line| line.strip_prefix("evicted_keys:")).unwrap();
    println!("{how}: {all:?}, {} evicted", evicted.trim());
    assert_ne!(evicted.trim(), "0");
    all
}

/// In a million reads, with `CACHE_FLEET_READS` as many as that says.
#[test]
fn no_read_is_older_than_an_acknowledged_invalidation() {
    let reads = std::env::var("CACHE_FLEET_READS").map_or(1_000_000, |reads| reads.parse().unwrap());
    let counted = fleet("cache", reads);
    assert_eq!(counted.stale, 0, "{counted:?}");
    assert!(counted.reads >= reads / READERS * READERS - 64, "{counted:?}");
    assert!(counted.loads * 2 < counted.reads, "hardly anything was cached: {counted:?}");
}

/// The same harness over a cache that is written by hand: that it finds nothing above means something.
#[test]
fn a_cache_that_is_written_by_hand_serves_thousands_of_older_values() {
    // How many it is in one round depends on how the processes get their turns.
    let mut stale = 0;
    for _ in 0..10 {
        stale += fleet("naive", 200_000).stale;
        if stale > 1000 {
            return;
        }
    }
    panic!("only {stale} of 2,000,000 reads were older");
}
