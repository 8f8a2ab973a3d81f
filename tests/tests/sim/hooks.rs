//! What a test can do to the simulated server.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use cache_testkit::SimRedis;

use crate::scripts::Script;
use crate::wire::{Said, Wire};

fn ok() -> Said {
    Said::Line('+', "OK".to_owned())
}

/// A client that is told of what it reads.
fn tracked(server: &SimRedis) -> Wire {
    let mut wire = Wire::to(server.port());
    wire.ask(&["HELLO", "3"]);
    assert_eq!(wire.ask(&["CLIENT", "TRACKING", "ON"]).1, ok());
    wire
}

/// The names that a push tells of.
fn names(push: &Said) -> Vec<String> {
    let [_, names] = push.items() else { panic!("no push: {push:?}") };
    names.items().iter().map(|name| String::from_utf8_lossy(name.bytes().unwrap()).into_owned()).collect()
}

fn history(server: &SimRedis) -> String {
    let info = server.command(&["INFO", "replication"]);
    info.lines().find_map(|line| line.strip_prefix("master_replid:")).unwrap().to_owned()
}

#[test]
fn what_expires_is_told_of_by_itself() {
    let server = SimRedis::start();
    let mut client = tracked(&server);
    for advance in [(|server, time| server.advance(time)) as fn(&SimRedis, Duration), |server, time| {
        server.clock().advance(time)
    }] {
        client.ask(&["SET", "a", "1", "PX", "500"]);
        client.ask(&["GET", "a"]);
        advance(&server, Duration::from_millis(499));
        assert_eq!(server.command(&["PTTL", "a"]), "1");
        advance(&server, Duration::from_millis(1));
        // Nobody asks for it. The clock turns over after this at most.
        server.clock().advance(Duration::from_millis(100));
        assert_eq!(names(&client.hear()), ["a"]);
    }
}

#[test]
fn a_server_that_is_stopped_answers_what_came_meanwhile_once_it_goes_on() {
    let server = SimRedis::start();
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port())).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    server.stop();
    stream.write_all(b"*1\r\n$4\r\nPING\r\n").unwrap();
    let mut reply = [0; 7];
    let refused = stream.read_exact(&mut reply).unwrap_err();
    assert!(matches!(refused.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{refused}");
    server.cont();
    stream.set_read_timeout(None).unwrap();
    stream.read_exact(&mut reply).unwrap();
    assert_eq!(&reply, b"+PONG\r\n");
}

#[test]
fn a_server_that_is_killed_refuses_connections_until_it_is_started_again() {
    let server = SimRedis::start();
    let text = Script::Renew.text();
    let digest = server.command(&["SCRIPT", "LOAD", &text]);
    server.command(&["SET", "a", "1"]);
    let before = history(&server);
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port())).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    server.kill();
    let ended = stream.read(&mut [0; 1]).map_err(|error| error.kind());
    assert!(
        matches!(ended, Ok(0) | Err(ErrorKind::ConnectionReset)),
        "its connections have ended: {ended:?}"
    );
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, server.port())).is_err());

    server.restart();
    assert_eq!(server.command(&["GET", "a"]), "1");
    assert_ne!(history(&server), before);
    let unknown = server.client().try_command(&["EVALSHA", &digest, "1", "a", "x", "0"]).unwrap_err();
    assert!(unknown.to_string().starts_with("NOSCRIPT "), "{unknown}");
    assert_eq!(server.command(&["EVAL", &text, "1", "a", "x", "0"]), "0");
    assert_eq!(server.command(&["EVALSHA", &digest, "1", "a", "1", "0"]), "1");

    server.command(&["SET", "a", "1"]);
    server.restart_empty();
    assert_eq!(server.command(&["DBSIZE"]), "0");
}

#[test]
fn a_fail_over_loses_the_last_writes_and_no_others() {
    let server = SimRedis::start();
    for value in ["1", "2", "3"] {
        server.command(&["SET", "a", value]);
    }
    server.command(&["SET", "b", "1", "PX", "10"]);
    server.command(&["GET", "a"]);
    server.advance(Duration::from_millis(10));
    let before = history(&server);
    assert_eq!(server.fail_over(2), 2);
    assert_eq!(server.command(&["MGET", "a", "b"]), "2\n(nil)");
    assert_ne!(history(&server), before);
    assert!(server.command(&["INFO", "replication"]).contains(&format!("master_replid2:{before}")));
    assert_eq!(server.fail_over(0), 0);
    assert_eq!(server.command(&["GET", "a"]), "2");
    assert_eq!(server.fail_over(10), 2);
    assert_eq!(server.command(&["DBSIZE"]), "0");
}

#[test]
fn what_goes_for_lack_of_memory_follows_from_the_settings() {
    let server = SimRedis::start();
    let mut client = tracked(&server);
    for (policy, left) in [("noeviction", "mortal\nother"), ("volatile-lru", "other"), ("allkeys-lru", "")] {
        server.command(&["CONFIG", "SET", "maxmemory", "0", "maxmemory-policy", policy]);
        server.command(&["SET", "other", "1"]);
        server.command(&["SET", "mortal", "1", "EX", "1000"]);
        client.ask(&["MGET", "other", "mortal"]);
        server.command(&["CONFIG", "SET", "maxmemory", "1"]);
        assert_eq!(server.command(&["KEYS", "*"]), left, "{policy}");
        let refused = server.client().try_command(&["SET", "third", "1"]).unwrap_err();
        assert!(refused.to_string().starts_with("OOM "), "{refused}");
        let (told, _) = client.ask(&["PING"]);
        assert_eq!(told.len(), 2 - left.lines().count(), "{policy}: {told:?}");
    }
}

#[test]
fn a_server_that_watches_too_many_names_forgets_some_and_says_which() {
    let server = SimRedis::start();
    let mut client = tracked(&server);
    server.command(&["CONFIG", "SET", "tracking-table-max-keys", "2"]);
    client.ask(&["MGET", "a", "b", "c", "d", "e"]);
    assert_eq!(server.watched(), 5);
    let (told, _) = client.ask(&["PING"]);
    assert_eq!((told.len(), server.watched()), (3, 2));
    for name in told.iter().flat_map(names) {
        server.command(&["SET", &name, "1"]);
    }
    assert_eq!(client.ask(&["PING"]).0, [], "who was told is told no more");
    assert!(server.forget_watched(7).is_some());
    assert_eq!(client.ask(&["PING"]).0.len(), 1);
}

#[test]
fn what_goes_follows_from_the_seed() {
    let evicted = |seed| {
        let server = SimRedis::start();
        for number in 0..20 {
            server.command(&["SET", &format!("name-{number}"), "1"]);
        }
        (server.evict_random(seed).unwrap(), server.evict_random(seed + 1).unwrap())
    };
    assert_eq!(evicted(1), evicted(1));
    assert_ne!(evicted(1), evicted(3));
    assert_eq!(SimRedis::start().evict_random(1), None);
}

#[test]
fn a_client_that_is_killed_is_gone_and_the_others_are_not() {
    let server = SimRedis::start();
    let (mut first, mut second) = (tracked(&server), tracked(&server));
    first.ask(&["GET", "a"]);
    let (_, id) = first.ask(&["CLIENT", "ID"]);
    let Said::Line(':', id) = id else { panic!("no id: {id:?}") };
    assert_eq!(second.ask(&["CLIENT", "KILL", "ID", &id]).1, Said::Line(':', "1".to_owned()));
    assert!(std::panic::catch_unwind(move || first.hear()).is_err(), "its connection has ended");
    assert_eq!(second.ask(&["SET", "a", "1"]).1, ok());
}
