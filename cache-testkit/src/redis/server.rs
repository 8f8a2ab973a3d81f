//! A server for one test.

use std::fs;
use std::path::PathBuf;

use crate::redis::client::RedisClient;
use crate::redis::options::RedisServerOptions;
use crate::redis::place::{copy, poll};
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
    pub(super) watcher: Watcher,
    pub(super) folder: PathBuf,
    pub(super) client: RedisClient,
    pub(super) port: u16,
    pub(super) password: Option<String>,
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
        let password = self.password.as_ref().map(|password| format!(":{password}@")).unwrap_or_default();
        format!("redis://{password}127.0.0.1:{}", self.port)
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
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
    pub fn kill(&mut self) {
        self.tell("kill");
    }

    /// Starts it again on the same port, killed or not. A [persistent](RedisServerOptions::persistent) server
    /// has its data again, any other is empty.
    ///
    /// # Panics
    ///
    /// If it doesn't answer.
    pub fn restart(&mut self) {
        self.kill();
        let started = self.launch();
        assert!(started, "redis did not start again on port {}:\n{}", self.port, self.log());
    }

    /// Starts it again on the same port without its data.
    ///
    /// # Panics
    ///
    /// If it doesn't answer.
    pub fn restart_empty(&mut self) {
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
    pub fn restart_at_checkpoint(&mut self) {
        self.kill();
        let (data, checkpoint) = (self.folder.join("data"), self.folder.join("checkpoint"));
        fs::remove_dir_all(&data).and_then(|()| copy(&checkpoint, &data)).expect("there is a checkpoint");
        self.restart();
    }

    /// Stops it where it is, as a server that hangs: SIGSTOP. Its connections stay open.
    pub fn stop(&mut self) {
        self.tell("stop");
    }

    /// Lets it go on after [`RedisServer::stop`]: SIGCONT.
    pub fn cont(&mut self) {
        self.tell("cont");
    }

    fn tell(&mut self, word: &str) -> Option<u32> {
        self.watcher.tell(word).expect("the watcher lives as long as this value")
    }

    /// Whether it was started, and it is this very server that answers on the port.
    pub(super) fn launch(&mut self) -> bool {
        let pid = self.tell("start").expect("a shell knows the child it started");
        let ours = format!("process_id:{pid}\r");
        let answers = || {
            let info = self.client.try_command(&["INFO"]).ok()?;
            // Until its data are read it answers nothing else.
            info.contains("\nloading:0\r").then(|| info.contains(&ours))
        };
        poll(answers).unwrap_or(false)
    }

    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}
