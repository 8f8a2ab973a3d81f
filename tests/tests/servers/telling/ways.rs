//! Each way in which a command changes what lies under a name: by another connection, and by the same one.

use super::listener::{Listener, MODES, Told, check, run, server};
use crate::wire::Wire;

/// What there is before each way: the stamp, another name, and an entry.
const BEFORE: &[&str] =
    &["CONFIG SET maxmemory 0", "FLUSHALL", "SET s 1", "SET o 2", "SET e 1", "RPUSH l 3 1 2"];

/// Lines that change `s`, the last of which do it. One that begins with `!` is refused.
const WAYS: &[&[&str]] = &[
    &["SET s 2"],
    &["SET s 1"],
    &["SET s 1 KEEPTTL"],
    &["MSET s 2 x 2"],
    &["GETSET s 1"],
    &["SETRANGE s 0 2"],
    &["APPEND s 2"],
    &["INCR s"],
    &["SETBIT s 1 1"],
    &["DEL s"],
    &["UNLINK s"],
    &["UNLINK s", "SET s 1"],
    &["GETDEL s"],
    &["GETEX s PX 90000"],
    &["GETEX s PXAT 1"],
    &["PEXPIRE s 90000"],
    &["PEXPIRE s -1"],
    &["PEXPIREAT s 1"],
    &["SET s 1 PXAT 1"],
    &["RENAME s x"],
    &["RENAME o s"],
    &["MOVE s 1"],
    &["COPY o s REPLACE"],
    &["SORT l STORE s"],
    &["BITOP NOT s o"],
    &["EVAL redis.call('RESTORE','s','0',redis.call('DUMP','o'),'REPLACE') 2 s o"],
    &["MULTI", "DEL s", "SET s 1", "EXEC"],
    &["MULTI", "DEL s", "GET s", "EXEC"],
    &["MULTI", "FLUSHALL", "GET s", "EXEC"],
    &["EVAL redis.call('DEL',KEYS[1]) 1 s"],
    &["EVAL redis.call('DEL','s') 0"],
    &["EVAL redis.call('DEL','s');redis.call('SET','s','1') 0"],
    &["!EVAL redis.call('DEL','s');redis.call('NOPE') 0"],
    &["EVAL redis.call('FLUSHALL') 0"],
    &["MULTI", "EVAL redis.call('DEL',KEYS[1]) 1 s", "EXEC"],
    &["FLUSHALL"],
    &["FLUSHALL ASYNC"],
    &["FLUSHDB"],
    &["FLUSHDB ASYNC"],
    &["DEBUG RELOAD"],
    &["CONFIG SET maxmemory-policy allkeys-random", "CONFIG SET maxmemory 1", "!SET x 1"],
    &[
        "CONFIG SET maxmemory-policy allkeys-random",
        "CONFIG SET maxmemory 1",
        "!EVAL redis.call('SET','x','1') 1 x",
    ],
];

fn tell(told: &[Told]) -> bool {
    told.iter().any(|told| told.tells_of("s"))
}

#[test]
fn what_another_connection_changes_is_told_before_a_later_answer() {
    let server = server();
    for way in WAYS {
        for mode in MODES {
            let mut writer = Wire::to(server.port());
            BEFORE.iter().for_each(|line| drop(run(&mut writer, line)));
            let mut listener = Listener::over(&server, mode);
            assert_eq!(listener.track("s").as_deref(), Some("1"));
            assert_eq!(listener.told_before_get("e"), []);
            way.iter().for_each(|line| drop(run(&mut writer, line)));
            let told = listener.told_before_get("e");
            assert!(tell(&told), "{way:?} {mode:?}: {told:?}");
        }
    }
}

#[test]
fn what_is_changed_between_two_requests_that_were_sent_together_is_told_between_their_answers() {
    let server = server();
    for mode in MODES {
        let mut writer = Wire::to(server.port());
        BEFORE.iter().for_each(|line| drop(run(&mut writer, line)));
        let mut listener = Listener::over(&server, mode);
        assert_eq!(listener.track("s").as_deref(), Some("1"));
        // It is blocked until the writer lets it go on, and its second request waits in the server.
        listener.wire().send(&["BLPOP", "gate", "0"]);
        listener.wire().send(&["GET", "e"]);
        while !matches!(run(&mut writer, "CLIENT LIST"), said if shows_blocked(&said)) {}
        run(&mut writer, "UNLINK s");
        run(&mut writer, "RPUSH gate 1");
        let heard: Vec<_> = (0..3).map(|_| listener.wire().hear()).collect();
        assert!(heard[0].is_push() && tell(&Told::by(&heard[0])), "{mode:?}: {heard:?}");
        assert_eq!(heard[2].bytes(), Some(&b"1"[..]), "{mode:?}: {heard:?}");
    }
}

fn shows_blocked(list: &crate::wire::Said) -> bool {
    let list = list.bytes().map(|list| String::from_utf8_lossy(list).into_owned());
    list.is_some_and(|list| list.contains("cmd=blpop"))
}

#[test]
fn what_a_connection_changes_itself_is_told_before_its_next_answer() {
    let server = server();
    for way in WAYS {
        for mode in MODES {
            let mut writer = Wire::to(server.port());
            BEFORE.iter().for_each(|line| drop(run(&mut writer, line)));
            let mut listener = Listener::over(&server, mode);
            assert_eq!(listener.track("s").as_deref(), Some("1"));
            let mut heard = Vec::new();
            for line in *way {
                let (mut told, reply) = listener.ask(line);
                check(line, &reply);
                heard.append(&mut told);
            }
            heard.append(&mut listener.told_before_get("e"));
            assert!(tell(&heard), "{way:?} {mode:?}: {heard:?}");
        }
    }
}

/// So an answer that holds an entry, and is the answer to what changed a stamp of it, is handed out too early.
#[test]
fn what_a_connection_changes_itself_is_told_after_the_answer_to_the_change() {
    let server = server();
    for line in ["UNLINK s", "SET s 2", "FLUSHALL", "EVAL redis.call('DEL','s') 0"] {
        for mode in MODES {
            let mut writer = Wire::to(server.port());
            BEFORE.iter().for_each(|line| drop(run(&mut writer, line)));
            let mut listener = Listener::over(&server, mode);
            assert_eq!(listener.track("s").as_deref(), Some("1"));
            assert_eq!(listener.ask(line).0, [], "{line} {mode:?}");
            assert!(tell(&listener.told_before_get("e")), "{line} {mode:?}");
        }
    }
}
