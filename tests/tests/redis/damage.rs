//! Bytes in the server that nobody of us wrote, and keys that vanish.

use cache_core::{Cache, Target, cached};
use cache_testkit::RedisServer;

use crate::support::{Source, connected, eventually, hits, in_time};

const VALUE: u64 = 4711;

#[cached(type = "menu", tenant = "t1", tags("item:{id}"), skip(source))]
async fn menu(source: &Source, id: u64) -> Result<Vec<String>, String> {
    assert_eq!(source.load(), VALUE);
    Ok(vec![format!("dish {id}"), "soup".to_owned()])
}

/// A server with one entry, everything that belongs to it, and a cache.
struct Kitchen {
    server: RedisServer,
    cache: Cache,
    source: Source,
}

impl Kitchen {
    async fn new() -> Self {
        let server = RedisServer::start();
        let kitchen = Self { cache: connected(&server).await, server, source: Source::default() };
        kitchen.source.set(VALUE);
        kitchen.serves().await;
        kitchen
    }

    async fn call(&self) {
        let menu = in_time(self.cache.scope(menu(&self.source, 1))).await;
        assert_eq!(menu.as_deref(), Ok(&["dish 1".to_owned(), "soup".to_owned()][..]));
    }

    /// The right value now, and within a few calls from the cache again.
    async fn serves(&self) {
        self.call().await;
        let before = hits(&self.cache, "menu");
        eventually("a hit", async || {
            self.cache.close().await.unwrap();
            self.call().await;
            hits(&self.cache, "menu") > before
        })
        .await;
    }

    /// All names of the cache, and that of a lease that nobody holds.
    fn names(&self) -> Vec<String> {
        let keys = self.server.command(&["KEYS", "it:test:*"]);
        let keys: Vec<String> =
            keys.lines().filter(|key| !key.ends_with(":layout")).map(str::to_owned).collect();
        let entry = keys.iter().find(|key| key.contains(":e1:")).expect("the entry is there");
        let lease = entry.replace(":e1:", ":l1:");
        assert!(keys.len() >= 6, "entry, incarnation, and stamps of the type, the tenant, the tag: {keys:?}");
        keys.into_iter().chain([lease]).collect()
    }
}

#[tokio::test]
async fn garbage_under_any_name() {
    let kitchen = Kitchen::new().await;
    for garbage in [&b""[..], b"x", b"L", &[0; 11], &[1; 12], &[0xff; 28], &[2; 500], &[0; 100_000]] {
        for name in kitchen.names() {
            kitchen.server.command(&[b"SET", name.as_bytes(), garbage]);
            kitchen.serves().await;
        }
    }
}

#[tokio::test]
async fn another_type_under_any_name() {
    let kitchen = Kitchen::new().await;
    for [command, rest @ ..] in [["RPUSH", "a", ""], ["HSET", "a", "b"], ["SADD", "a", ""]] {
        for name in kitchen.names() {
            kitchen.server.command(&["DEL", &name]);
            kitchen.server.command(&[&[command, &name][..], &rest].concat());
            kitchen.serves().await;
        }
    }
}

#[tokio::test]
async fn an_entry_damaged_at_any_byte() {
    let kitchen = Kitchen::new().await;
    let entry = kitchen.names().into_iter().find(|name| name.contains(":e1:")).unwrap();
    let length: usize = kitchen.server.command(&["STRLEN", &entry]).parse().unwrap();
    for at in 0..length {
        for damage in [&b"\xff"[..], b"\x00", b"\x01"] {
            kitchen.server.command(&[b"SETRANGE", entry.as_bytes(), at.to_string().as_bytes(), damage]);
            kitchen.serves().await;
        }
    }
}

#[tokio::test]
async fn an_entry_that_ends_anywhere() {
    let kitchen = Kitchen::new().await;
    let entry = kitchen.names().into_iter().find(|name| name.contains(":e1:")).unwrap();
    let length: usize = kitchen.server.command(&["STRLEN", &entry]).parse().unwrap();
    // As the server does it, so that the bytes never pass through text.
    let cut =
        "local v = redis.call('GET', KEYS[1]) return redis.call('SET', KEYS[1], string.sub(v, 1, ARGV[1]))";
    for at in (0..length).rev() {
        kitchen.server.command(&["EVAL", cut, "1", &entry, &at.to_string()]);
        kitchen.call().await;
        kitchen.cache.close().await.unwrap();
    }
    kitchen.serves().await;
}

#[tokio::test]
async fn a_flush() {
    let kitchen = Kitchen::new().await;
    for command in ["FLUSHALL", "FLUSHDB"] {
        kitchen.server.command(&[command]);
        kitchen.source.assert_loads(kitchen.source.loads());
        // What is kept in the process goes when the server tells of it.
        eventually("a load", async || {
            kitchen.call().await;
            kitchen.source.loads() > 0
        })
        .await;
        kitchen.source.assert_loads(1);
        kitchen.serves().await;
    }
}

#[tokio::test]
async fn any_key_vanishes() {
    let kitchen = Kitchen::new().await;
    let names = kitchen.names();
    for index in 0..names.len() {
        kitchen.server.command(&["DEL", &names[index]]);
        kitchen.serves().await;
        // And with it the next one: an entry with its stamp, a stamp with the incarnation.
        kitchen.server.command(&["DEL", &names[index], &names[(index + 1) % names.len()]]);
        kitchen.serves().await;
    }
}

#[tokio::test]
async fn a_server_without_memory() {
    let kitchen = Kitchen::new().await;
    kitchen.server.command(&["CONFIG", "SET", "maxmemory", "1"]);
    // Removing needs no memory, and what can't be stored is loaded.
    in_time(kitchen.cache.invalidate(Target::tag("item:1"))).await.unwrap();
    kitchen.source.assert_loads(kitchen.source.loads());
    for _ in 0..5 {
        kitchen.call().await;
    }
    kitchen.source.assert_loads(5);
    kitchen.server.command(&["CONFIG", "SET", "maxmemory", "0"]);
    kitchen.serves().await;
}
