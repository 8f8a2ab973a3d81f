//! The protocol's scripts. Each runs as one step of the server, over keys of one entry.

use std::sync::LazyLock;

use redis::{Cmd, Script};

/// A script, and its digest by which a server knows it.
#[derive(Debug)]
pub(crate) struct Known {
    source: &'static str,
    digest: LazyLock<String>,
}

macro_rules! script {
    ($name:ident, $file:literal) => {
        pub(crate) static $name: Known = Known {
            source: include_str!(concat!("scripts/", $file)),
            digest: LazyLock::new(|| {
                Script::new(include_str!(concat!("scripts/", $file))).get_hash().to_owned()
            }),
        };
    };
}

script!(ACQUIRE, "acquire.lua");
script!(ENSURE, "ensure.lua");
script!(PUT, "put.lua");
script!(RENEW, "renew.lua");
script!(STORE, "store.lua");

impl Known {
    /// EVALSHA: the usual way. A server that doesn't know the script answers NOSCRIPT.
    pub(crate) fn by_digest(&self, keys: usize) -> Cmd {
        let mut command = redis::cmd("EVALSHA");
        command.arg(&*self.digest).arg(keys);
        command
    }

    /// EVAL: sends the script along, and makes it known.
    pub(crate) fn by_source(&self, keys: usize) -> Cmd {
        let mut command = redis::cmd("EVAL");
        command.arg(self.source).arg(keys);
        command
    }
}
