//! One server: its options, how it dies and comes back, and that it never outlives its test.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use cache_testkit::{Persistence, RedisClient, RedisServer};

use crate::support::eventually;

fn answers(client: &RedisClient) -> bool {
    client.try_command(&["PING"]).is_ok()
}

#[test]
fn data_survive_a_restart_where_they_are_kept() {
    for (persistence, kept) in [(Persistence::Log, "1"), (Persistence::None, "(nil)")] {
        let server = RedisServer::options().persistence(persistence).start();
        server.command(&["SET", "a", "1"]);
        let port = server.port();
        server.kill();
        assert!(!answers(&server.client()));
        server.restart();
        assert_eq!((server.port(), server.command(&["GET", "a"]).as_str()), (port, kept));
        server.command(&["SET", "a", "1"]);
        server.restart_empty();
        assert_eq!(server.command(&["GET", "a"]), "(nil)");
    }
}

#[test]
fn a_snapshot_is_taken_by_a_server_that_is_shut_down_and_not_by_one_that_is_killed() {
    let server = RedisServer::options().persistence(Persistence::Snapshots).start();
    server.command(&["SET", "a", "1"]);
    server.shut_down();
    assert!(!answers(&server.client()));
    server.restart();
    server.command(&["SET", "b", "1"]);
    server.kill();
    server.restart();
    assert_eq!(server.command(&["MGET", "a", "b"]), "1\n(nil)");
}

#[test]
fn a_checkpoint_is_what_a_server_goes_back_to() {
    let server = RedisServer::options().persistent().start();
    server.command(&["SET", "a", "1"]);
    server.checkpoint();
    server.command(&["SET", "a", "2"]);
    server.restart_at_checkpoint();
    assert_eq!(server.command(&["GET", "a"]), "1");
}

#[test]
fn a_server_has_the_options_it_was_given() {
    let options = RedisServer::options().password("hunter2").max_memory("4mb", "volatile-lru");
    let server = options.config("maxclients", "77").config("save", "900 1 300 10").start();
    for (setting, value) in [
        ("maxmemory", "4194304"),
        ("maxmemory-policy", "volatile-lru"),
        ("maxclients", "77"),
        ("save", "900 1 300 10"),
    ] {
        assert_eq!(server.command(&["CONFIG", "GET", setting]), format!("{setting}\n{value}"));
    }
    assert_eq!(server.url(), format!("redis://:hunter2@127.0.0.1:{}", server.port()));
    let refused = RedisClient::new(server.port()).try_command(&["PING"]).unwrap_err();
    assert!(refused.to_string().starts_with("NOAUTH"), "{refused}");
}

#[test]
fn a_password_may_hold_anything() {
    let password = "\" \\ 'ä\n# --port 1";
    let server = RedisServer::options().password(password).start();
    assert_eq!(server.command(&["PING"]), "PONG");
    assert!(!answers(&RedisClient::new(server.port()).password("\" \\ 'ä\n# --port")));
}

#[test]
fn a_user_may_do_what_its_rules_say() {
    let server = RedisServer::options().user("guest", "secret", "~menu:* +@read +@connection").start();
    server.command(&["SET", "menu:1", "soup"]);
    let guest = RedisClient::new(server.port()).user("guest", "secret");
    assert_eq!(guest.command(&["GET", "menu:1"]), "soup");
    for words in [&["GET", "prices"][..], &["SET", "menu:1", "fish"]] {
        let refused = guest.try_command(words).unwrap_err();
        assert!(refused.to_string().starts_with("NOPERM"), "{refused}");
    }
    let stranger = RedisClient::new(server.port()).user("guest", "wrong").try_command(&["PING"]).unwrap_err();
    assert!(stranger.to_string().starts_with("WRONGPASS"), "{stranger}");
    assert_eq!(server.url_as("guest", "secret"), format!("redis://guest:secret@127.0.0.1:{}", server.port()));
}

#[test]
fn a_server_can_be_given_its_port() {
    let port = RedisServer::start().port();
    let server = RedisServer::options().port(port).start();
    assert_eq!((server.port(), server.command(&["PING"]).as_str()), (port, "PONG"));
}

#[test]
#[should_panic(expected = "Address already in use")]
fn a_port_that_is_taken_is_said_at_once() {
    let first = RedisServer::start();
    let _second = RedisServer::options().port(first.port()).start();
}

#[test]
#[should_panic(expected = "no-such-setting")]
fn a_setting_that_does_not_exist_is_said_at_once() {
    let _server = RedisServer::options().config("no-such-setting", "1").start();
}

#[test]
fn a_server_that_is_stopped_is_there_and_does_not_answer() {
    let server = RedisServer::start();
    let (pid, port) = (server.pid(), server.port());
    assert!(server.command(&["INFO", "server"]).contains(&format!("process_id:{}\r", pid.unwrap())));
    server.stop();
    let answer = std::thread::spawn(move || RedisClient::new(port).command(&["PING"]));
    // It is the kernel that accepts: the connection stands although the server hangs.
    drop(std::net::TcpStream::connect(("127.0.0.1", port)).unwrap());
    assert!(!answer.is_finished());
    server.cont();
    assert_eq!(answer.join().unwrap(), "PONG");
    assert_eq!(server.pid(), pid);
    server.stop();
    server.kill();
    assert_eq!(server.pid(), None, "a server that hangs can be killed");
    server.restart();
    assert_ne!(server.pid(), pid);
}

fn folder(server: &RedisServer) -> String {
    server.command(&["CONFIG", "GET", "dir"]).lines().last().unwrap().to_owned()
}

#[test]
fn a_server_ends_with_its_test() {
    let server = RedisServer::start();
    let (client, folder) = (server.client(), folder(&server));
    assert!(answers(&client) && Path::new(&folder).exists());
    drop(server);
    assert!(!answers(&client) && !Path::new(&folder).exists());
}

#[test]
fn a_server_ends_with_a_test_that_panics() {
    let (sender, started) = std::sync::mpsc::channel();
    let test = std::thread::spawn(move || {
        let server = RedisServer::start();
        sender.send((server.client(), folder(&server))).unwrap();
        panic!("this test fails");
    });
    let (client, folder) = started.recv().unwrap();
    assert!(test.join().is_err());
    assert!(!answers(&client) && !Path::new(&folder).exists());
}

#[test]
fn a_server_ends_with_a_test_that_is_killed() {
    let mut test = Command::new(env!("CARGO_BIN_EXE_abandoned"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: Vec<String> =
        BufReader::new(test.stdout.take().unwrap()).lines().take(2).map(Result::unwrap).collect();
    let (client, folder) = (RedisClient::new(lines[0].parse().unwrap()), Path::new(&lines[1]));
    assert!(answers(&client) && folder.exists());
    test.kill().unwrap();
    test.wait().unwrap();
    eventually("the server ends", || !answers(&client) && !folder.exists());
}
