//! Ways to a server, and servers that take nobody.

use cache_core::{ErrorKind, cached};
use cache_testkit::RedisServer;

use crate::support::{Source, builder, in_time};

#[cached(type = "plate", skip(source))]
async fn plate(source: &Source) -> u64 {
    source.load()
}

/// Calls until the value comes from the server, whose database with this number then has it.
async fn is_served(server: &RedisServer, url: &str, database: u32) {
    let cache = builder(server).redis(url).build().unwrap();
    in_time(cache.ready()).await.unwrap();
    let source = Source::default();
    in_time(cache.scope(plate(&source))).await;
    in_time(cache.close()).await.unwrap();
    let again = builder(server).redis(url).build().unwrap();
    in_time(again.ready()).await.unwrap();
    in_time(again.scope(plate(&source))).await;
    assert_eq!(source.loads(), 1, "{url}");
    let keyspace = server.command(&["INFO", "keyspace"]);
    assert!(keyspace.contains(&format!("db{database}:")), "{url}: {keyspace}");
}

#[tokio::test]
async fn a_socket_of_the_system_and_a_host_with_several_addresses() {
    let place = tempfile::tempdir().unwrap();
    let socket = place.path().join("redis.sock");
    let socket = socket.to_str().unwrap();
    let server = RedisServer::options().config("unixsocket", socket).start();
    is_served(&server, &format!("redis+unix://{socket}?db=3"), 3).await;
    server.command(&["FLUSHALL"]);
    // The server listens at one of them.
    is_served(&server, &format!("redis://localhost:{}/5", server.port()), 5).await;
}

#[tokio::test]
async fn a_database_that_there_is_not() {
    let server = RedisServer::options().password("hunter2").start();
    let url = format!("redis://:hunter2@127.0.0.1:{}/99", server.port());
    let cache = builder(&server).redis(url).build().unwrap();
    let error = in_time(cache.ready()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config, "{error:?}");
    assert!(error.to_string().contains("correct its number"), "{error}");
}

/// Such a server repeats all that it was told, the password too.
#[tokio::test]
async fn a_server_that_does_not_know_hello() {
    let server = RedisServer::options().config("rename-command", "HELLO GREETINGS").start();
    let url = format!("redis://:hunter2@127.0.0.1:{}", server.port());
    let cache = builder(&server).redis(url).build().unwrap();
    let error = in_time(cache.ready()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config, "{error:?}");
    let told = format!("{error:?} {cache:?} {:?}", cache.health().await);
    assert!(told.contains("HELLO") && !told.contains("hunter2"), "{told}");
}
