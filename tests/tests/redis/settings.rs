//! What a person has to mend: functions run uncached, and it is said loudly.

use std::time::Duration;

use cache_core::{Cache, ErrorKind, Health, cached};
use cache_testkit::RedisServer;

use crate::support::{Source, builder, connected, in_time};

#[cached(type = "dish", skip(source))]
async fn dish(source: &Source) -> u64 {
    source.load()
}

async fn is_refused(cache: Cache, kind: ErrorKind) {
    let error = in_time(cache.ready()).await.unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert!(!format!("{error:?} {cache:?}").contains("hunter2"), "{error:?}");
    let source = Source::default();
    source.set(7);
    for loads in 1..=3 {
        assert_eq!(in_time(cache.scope(dish(&source))).await, 7);
        assert_eq!(source.loads(), loads);
    }
    let health = cache.health().await;
    assert!(matches!(health, Health::Down(_)), "{health:?}");
}

#[tokio::test]
async fn a_wrong_password() {
    let server = RedisServer::options().password("right").start();
    for url in ["redis://:hunter2@", "redis://"].map(|start| format!("{start}127.0.0.1:{}", server.port())) {
        is_refused(builder(&server).redis(url).build().unwrap(), ErrorKind::Auth).await;
    }
    connected(&server).await;
}

#[tokio::test]
async fn a_user_who_may_not_do_what_is_needed() {
    let server = RedisServer::start();
    let rights = ["on", ">hunter2", "~*", "+@connection", "+info", "+time", "+get", "+set"];
    server.command(&[&["ACL", "SETUSER", "guest"][..], &rights].concat());
    let url = format!("redis://guest:hunter2@127.0.0.1:{}", server.port());
    let cache = builder(&server).redis(url).build().unwrap();
    // The connection stands; each command is refused, and functions run.
    let source = Source::default();
    for loads in 1..=3 {
        in_time(cache.scope(dish(&source))).await;
        assert_eq!(source.loads(), loads);
    }
}

#[tokio::test]
async fn another_layout_in_the_same_namespace() {
    let server = RedisServer::start();
    connected(&server).await;
    let other = builder(&server).staleness_bound(Duration::from_secs(5)).build().unwrap();
    is_refused(other, ErrorKind::Config).await;
}

#[tokio::test]
async fn a_server_that_was_never_there() {
    let server = RedisServer::start();
    server.kill();
    let (cache, source) = (builder(&server).build().unwrap(), Source::default());
    for loads in 1..=3 {
        in_time(cache.scope(dish(&source))).await;
        assert_eq!(source.loads(), loads);
    }
    let health = cache.health().await;
    assert!(matches!(health, Health::Down(_)), "{health:?}");
    server.restart();
    in_time(cache.ready()).await.unwrap();
    in_time(cache.scope(dish(&source))).await;
    cache.close().await.unwrap();
    in_time(cache.scope(dish(&source))).await;
    assert_eq!(source.loads(), 4);
}
