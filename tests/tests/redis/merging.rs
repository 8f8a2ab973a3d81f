//! Reads that are under way at the same moment share requests, and each sees what it would have seen alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cache_core::ErrorKind;
use cache_core::clock::{Clock, SystemClock};
use cache_core::store::redis::{RedisOptions, RedisStore};
use cache_core::store::{Names, Nonce, Read, Snapshot, Store};
use cache_core::value::envelope::{EntryId, ServerTime, assemble, prefix};
use cache_testkit::RedisServer;
use tokio::task::{JoinHandle, JoinSet};

use crate::support::{PATIENCE, eventually, in_time, on_a_thread};

const DEADLINE: Duration = Duration::from_secs(10);

async fn store(server: &RedisServer, deadline: Duration) -> Arc<RedisStore> {
    let options = RedisOptions::parse(&server.url()).unwrap().deadline(deadline);
    let store = RedisStore::connect(&options, "n", "e").unwrap();
    in_time(store.ready()).await.unwrap();
    Arc::new(store)
}

/// The names of the entry with a number, which shares a group with every other one and another with some.
fn names(number: u8) -> Names {
    Names::for_tests("n:e", &number.to_string(), &["menu", &format!("t{}", number % 5)])
}

fn id(number: u8) -> EntryId {
    EntryId::peek(&[number; 12]).unwrap()
}

fn nonce(number: u8) -> [u8; 12] {
    [number; 12]
}

/// Writes entries, each with its number as id, and the stamps of their groups.
fn write(server: &RedisServer, numbers: std::ops::Range<u8>) {
    server.command(&[&b"SET"[..], b"n:e:i1", &[201; 28]]);
    server.command(&[&b"SET"[..], b"n:e:s1:menu", &nonce(200)]);
    for number in 0..5 {
        let stamp = format!("n:e:s1:t{number}");
        server.command(&[b"SET", stamp.as_bytes(), &nonce(100 + number)]);
    }
    for number in numbers {
        let prefix = prefix(0, 1, id(number));
        let entry = assemble(prefix, &nonce(number), ServerTime::default(), b"value");
        server.command(&[b"SET", names(number).entry().as_bytes(), &entry]);
    }
}

#[track_caller]
fn assert_is(snapshot: &Snapshot, number: u8) {
    assert_eq!(snapshot.entry.as_ref().unwrap().id, id(number));
    let stamps = [Some(Nonce(nonce(200))), Some(Nonce(nonce(100 + number % 5)))];
    assert_eq!(snapshot.stamps.as_slice(), stamps);
    assert!(snapshot.history.is_some() && snapshot.now.is_some());
}

fn read(store: &Arc<RedisStore>, number: u8, read: Read) -> impl Future<Output = ReadResult> + use<> {
    let store = store.clone();
    async move { (number, store.read(&names(number), read).await) }
}

type ReadResult = (u8, Result<Snapshot, cache_core::Error>);

const KEEP: Read = Read { lease: false, keep: true };

/// How often the server was asked for names.
fn requests(server: &RedisServer) -> u64 {
    let stats = server.command(&["INFO", "commandstats"]);
    let calls = |line: &str| line.split(&['=', ','][..]).nth(1).unwrap().parse::<u64>().unwrap();
    let reads = |line: &&str| line.starts_with("cmdstat_mget:") || line.starts_with("cmdstat_get:");
    stats.lines().filter(reads).map(calls).sum()
}

#[tokio::test]
async fn many_reads_share_few_requests_and_each_sees_its_own() {
    let server = RedisServer::start();
    let store = store(&server, DEADLINE).await;
    write(&server, 0..60);
    for kind in [Read::default(), KEEP, Read { lease: true, keep: false }] {
        store.read(&names(0), kind).await.unwrap();
        let before = requests(&server);
        // More than one batch holds.
        let reads: JoinSet<_> = (0..2000).map(|turn| read(&store, (turn % 60) as u8, kind)).collect();
        for (number, snapshot) in in_time(reads.join_all()).await {
            assert_is(&snapshot.unwrap(), number);
        }
        let sent = requests(&server) - before;
        assert!(sent < 100, "{sent} requests for 2000 reads");
    }
}

#[tokio::test]
async fn one_and_another_are_sent_at_once_and_more_share_a_request() {
    let server = RedisServer::start();
    let store = store(&server, DEADLINE).await;
    write(&server, 0..12);
    // What is read for the second time is known from then on.
    for number in (0..12).chain(0..12) {
        assert_is(&read(&store, number, Read::default()).await.1.unwrap(), number);
    }
    for (count, expected) in [(1, 1), (2, 2), (12, 3)] {
        let before = requests(&server);
        server.stop();
        let reads: JoinSet<_> = (0..count).map(|number| read(&store, number, Read::default())).collect();
        // Each of them is polled, and sent or gathered.
        settle().await;
        server.cont();
        let read = in_time(reads.join_all()).await;
        read.into_iter().for_each(|(number, read)| assert_is(&read.unwrap(), number));
        assert_eq!(requests(&server) - before, expected, "{count} reads");
    }
}

/// Lets tasks run up to where they wait for the server.
async fn settle() {
    for _ in 0..5 {
        SystemClock.sleep(Duration::from_millis(2)).await;
    }
}

/// Begins reads that wait for a server that is stopped; those that were polled first are sent at once.
async fn waiting(store: &Arc<RedisStore>, count: u8) -> Vec<JoinHandle<ReadResult>> {
    let reads = (0..count).map(|number| tokio::spawn(read(store, number, Read::default()))).collect();
    settle().await;
    reads
}

#[tokio::test]
async fn a_caller_that_is_dropped_stops_nobody() {
    let server = RedisServer::start();
    let store = store(&server, DEADLINE).await;
    write(&server, 0..60);
    for dropped in [0..20, 10..40, 1..59, 0..59] {
        server.stop();
        let reads = waiting(&store, 60).await;
        dropped.for_each(|number| reads[number].abort());
        settle().await;
        server.cont();
        for read in reads {
            match in_time(read).await {
                Ok((number, snapshot)) => assert_is(&snapshot.unwrap(), number),
                Err(error) => assert!(error.is_cancelled(), "{error}"),
            }
        }
    }
}

#[tokio::test]
async fn every_read_is_told_that_the_server_is_gone() {
    let server = RedisServer::start();
    let store = store(&server, DEADLINE).await;
    server.stop();
    let mut reads = waiting(&store, 60).await;
    // These wait for the request that the others share.
    reads.extend(waiting(&store, 60).await);
    server.kill();
    for read in reads {
        let (_, snapshot) = in_time(read).await.unwrap();
        assert_eq!(snapshot.unwrap_err().kind(), ErrorKind::Unavailable);
    }
}

#[tokio::test]
async fn every_read_is_told_that_the_server_does_not_answer_in_time() {
    let server = RedisServer::start();
    let store = store(&server, Duration::from_millis(300)).await;
    server.stop();
    let began = SystemClock.now();
    for read in waiting(&store, 60).await {
        let (_, snapshot) = in_time(read).await.unwrap();
        let kind = snapshot.unwrap_err().kind();
        assert!(matches!(kind, ErrorKind::Timeout | ErrorKind::Unavailable), "{kind:?}");
    }
    let took = SystemClock.now() - began;
    assert!(took < Duration::from_secs(5), "{took:?}");
    server.cont();
    write(&server, 0..1);
    eventually("it reads again", async || store.read(&names(0), KEEP).await.is_ok()).await;
}

/// The connection, and the task that sends what was gathered, live on another runtime than who waits for it.
#[test]
fn every_read_is_told_that_the_runtime_of_the_connection_is_gone() {
    on_a_thread(|| {
        let server = RedisServer::start();
        let home =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        // Nobody waits for the deadline to be told.
        let store = home.block_on(store(&server, PATIENCE * 2));
        server.stop();
        let visitor = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut reads = visitor.block_on(waiting(&store, 60));
        // These wait for the request that the others share.
        reads.extend(visitor.block_on(waiting(&store, 60)));
        home.shutdown_background();
        visitor.block_on(async {
            for read in reads {
                in_time(read).await.unwrap().1.unwrap_err();
            }
            server.cont();
            write(&server, 0..1);
            eventually("it is connected anew", async || store.read(&names(0), Read::default()).await.is_ok())
                .await;
        });
    });
}

/// A read that was taken into a request after that was sent would be told what was there before it began.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_sees_what_was_acknowledged_before_it_began() {
    let server = RedisServer::start();
    let store = store(&server, DEADLINE).await;
    write(&server, 0..60);
    let over = Arc::new(AtomicBool::new(false));
    let crowd: JoinSet<()> = (0..64)
        .map(|number| {
            let (store, over) = (store.clone(), over.clone());
            async move {
                while !over.load(Ordering::SeqCst) {
                    store.read(&names(number % 60), Read::default()).await.unwrap();
                }
            }
        })
        .collect();
    for turn in 0..500_u32 {
        let number = (turn % 60) as u8;
        let mut stamp = nonce(7);
        stamp[..4].copy_from_slice(&turn.to_be_bytes());
        server.command(&[&b"SET"[..], b"n:e:s1:menu", &stamp]);
        let snapshot = store.read(&names(number), Read::default()).await.unwrap();
        assert_eq!(snapshot.stamps[0], Some(Nonce(stamp)), "turn {turn}");
    }
    over.store(true, Ordering::SeqCst);
    in_time(crowd.join_all()).await;
}
