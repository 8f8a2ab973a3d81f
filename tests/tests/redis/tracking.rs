//! What the process is told of changes to what it read and may keep.

use std::sync::Arc;
use std::time::Duration;

use cache_core::ErrorKind;
use cache_core::clock::{Clock, SystemClock};
use cache_core::store::redis::{RedisOptions, RedisStore};
use cache_core::store::{AcquireReply, AcquireRequest, Changes, Names, Read, Snapshot, Store, Tracker};
use cache_testkit::RedisServer;

use crate::support::{eventually, in_time, on_a_thread};

const BOUND: Duration = Duration::from_millis(400);
const KEEP: Read = read(true);

const fn read(keep: bool) -> Read {
    Read { lease: false, keep }
}

/// The two stores of a cache, and what they are told.
struct Watched {
    data: RedisStore,
    control: RedisStore,
    changes: Arc<Changes>,
}

impl Watched {
    async fn over(server: &RedisServer) -> Self {
        let options = RedisOptions::parse(&server.url()).unwrap();
        let ([data, control], changes) = RedisStore::with_changes(&options, "n", "e", BOUND).unwrap();
        for store in [&data, &control] {
            in_time(store.ready()).await.unwrap();
        }
        Self { data, control, changes }
    }

    fn stores(&self) -> [(&RedisStore, Tracker); 2] {
        [(&self.data, Tracker::Calls), (&self.control, Tracker::Control)]
    }

    fn hold(&self) -> [bool; 2] {
        [Tracker::Calls, Tracker::Control].map(|tracker| self.changes.holds(tracker, SystemClock.now()))
    }

    async fn all_hold(&self) {
        eventually("heartbeats are answered", async || self.hold() == [true, true]).await;
    }

    /// Reads something over each tracked connection: all that was told before has arrived then.
    async fn barrier(&self) {
        for (store, _) in self.stores() {
            store.read(&names("another"), KEEP).await.unwrap();
        }
    }
}

fn names(address: &str) -> Names {
    Names::for_tests("n:e", address, &["menu", "t1"])
}

/// Writes something under all names of an entry.
fn write(server: &RedisServer, names: &Names) {
    let all = [names.entry(), names.incarnation()].into_iter().chain(names.stamps());
    all.for_each(|name| drop(server.command(&["SET", name, "1"])));
}

#[tokio::test]
async fn whatever_happens_to_what_was_read_is_told_before_a_later_answer() {
    let server = RedisServer::start();
    let (watched, names) = (Watched::over(&server).await, names("1"));
    let all: Vec<&str> = [names.entry(), names.incarnation()].into_iter().chain(names.stamps()).collect();
    for (store, tracker) in watched.stores() {
        for name in &all {
            for change in
                [&["SET", name, "1"][..], &["UNLINK", name], &["PEXPIRE", name, "90000"], &["FLUSHALL"]]
            {
                write(&server, &names);
                let ticket = watched.changes.ticket_of(&names);
                let snapshot = store.read(&names, KEEP).await.unwrap();
                // A flush puts the history in doubt, and it is asked for again; that is another test's matter.
                assert_eq!(snapshot.tracker, Some(tracker));
                watched.barrier().await;
                let read = watched.changes.ticket_of(&names);
                server.command(change);
                store.read(&self::names("another"), KEEP).await.unwrap();
                let after = watched.changes.ticket_of(&names);
                assert_ne!(after, read, "{change:?} over {tracker:?}, which began at {ticket}");
            }
        }
    }
}

#[tokio::test]
async fn what_was_read_and_is_not_kept_is_not_told() {
    let server = RedisServer::start();
    let (watched, names) = (Watched::over(&server).await, names("1"));
    write(&server, &names);
    watched.barrier().await;
    let remembered = || {
        let stats = server.command(&["INFO", "stats"]);
        stats.lines().find(|line| line.starts_with("tracking_total_keys:")).unwrap().to_owned()
    };
    let before = remembered();
    let snapshot = watched.data.read(&names, read(false)).await.unwrap();
    assert_eq!(snapshot.tracker, None);
    assert_eq!(remembered(), before, "it takes no memory of the server");
    let ticket = watched.changes.ticket_of(&names);
    server.command(&["SET", names.entry(), "2"]);
    watched.barrier().await;
    assert_eq!(watched.changes.ticket_of(&names), ticket);
}

#[tokio::test]
async fn whoever_asks_for_a_lease_is_told_of_the_entry() {
    let server = RedisServer::start();
    let (watched, names) = (Watched::over(&server).await, names("1"));
    watched.data.ensure(&names, [1; 16]).await.unwrap();
    let lease = Duration::from_secs(60);
    let request = AcquireRequest { token: [2; 16], lease, stamp_ttl: lease, refused: None };
    let reply = watched.data.acquire(&names, request).await.unwrap();
    assert!(matches!(reply, AcquireReply::Granted(_)), "{reply:?}");
    for name in [names.entry()].into_iter().chain(names.stamps()) {
        watched.barrier().await;
        let ticket = watched.changes.ticket_of(&names);
        server.command(&["SET", name, "2"]);
        watched.barrier().await;
        assert_ne!(watched.changes.ticket_of(&names), ticket, "{name}");
    }
}

#[tokio::test]
async fn expiry_and_eviction_are_told() {
    let server = RedisServer::options().max_memory("100mb", "allkeys-lru").start();
    let (watched, names) = (Watched::over(&server).await, names("1"));
    server.command(&["SET", names.entry(), "1", "PX", "50"]);
    let ticket = watched.changes.ticket_of(&names);
    watched.data.read(&names, KEEP).await.unwrap();
    eventually("the expiry is told", async || watched.changes.ticket_of(&names) != ticket).await;

    server.command(&["SET", names.entry(), "1"]);
    watched.data.read(&names, KEEP).await.unwrap();
    watched.barrier().await;
    let ticket = watched.changes.ticket_of(&names);
    server.command(&["CONFIG", "SET", "maxmemory", "1"]);
    // Everything is evicted, and it is still too much.
    server.client().try_command(&["SET", "other", "1"]).unwrap_err();
    watched.barrier().await;
    assert_ne!(watched.changes.ticket_of(&names), ticket);
}

#[tokio::test]
async fn a_server_that_is_stopped_is_trusted_for_the_bound_and_no_longer() {
    let server = RedisServer::start();
    let watched = Watched::over(&server).await;
    for _ in 0..2 {
        watched.all_hold().await;
        server.stop();
        SystemClock.sleep(BOUND).await;
        assert_eq!(watched.hold(), [false, false]);
        server.cont();
        watched.all_hold().await;
    }
}

#[tokio::test]
async fn heartbeats_go_on_while_nobody_calls() {
    let server = RedisServer::start();
    let watched = Watched::over(&server).await;
    watched.all_hold().await;
    let until = SystemClock.now() + BOUND * 4;
    while SystemClock.now() < until {
        assert_eq!(watched.hold(), [true, true]);
        SystemClock.sleep(BOUND / 8).await;
    }
}

#[tokio::test]
async fn a_server_that_is_killed_is_trusted_no_more() {
    let server = RedisServer::start();
    let (watched, names) = (Watched::over(&server).await, names("1"));
    watched.all_hold().await;
    let ticket = watched.changes.ticket_of(&names);
    server.kill();
    eventually("it is noticed", async || {
        watched.hold() == [false, false] && watched.changes.ticket_of(&names) != ticket
    })
    .await;
    assert!(!watched.data.tracked() && !watched.control.tracked());
    watched.data.read(&names, KEEP).await.unwrap_err();
    server.restart();
    watched.all_hold().await;
    assert!(watched.data.tracked() && watched.control.tracked());
}

#[tokio::test]
async fn a_tracked_connection_that_is_cut_vouches_for_nothing_that_was_read_over_it() {
    let server = RedisServer::start();
    let (watched, names) = (Watched::over(&server).await, names("1"));
    write(&server, &names);
    for round in 0..3 {
        watched.all_hold().await;
        let kept = eventually_kept(&watched, &names).await;
        assert_eq!(watched.changes.ticket_of(&names), kept, "round {round}");
        server.command(&["CLIENT", "KILL", "TYPE", "normal"]);
        // Nobody tells this process of it.
        server.command(&["SET", names.entry(), "2"]);
        eventually("it is noticed", async || watched.changes.ticket_of(&names) != kept).await;
    }
}

/// Reads what may be kept, and returns its ticket.
async fn eventually_kept(watched: &Watched, names: &Names) -> u64 {
    let mut kept = None;
    eventually("a value may be kept", async || {
        let ticket = watched.changes.ticket_of(names);
        let snapshot = watched.data.read(names, KEEP).await;
        let tracked = snapshot.is_ok_and(|Snapshot { tracker, .. }| tracker == Some(Tracker::Calls));
        kept = tracked.then_some(ticket);
        tracked
    })
    .await;
    kept.unwrap()
}

#[tokio::test]
async fn a_heartbeat_leaves_one_name_in_a_server_which_expires() {
    let server = RedisServer::start();
    let watched = Watched::over(&server).await;
    watched.all_hold().await;
    let written = server.command(&["KEYS", "n:e:h1:*"]);
    assert_eq!(written.lines().count(), 1, "{written}");
    assert_eq!(written.len(), "n:e:h1:".len() + 16, "{written}");
    let ttl: i64 = server.command(&["PTTL", &written]).parse().unwrap();
    assert!((1..=10_000).contains(&ttl), "{ttl}");
}

#[tokio::test]
async fn a_server_that_refuses_writes_is_trusted_where_it_is_fit_to_serve() {
    let server = RedisServer::start();
    let watched = Watched::over(&server).await;
    watched.all_hold().await;
    // It may have been cut off, and replaced.
    server.command(&["CONFIG", "SET", "min-replicas-to-write", "1"]);
    eventually("it is trusted no more", async || watched.hold() == [false, false]).await;
    assert!(watched.data.tracked(), "the connection is in order");
    server.command(&["CONFIG", "SET", "min-replicas-to-write", "0"]);
    watched.all_hold().await;

    server.command(&["CONFIG", "SET", "maxmemory", "1"]);
    let until = SystemClock.now() + BOUND * 3;
    while SystemClock.now() < until {
        assert_eq!(watched.hold(), [true, true]);
        SystemClock.sleep(BOUND / 8).await;
    }
}

#[tokio::test]
async fn a_server_that_changes_its_history_is_asked_anew() {
    let server = RedisServer::start();
    let (watched, names) = (Watched::over(&server).await, names("1"));
    watched.all_hold().await;
    let ticket = watched.changes.ticket_of(&names);
    let before = watched.data.read(&names, KEEP).await.unwrap().history.unwrap();
    // Whoever was a replica begins a history of its own.
    server.command(&["REPLICAOF", "127.0.0.1", "1"]);
    server.command(&["REPLICAOF", "NO", "ONE"]);
    eventually("it is noticed", async || watched.changes.ticket_of(&names) != ticket).await;
    watched.all_hold().await;
    eventually("the new history is known", async || {
        let after = watched.data.read(&names, KEEP).await;
        after.is_ok_and(|after| after.history.is_some_and(|history| history != before))
    })
    .await;
}

#[tokio::test]
async fn a_layout_that_changes_while_the_process_runs_is_a_setting_to_correct() {
    let server = RedisServer::start();
    let watched = Watched::over(&server).await;
    server.command(&["SET", "n:e:layout", "1;128;400"]);
    for (store, tracker) in watched.stores() {
        eventually("it is noticed", async || {
            in_time(store.ready()).await.is_err_and(|error| error.kind() == ErrorKind::Config)
        })
        .await;
        assert!(!watched.changes.holds(tracker, SystemClock.now()));
    }
    server.command(&["SET", "n:e:layout", "1;1;400"]);
    watched.all_hold().await;
}

#[tokio::test]
async fn a_server_without_tracking_serves_and_vouches_for_nothing() {
    let server = RedisServer::options().config("rename-command", "CLIENT HIDDEN").start();
    let (watched, names) = (Watched::over(&server).await, names("1"));
    for (store, _) in watched.stores() {
        assert!(!store.tracked());
        let snapshot = store.read(&names, KEEP).await.unwrap();
        assert_eq!(snapshot.tracker, None);
        assert!(snapshot.history.is_some());
    }
    SystemClock.sleep(BOUND).await;
    assert_eq!(watched.hold(), [false, false]);
}

/// Nobody reads what the server tells on a runtime that nobody runs. Heartbeats over the connection that takes its
/// place must not vouch for what was read over the first.
#[test]
fn a_connection_that_is_replaced_vouches_for_nothing() {
    on_a_thread(|| {
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (server, names, idle) = (RedisServer::start(), names("1"), runtime());
        write(&server, &names);
        let (watched, kept) = idle.block_on(async {
            let watched = Watched::over(&server).await;
            let kept = eventually_kept(&watched, &names).await;
            (watched, kept)
        });
        // `idle` is alive and its tasks are never polled again.
        runtime().block_on(async {
            server.command(&["SET", names.entry(), "2"]);
            eventually("the first one's heartbeats end", async || !watched.hold()[0]).await;
            eventually("another connection vouches", async || {
                in_time(watched.data.ready()).await.unwrap();
                watched.data.tracked() && watched.hold() == [true, true]
            })
            .await;
            assert_ne!(watched.changes.ticket_of(&names), kept);
        });
    });
}
