//! How a server is started.

use std::path::Path;
use std::sync::Mutex;
use std::{fs, io};

use crate::ports::{free_port, free_port_of_a_node};
use crate::redis::client::RedisClient;
use crate::redis::config::Config;
use crate::redis::executable::executable;
use crate::redis::place::new_folder;
use crate::redis::server::RedisServer;
#[cfg(feature = "tls")]
use crate::redis::tls::Tls;
use crate::redis::watcher::Watcher;

/// How a [`RedisServer`] is started.
#[derive(Clone, Debug, Default)]
#[must_use = "options do nothing until `start`"]
pub struct RedisServerOptions {
    role: Role,
    port: Option<u16>,
    pub(super) password: Option<String>,
    users: Vec<User>,
    #[cfg(feature = "tls")]
    tls: Option<Vec<String>>,
    persistence: Persistence,
    settings: Vec<(String, String)>,
}

/// What the executable is started as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Role {
    #[default]
    Server,
    Sentinel,
    ClusterNode,
}

#[derive(Clone, Debug)]
struct User {
    name: String,
    password: String,
    rules: String,
}

/// What a server keeps over a restart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Persistence {
    /// Nothing.
    #[default]
    None,
    /// Every write that it acknowledged (AOF): each is in the kernel's hands before it is answered.
    Log,
    /// What it had at its last snapshot (RDB): one is taken by `SAVE` and by [`RedisServer::shut_down`], none
    /// by [`RedisServer::kill`].
    Snapshots,
}

impl RedisServerOptions {
    pub(super) fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// Fixes its port; by default it is any that is free.
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// Says what it keeps over a restart. Default: nothing.
    pub fn persistence(mut self, persistence: Persistence) -> Self {
        self.persistence = persistence;
        self
    }

    /// Keeps all data over a restart: [`Persistence::Log`].
    pub fn persistent(self) -> Self {
        self.persistence(Persistence::Log)
    }

    /// Asks clients for a password.
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// Adds a user with a password and what it may do, as in `"~* +@read -flushall"`.
    pub fn user(mut self, name: &str, password: &str, rules: &str) -> Self {
        let [name, password, rules] = [name, password, rules].map(str::to_owned);
        self.users.push(User { name, password, rules });
        self
    }

    /// Speaks TLS too, on a port of its own, with a certificate for `localhost` and `127.0.0.1` by an authority
    /// of its own: see [`RedisServer::certificates`]. Clients may show a certificate and need not;
    /// `config("tls-auth-clients", "yes")` makes them.
    #[cfg(feature = "tls")]
    pub fn tls(self) -> Self {
        self.tls_for(["localhost", "127.0.0.1"])
    }

    /// Speaks TLS too, with a certificate for these names instead of those of this machine.
    #[cfg(feature = "tls")]
    pub fn tls_for<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.tls = Some(names.into_iter().map(str::to_owned).collect());
        self
    }

    /// Limits its memory, and says what is evicted: `noeviction`, `allkeys-lru`, `volatile-lru`.
    pub fn max_memory(self, memory: &str, policy: &str) -> Self {
        self.config("maxmemory", memory).config("maxmemory-policy", policy)
    }

    /// Adds any other line to its configuration file, as in `config("save", "900 1")`.
    pub fn config(mut self, setting: &str, value: &str) -> Self {
        self.settings.push((setting.to_owned(), value.to_owned()));
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
        // A port that was free a moment ago may be taken by another process's test.
        let attempts = if self.port.is_some() { 1 } else { 10 };
        for attempt in 1..=attempts {
            let server = self.prepare().expect("a temporary folder and a shell can be had");
            if server.launch() {
                return server;
            }
            let log = server.log();
            let again = attempt < attempts && log.contains(TAKEN);
            assert!(again, "redis did not start on port {}:\n{log}", server.port());
        }
        unreachable!("the last attempt returned or failed")
    }

    fn prepare(&self) -> io::Result<RedisServer> {
        let executable = executable();
        let folder = new_folder()?;
        let port = self.port.unwrap_or_else(|| self.role.free_port());
        let mut client = RedisClient::new(port);
        if let Some(password) = &self.password {
            client = client.password(password);
        }
        #[cfg(feature = "tls")]
        let tls = self.tls.as_ref().map(|names| Tls::new(&folder, names)).transpose()?;
        let mut config = self.config_file(port, &folder);
        #[cfg(feature = "tls")]
        if let Some(tls) = &tls {
            tls.write(&mut config);
        }
        for (setting, value) in &self.settings {
            config.line(setting, value);
        }
        let path = folder.join("redis.conf");
        fs::write(&path, config.into_text())?;
        let mut line = vec![executable, path.into()];
        line.extend((self.role == Role::Sentinel).then(|| "--sentinel".into()));
        Ok(RedisServer {
            watcher: Mutex::new(Watcher::new(&folder, &line)?),
            folder,
            client,
            port,
            password: self.password.clone(),
            #[cfg(feature = "tls")]
            tls,
        })
    }

    fn config_file(&self, port: u16, folder: &Path) -> Config {
        let mut config = Config::default();
        config.line("port", &port.to_string());
        config.line("bind", "127.0.0.1");
        config.line("daemonize", "no");
        config.words("dir", &[&folder.join("data").to_string_lossy()]);
        if let Some(password) = &self.password {
            config.words("requirepass", &[password]);
        }
        for user in &self.users {
            let password = format!(">{}", user.password);
            let mut words = vec![user.name.as_str(), "on", &password];
            words.extend(user.rules.split_whitespace());
            config.words("user", &words);
        }
        if self.role == Role::Sentinel {
            return config;
        }
        config.line("save", if self.persistence == Persistence::Snapshots { "3600 1" } else { "\"\"" });
        config.line("appendonly", if self.persistence == Persistence::Log { "yes" } else { "no" });
        // Without waiting for the disk each write is in the kernel's hands before it is answered.
        config.line("appendfsync", "no");
        if self.role == Role::ClusterNode {
            config.line("cluster-enabled", "yes");
        }
        config
    }
}

/// What a server says whose port somebody else has.
const TAKEN: &str = "Address already in use";

impl Role {
    fn free_port(self) -> u16 {
        if self == Self::ClusterNode { free_port_of_a_node() } else { free_port() }
    }
}
