//! Names that expire: found by the server, by another connection, and by the one that tracks them.

use super::listener::{Listener, MODES, Mode, Told, run, server};
use crate::support::eventually;
use crate::wire::{Said, Wire};

/// Whoever finds a name expired removes it.
const FINDERS: [&str; 8] = [
    "GET s",
    "EXISTS s",
    "PTTL s",
    "UNLINK s",
    "SET s 2",
    "SET s 2 NX",
    "EVAL redis.call('GET','s') 0",
    "RENAME o s",
];

/// A listener that tracked `s` while it was there, and milliseconds after which it is not.
fn tracked(writer: &mut Wire, server: &cache_testkit::RedisServer, mode: Mode) -> (Listener, u64) {
    for ttl in [20, 100, 1_000, 5_000_u64] {
        run(writer, "FLUSHALL");
        run(writer, "SET o 1");
        let mut listener = Listener::over(server, mode);
        run(writer, &format!("SET s 1 PX {ttl}"));
        let over = millis(writer) + ttl + 1;
        if listener.track("s").is_some() {
            return (listener, over);
        }
    }
    panic!("the machine is too busy");
}

fn millis(wire: &mut Wire) -> u64 {
    let time = run(wire, "TIME");
    let part = |said: &Said| -> u64 { std::str::from_utf8(said.bytes().unwrap()).unwrap().parse().unwrap() };
    part(&time.items()[0]) * 1_000 + part(&time.items()[1]) / 1_000
}

fn wait(wire: &mut Wire, until: u64) {
    while millis(wire) <= until {}
}

#[test]
fn a_name_that_another_connection_finds_expired_is_told() {
    let server = server();
    let mut writer = Wire::to(server.port());
    run(&mut writer, "DEBUG SET-ACTIVE-EXPIRE 0");
    for mode in MODES {
        for finder in FINDERS {
            let (mut listener, over) = tracked(&mut writer, &server, mode);
            wait(&mut writer, over);
            assert_eq!(listener.told_before_get("e"), [], "it is over and nobody knows");
            // Whoever lists names leaves those out that are over, and does nothing about them.
            run(&mut writer, "KEYS *");
            assert_eq!(listener.told_before_get("e"), []);
            run(&mut writer, finder);
            let told = listener.told_before_get("e");
            assert_eq!(told, [Told::Name("s".to_owned())], "{finder} {mode:?}");
        }
    }
}

#[test]
fn a_name_that_its_own_reader_finds_expired_is_told_after_the_answer_and_before_the_next_one() {
    let server = server();
    let mut writer = Wire::to(server.port());
    run(&mut writer, "DEBUG SET-ACTIVE-EXPIRE 0");
    for mode in MODES {
        for finder in ["GET s", "MGET s o"] {
            let (mut listener, over) = tracked(&mut writer, &server, mode);
            wait(&mut writer, over);
            assert_eq!(listener.ask(finder).0, [], "{finder} {mode:?}");
            let told = listener.told_before_get("e");
            assert_eq!(told, [Told::Name("s".to_owned())], "{finder} {mode:?}");
        }
    }
}

#[test]
fn a_name_that_the_server_finds_expired_is_told() {
    let server = server();
    let mut writer = Wire::to(server.port());
    for mode in MODES {
        let (mut listener, _) = tracked(&mut writer, &server, mode);
        eventually("the name is removed", || run(&mut writer, "DBSIZE") == Said::Line(':', "1".to_owned()));
        assert_eq!(listener.told_before_get("e"), [Told::Name("s".to_owned())], "{mode:?}");
    }
}
