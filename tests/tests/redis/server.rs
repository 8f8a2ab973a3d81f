//! The servers that tests start do what they are told, and never outlive them.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use cache_testkit::{RedisClient, RedisServer};

use crate::support::eventually;

fn answers(client: &RedisClient) -> bool {
    client.try_command(&["PING"]).is_ok()
}

#[test]
fn data_survive_a_restart_where_they_are_kept() {
    for (mut server, kept) in
        [(RedisServer::options().persistent().start(), "1"), (RedisServer::start(), "(nil)")]
    {
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
fn a_checkpoint_is_what_a_server_goes_back_to() {
    let mut server = RedisServer::options().persistent().start();
    server.command(&["SET", "a", "1"]);
    server.checkpoint();
    server.command(&["SET", "a", "2"]);
    server.restart_at_checkpoint();
    assert_eq!(server.command(&["GET", "a"]), "1");
}

#[test]
fn a_server_has_the_options_it_was_given() {
    let server = RedisServer::options().password("hunter2").max_memory("4mb", "volatile-lru").start();
    assert_eq!(server.command(&["CONFIG", "GET", "maxmemory"]), "maxmemory\n4194304");
    assert_eq!(server.command(&["CONFIG", "GET", "maxmemory-policy"]), "maxmemory-policy\nvolatile-lru");
    assert_eq!(server.url(), format!("redis://:hunter2@127.0.0.1:{}", server.port()));
    let refused = RedisClient::new(server.port()).try_command(&["PING"]).unwrap_err();
    assert!(refused.to_string().starts_with("NOAUTH"), "{refused}");
}

#[tokio::test]
async fn a_server_ends_with_its_test() {
    let server = RedisServer::start();
    let (client, folder) = (server.client(), server.command(&["CONFIG", "GET", "dir"]));
    let folder = Path::new(folder.lines().last().unwrap()).to_owned();
    assert!(answers(&client) && folder.exists());
    drop(server);
    assert!(!answers(&client) && !folder.exists());
}

#[tokio::test]
async fn a_server_ends_with_a_test_that_is_killed() {
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
    eventually("the server ends", async || !answers(&client) && !folder.exists()).await;
}
