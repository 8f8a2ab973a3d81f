//! The shell that keeps a server, and doesn't let it outlive its test.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A watcher: see `watcher.sh`.
#[derive(Debug)]
pub(crate) struct Watcher {
    shell: Child,
    /// Closed to end the watcher.
    words: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Watcher {
    /// Starts a watcher, not yet the server.
    pub(crate) fn new(folder: &Path, command_line: &[OsString]) -> io::Result<Self> {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(include_str!("watcher.sh")).arg("redis-watcher").arg(folder).args(command_line);
        // In a group of its own: Ctrl-C reaches the test, and the end of the test reaches the watcher.
        shell.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut shell = shell.spawn()?;
        let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
        let words = Some(shell.stdin.take().ok_or_else(gone)?);
        let answers = BufReader::new(shell.stdout.take().ok_or_else(gone)?);
        Ok(Self { shell, words, answers })
    }

    /// Has a word carried out; answers with the server's process id, if it runs.
    pub(crate) fn tell(&mut self, word: &str) -> io::Result<Option<u32>> {
        let words = self.words.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        writeln!(words, "{word}")?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        Ok(answer.trim().parse().ok())
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.words = None;
        // A watcher that can't be waited for has ended already.
        let _ = self.shell.wait();
    }
}
