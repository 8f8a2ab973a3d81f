//! A server for one test.

use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::redis::client::RedisClient;
use crate::redis::options::RedisServerOptions;
use crate::redis::place::{copy, poll};
#[cfg(feature = "tls")]
use crate::redis::tls::{Certificates, Tls};
use crate::redis::watcher::Watcher;

/// A Redis or Valkey server of a test's own, on a free port of this machine.
///
/// It is stopped, and its data removed, when it is dropped, when the test panics, and when the test's process
/// is killed. The executable is the one that the variable `CACHE_TEST_REDIS_SERVER` names, else `redis-server`,
/// else `valkey-server`.
///
/// ```
/// use cache_testkit::RedisServer;
///
/// let server = RedisServer::start();
/// server.command(&["SET", "greeting", "hello"]);
/// assert_eq!(server.command(&["GET", "greeting"]), "hello");
/// ```
#[derive(Debug)]
pub struct RedisServer {
    // Dropped before anything else, so that the folder is removed by whoever ends the server.
    pub(super) watcher: Mutex<Watcher>,
    pub(super) folder: PathBuf,
    pub(super) client: RedisClient,
    pub(super) port: u16,
    pub(super) password: Option<String>,
    #[cfg(feature = "tls")]
    pub(super) tls: Option<Tls>,
}

impl RedisServer {
    /// Starts a server that keeps nothing over a restart.
    ///
    /// # Panics
    ///
    /// If there is no executable, with what to install, or if the server doesn't answer.
    #[must_use]
    #[track_caller]
    pub fn start() -> Self {
        Self::options().start()
    }

    /// Begins to say how a server is started.
    pub fn options() -> RedisServerOptions {
        RedisServerOptions::default()
    }

    /// Its URL, with the password if there is one.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://{}127.0.0.1:{}", self.log_in(), self.port)
    }

    /// Its URL for a user of its own, see [`RedisServerOptions::user`]. Nothing in it is escaped.
    #[must_use]
    pub fn url_as(&self, user: &str, password: &str) -> String {
        format!("redis://{user}:{password}@127.0.0.1:{}", self.port)
    }

    /// Its URL for clients that speak TLS, with the password if there is one.
    ///
    /// # Panics
    ///
    /// If it was started without TLS.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls_url(&self) -> String {
        format!("rediss://{}127.0.0.1:{}", self.log_in(), self.tls().port)
    }

    /// The port on which it speaks TLS.
    ///
    /// # Panics
    ///
    /// If it was started without TLS.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls_port(&self) -> u16 {
        self.tls().port
    }

    /// Its authority, and a certificate for a client. The files go with the server.
    ///
    /// # Panics
    ///
    /// If it was started without TLS.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn certificates(&self) -> &Certificates {
        &self.tls().certificates
    }

    #[cfg(feature = "tls")]
    fn tls(&self) -> &Tls {
        self.tls.as_ref().expect("the server was started without TLS: add `tls()` to its options")
    }

    pub(super) fn log_in(&self) -> String {
        self.password.as_ref().map(|password| format!(":{password}@")).unwrap_or_default()
    }

    /// The port on which it speaks plainly.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its process id, unless it was killed.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.tell("pid")
    }

    /// A client for it that other threads can have.
    #[must_use]
    pub fn client(&self) -> RedisClient {
        self.client.clone()
    }

    /// Sends a command, see [`RedisClient::command`].
    ///
    /// # Panics
    ///
    /// If the server doesn't answer, or answers with an error.
    #[track_caller]
    pub fn command<A: AsRef<[u8]>>(&self, words: &[A]) -> String {
        self.client.command(words)
    }

    /// Kills it, as a crash does: SIGKILL.
    pub fn kill(&self) {
        self.tell("kill");
    }

    /// Ends it in good order: SIGTERM. It takes its last [snapshot](crate::Persistence::Snapshots), if it takes
    /// any.
    pub fn shut_down(&self) {
        self.tell("term");
    }

    /// Kills it and starts it again on the same port, with the data that it [keeps](crate::Persistence).
    ///
    /// # Panics
    ///
    /// If it doesn't answer.
    pub fn restart(&self) {
        self.kill();
        let started = self.launch();
        assert!(started, "redis did not start again on port {}:\n{}", self.port, self.log());
    }

    /// Starts it again on the same port without its data.
    ///
    /// # Panics
    ///
    /// If it doesn't answer.
    pub fn restart_empty(&self) {
        self.kill();
        let data = self.folder.join("data");
        fs::remove_dir_all(&data)
            .and_then(|()| fs::create_dir(&data))
            .expect("the folder is the server's own");
        self.restart();
    }

    /// Remembers the data of a [persistent](RedisServerOptions::persistent) server as they are now.
    ///
    /// # Panics
    ///
    /// If they can't be copied.
    pub fn checkpoint(&self) {
        copy(&self.folder.join("data"), &self.folder.join("checkpoint"))
            .expect("the folder is the server's own");
    }

    /// Kills it and starts it again on the same port as it was at the last [`RedisServer::checkpoint`]: what
    /// it acknowledged since then is lost, as in a fail-over to a replica that lagged behind.
    ///
    /// # Panics
    ///
    /// If there was no checkpoint, or it doesn't answer.
    pub fn restart_at_checkpoint(&self) {
        self.kill();
        let (data, checkpoint) = (self.folder.join("data"), self.folder.join("checkpoint"));
        fs::remove_dir_all(&data).and_then(|()| copy(&checkpoint, &data)).expect("there is a checkpoint");
        self.restart();
    }

    /// Stops it where it is, as a server that hangs: SIGSTOP. Its connections stay open.
    pub fn stop(&self) {
        self.tell("stop");
    }

    /// Lets it go on after [`RedisServer::stop`]: SIGCONT.
    pub fn cont(&self) {
        self.tell("cont");
    }

    fn tell(&self, word: &str) -> Option<u32> {
        let mut watcher = self.watcher.lock().unwrap_or_else(PoisonError::into_inner);
        watcher.tell(word).expect("the watcher lives as long as this value")
    }

    /// Whether it was started, and it is this very server that answers on the port.
    pub(super) fn launch(&self) -> bool {
        let earlier = self.log().len();
        let pid = self.tell("start").expect("a shell knows the child it started");
        let ours = format!("process_id:{pid}\r");
        let answers = || {
            if self.log().get(earlier..).is_some_and(gave_up) {
                // It has more to say before it ends.
                self.tell("wait");
                return Some(false);
            }
            let info = self.client.try_command(&["INFO"]).ok()?;
            // Another server may have the port. Until its data are read it answers nothing else.
            (info.contains(&ours) && !info.contains("\nloading:1\r")).then_some(true)
        };
        poll(answers).unwrap_or(false)
    }

    /// What it wrote since it was first started.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

/// Whether a server says in its log that it will not start.
fn gave_up(log: &str) -> bool {
    ["FATAL CONFIG FILE ERROR", "Address already in use", "Failed listening on port"]
        .iter()
        .any(|words| log.contains(words))
}
