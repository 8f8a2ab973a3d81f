//! A server as what lies behind a store under test.

use crate::conformance::Behind;
use crate::redis::server::RedisServer;

impl Behind for RedisServer {
    fn plant(&self, name: &str, bytes: &[u8]) {
        self.command(&[b"SET", name.as_bytes(), bytes]);
    }

    fn exhaust(&self) {
        self.command(&["CONFIG", "SET", "maxmemory", "1"]);
    }
}
