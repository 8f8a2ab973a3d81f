//! How a server is started.

use std::ffi::OsString;
use std::process::{Command, Stdio};
use std::{env, io};

use crate::redis::client::RedisClient;
use crate::redis::place::{free_port, new_folder};
use crate::redis::server::RedisServer;
use crate::redis::watcher::Watcher;

/// How a [`RedisServer`] is started.
#[derive(Clone, Debug, Default)]
#[must_use = "options do nothing until `start`"]
pub struct RedisServerOptions {
    persistent: bool,
    password: Option<String>,
    arguments: Vec<OsString>,
}

/// The variable that names the server's executable.
const VARIABLE: &str = "CACHE_TEST_REDIS_SERVER";

const HELP: &str = "the tests need a Redis server 6.2 or later, or Valkey, and found none.\n\
    Install one (Debian, Ubuntu: `sudo apt-get install redis-server`; Fedora: `sudo dnf install valkey`;\n\
    macOS: `brew install redis`), or set CACHE_TEST_REDIS_SERVER to the path of its executable.";

impl RedisServerOptions {
    /// Keeps the data over a restart: every write is in the kernel's hands before it is answered.
    pub fn persistent(mut self) -> Self {
        self.persistent = true;
        self
    }

    /// Asks clients for a password.
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// Limits its memory, and says what is evicted: `noeviction`, `allkeys-lru`, `volatile-lru`.
    pub fn max_memory(self, memory: &str, policy: &str) -> Self {
        self.argument(["--maxmemory", memory]).argument(["--maxmemory-policy", policy])
    }

    /// Adds any other setting to its command line, as in `["--hz", "100"]`.
    pub fn argument<'a>(mut self, words: impl IntoIterator<Item = &'a str>) -> Self {
        self.arguments.extend(words.into_iter().map(OsString::from));
        self
    }

    /// Starts the server.
    ///
    /// # Panics
    ///
    /// If there is no executable, with what to install, or if the server doesn't answer.
    #[must_use]
    #[track_caller]
    pub fn start(self) -> RedisServer {
        let executable = executable().unwrap_or_else(|| panic!("{HELP}"));
        // A port that was free a moment ago may be taken by another process's test.
        for _ in 0..10 {
            let mut server = self.prepare(&executable).expect("a temporary folder and a shell can be had");
            if server.launch() {
                return server;
            }
            assert!(
                server.log().contains("Address already in use"),
                "redis did not start:\n{}",
                server.log()
            );
        }
        panic!("redis found no free port");
    }

    fn prepare(&self, executable: &OsString) -> io::Result<RedisServer> {
        let (port, folder) = (free_port(), new_folder()?);
        let mut line = vec![executable.clone()];
        let mut add = |words: &[&str]| line.extend(words.iter().map(OsString::from));
        add(&["--port", &port.to_string(), "--bind", "127.0.0.1", "--daemonize", "no", "--save", ""]);
        // Without waiting for the disk each write is in the kernel's hands before it is answered.
        add(&["--appendonly", if self.persistent { "yes" } else { "no" }, "--appendfsync", "no"]);
        if let Some(password) = &self.password {
            add(&["--requirepass", password]);
        }
        line.extend([OsString::from("--dir"), folder.join("data").into()]);
        line.extend(self.arguments.iter().cloned());
        let mut client = RedisClient::new(port);
        if let Some(password) = &self.password {
            client = client.password(password);
        }
        let watcher = Watcher::new(&folder, &line)?;
        Ok(RedisServer { watcher, folder, client, port, password: self.password.clone() })
    }
}

fn executable() -> Option<OsString> {
    let named = env::var_os(VARIABLE).filter(|named| !named.is_empty());
    let names =
        named.map_or_else(|| vec!["redis-server".into(), "valkey-server".into()], |named| vec![named]);
    let runs = |name: &OsString| {
        let version =
            Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        version.is_ok_and(|status| status.success())
    };
    names.into_iter().find(runs)
}
