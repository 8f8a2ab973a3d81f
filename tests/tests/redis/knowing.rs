//! What a connection knows it does not ask for, and it knows nothing that has changed.

use cache_core::store::redis::{RedisOptions, RedisStore};
use cache_core::store::{Names, Read, Snapshot, Store};
use cache_core::value::envelope::{EntryId, ServerTime, assemble, prefix};
use cache_testkit::{RedisClient, RedisServer};

use crate::support::{PATIENCE, eventually, in_time};

const KINDS: [Read; 4] = [
    Read { lease: false, keep: false },
    Read { lease: true, keep: false },
    Read { lease: false, keep: true },
    Read { lease: true, keep: true },
];

fn names(address: &str) -> Names {
    Names::for_tests("n:e", address, &["menu", "t1"])
}

fn id() -> EntryId {
    EntryId::peek(&[7; 12]).unwrap()
}

struct Fixture {
    server: RedisServer,
    store: RedisStore,
}

impl Fixture {
    async fn over(server: RedisServer, url: &str) -> Self {
        let options = RedisOptions::parse(url).unwrap().deadline(PATIENCE / 3);
        let store = RedisStore::connect(&options, "n", "e").unwrap();
        in_time(store.ready()).await.unwrap();
        let fixture = Self { server, store };
        fixture.write();
        fixture
    }

    async fn new() -> Self {
        let server = RedisServer::start();
        let url = server.url();
        Self::over(server, &url).await
    }

    fn write(&self) {
        self.server.command(&[&b"SET"[..], b"n:e:i1", &[1; 28]]);
        for group in ["menu", "t1"] {
            self.server.command(&[b"SET", format!("n:e:s1:{group}").as_bytes(), &[2; 12]]);
        }
        let entry = assemble(prefix(0, 3, id()), &[1; 36], ServerTime::default(), b"value");
        self.server.command(&[b"SET", names("1").entry().as_bytes(), &entry]);
    }

    async fn read(&self, read: Read) -> Snapshot {
        in_time(self.store.read(&names("1"), read)).await.unwrap()
    }

    /// Reads until everything that can be known over the connection is.
    async fn knows(&self, read: Read) {
        for _ in 0..3 {
            assert_whole(&self.read(read).await);
        }
    }

    /// Reads so that the server is asked for that many names; a regular look may ask for one more at the same time.
    async fn asks_for(&self, count: u64, read: Read) {
        let mut asked = Vec::new();
        while asked.len() < 3 && !asked.contains(&count) {
            asked.push(self.asked(async { assert_whole(&self.read(read).await) }).await);
        }
        assert!(asked.contains(&count), "{asked:?} instead of {count} for {read:?}");
    }

    /// How many names the server was asked for by what is done here.
    async fn asked(&self, done: impl Future<Output = ()>) -> u64 {
        let hits = || {
            let stats = self.server.command(&["INFO", "stats"]);
            let count =
                |name: &str| stats.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
            count("keyspace_hits:").unwrap_or(0_u64) + count("keyspace_misses:").unwrap_or(0)
        };
        let before = hits();
        done.await;
        hits() - before
    }
}

#[track_caller]
fn assert_whole(snapshot: &Snapshot) {
    assert_eq!(snapshot.entry.as_ref().map(|entry| entry.id), Some(id()));
    assert!(snapshot.incarnation.is_some(), "{snapshot:?}");
    assert!(snapshot.stamps.iter().all(Option::is_some) && snapshot.stamps.len() == 2, "{snapshot:?}");
}

#[tokio::test]
async fn what_is_known_is_not_asked_for() {
    let fixture = Fixture::new().await;
    for read in KINDS {
        fixture.knows(read).await;
        fixture.asks_for(1 + u64::from(read.lease), read).await;
    }
}

/// Most stamps of users are asked for once: the server need not remember them.
#[tokio::test]
async fn the_server_remembers_nothing_that_was_read_once_and_is_not_kept() {
    let fixture = Fixture::new().await;
    let remembered = || {
        let stats =
            fixture.server.command(&["INFO", "clients"]) + &fixture.server.command(&["INFO", "stats"]);
        stats.lines().find_map(|line| line.strip_prefix("tracking_total_keys:")).unwrap().trim().to_owned()
    };
    let read = Read { lease: false, keep: false };
    fixture.knows(read).await;
    let before = remembered();
    for user in 0..500 {
        let names = Names::for_tests("n:e", "1", &["menu", &format!("user{user}")]);
        in_time(fixture.store.read(&names, read)).await.unwrap();
    }
    assert_eq!(remembered(), before);
}

#[tokio::test]
async fn each_change_is_seen_by_the_next_read() {
    let fixture = Fixture::new().await;
    for read in KINDS {
        fixture.knows(read).await;
        for (place, name) in ["n:e:i1", "n:e:s1:menu", "n:e:s1:t1"].iter().enumerate() {
            for change in ["UNLINK", "EXPIRE", "SET"] {
                let other = if place == 0 { [9; 28].to_vec() } else { [9; 12].to_vec() };
                match change {
                    "UNLINK" => fixture.server.command(&["UNLINK", name]),
                    "EXPIRE" => fixture.server.command(&["PEXPIRE", name, "0"]),
                    _ => fixture.server.command(&[&b"SET"[..], name.as_bytes(), &other]),
                };
                let seen = fixture.read(read).await;
                let incarnation = seen.incarnation.map(|incarnation| incarnation.nonce.0);
                let stamps = seen.stamps.iter().map(|stamp| stamp.map(|stamp| stamp.0));
                let words: Vec<_> = std::iter::once(incarnation).chain(stamps).collect();
                let expected = (change == "SET").then_some([9; 12]);
                assert_eq!(words[place], expected, "{read:?} {name} {change}");
                assert!((0..3).filter(|other| *other != place).all(|other| words[other].is_some()));
                fixture.write();
                fixture.knows(read).await;
            }
        }
        fixture.server.command(&["FLUSHALL"]);
        let seen = fixture.read(read).await;
        assert!(seen.incarnation.is_none() && seen.stamps.iter().all(Option::is_none), "{read:?}");
        assert!(seen.entry.is_none());
        fixture.write();
    }
}

/// A server that is busy with a script may lose what it has to tell.
#[tokio::test]
async fn nothing_is_known_after_the_server_was_busy() {
    let fixture = Fixture::new().await;
    fixture.server.command(&["CONFIG", "SET", "lua-time-limit", "1"]);
    for read in KINDS {
        fixture.knows(read).await;
        let client = RedisClient::new(fixture.server.port());
        let script = std::thread::spawn(move || client.try_command(&["EVAL", "while true do end", "0"]));
        eventually("a read is refused", async || fixture.store.read(&names("1"), read).await.is_err()).await;
        fixture.server.command(&["SCRIPT", "KILL"]);
        drop(script.join().unwrap());
        let reads = eventually("it reads", async || fixture.store.read(&names("1"), read).await.is_ok());
        let asked = fixture.asked(reads).await;
        assert!(asked >= 4 + u64::from(read.lease), "{read:?}: {asked}");
    }
}

/// A read that nobody waits for any more is refused for that reason, too.
#[tokio::test]
async fn nothing_is_known_after_the_server_was_too_busy_for_a_read_that_was_dropped() {
    let fixture = Fixture::new().await;
    fixture.server.command(&["CONFIG", "SET", "lua-time-limit", "1"]);
    let read = KINDS[0];
    fixture.knows(read).await;
    let client = || RedisClient::new(fixture.server.port());
    let looping = client();
    let script = std::thread::spawn(move || looping.try_command(&["EVAL", "while true do end", "0"]));
    eventually("it is busy", async || client().try_command(&["PING"]).is_err()).await;
    let names = names("1");
    tokio::select! {
        biased;
        _ = fixture.store.read(&names, read) => panic!("nobody has read the answer"),
        () = std::future::ready(()) => {}
    }
    fixture.server.command(&["SCRIPT", "KILL"]);
    drop(script.join().unwrap());
    let asked = fixture.asked(async { assert_whole(&fixture.read(read).await) }).await;
    assert!(asked >= 4, "{asked}");
}

#[tokio::test]
async fn a_server_that_refuses_to_tell_on_request_is_asked_for_everything() {
    let server = RedisServer::start();
    server.command(&["ACL", "SETUSER", "app", "on", ">secret", "~*", "+@all", "-client", "+client|tracking"]);
    let url = server.url().replacen("redis://", "redis://app:secret@", 1);
    let fixture = Fixture::over(server, &url).await;
    let read = KINDS[0];
    fixture.knows(read).await;
    for _ in 0..3 {
        fixture.asks_for(4, read).await;
    }
}
