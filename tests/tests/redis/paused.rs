//! A process that was stopped for longer than the staleness bound and goes on serves nothing older.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use cache_core::clock::{Clock, SystemClock};
use cache_core::{Cache, Target};
use cache_testkit::RedisServer;

use crate::support::in_time;

const BOUND: Duration = Duration::from_millis(200);

/// A process that reads when it is asked to.
struct Reader {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Reader {
    fn start(ports: [u16; 2]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_paused"));
        command.args(ports.map(|port| port.to_string())).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let (input, output) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        Self { process, input, output: BufReader::new(output) }
    }

    fn ask(&mut self) {
        self.input.write_all(b"\n").unwrap();
    }

    /// The value that it read, and how many reads were served from the process so far.
    fn answer(&mut self) -> (u64, u64) {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        let (value, hits) = line.trim().split_once(' ').expect("it answers");
        (value.parse().unwrap(), hits.parse().unwrap())
    }

    /// Reads until a read is served from the process; returns its value.
    fn warm(&mut self) -> u64 {
        let mut before = u64::MAX;
        loop {
            self.ask();
            let (value, hits) = self.answer();
            if hits > before {
                return value;
            }
            before = hits;
        }
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.process.id().to_string()]).status();
        assert!(status.unwrap().success());
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // One that ended already can't be killed, and is waited for all the same.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn a_process_that_was_stopped_for_longer_than_the_bound() {
    let (server, database) = (RedisServer::start(), RedisServer::start());
    let builder = Cache::builder().namespace("paused").environment("test").redis(server.url());
    let writer = builder.staleness_bound(BOUND).build().unwrap();
    in_time(writer.ready()).await.unwrap();
    database.command(&["SET", "answer", "0"]);
    let mut reader = Reader::start([server.port(), database.port()]);
    for version in 1..=10_u64 {
        assert_eq!(reader.warm(), version - 1);
        reader.signal("-STOP");
        database.command(&["SET", "answer", &version.to_string()]);
        in_time(writer.invalidate(Target::of("answer"))).await.unwrap();
        // It is what the bound is about that this much time passes.
        SystemClock.sleep(BOUND + Duration::from_millis(20)).await;
        // It is asked before it goes on, so that it may read before it looks at anything that it was told.
        reader.ask();
        reader.signal("-CONT");
        assert_eq!(reader.answer().0, version);
    }
}
