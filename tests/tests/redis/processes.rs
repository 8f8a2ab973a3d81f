//! One load of a key in the whole fleet: four processes, a thousand callers.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use cache_core::clock::{Clock, SystemClock};
use cache_testkit::RedisServer;

use crate::support::PATIENCE;

const PROCESSES: usize = 4;
const CALLERS: usize = 250;

/// Processes that run the loader, and what they say.
struct Fleet {
    processes: Vec<Child>,
    said: Receiver<(usize, String)>,
}

impl Fleet {
    /// Starts the processes and waits until each is ready.
    fn start(server: &RedisServer) -> Self {
        let (sender, said) = channel();
        let processes = (0..PROCESSES)
            .map(|index| {
                let mut process = Command::new(env!("CARGO_BIN_EXE_loader"));
                process.arg(server.port().to_string()).stdin(Stdio::piped()).stdout(Stdio::piped());
                let mut process = process.spawn().unwrap();
                let lines = BufReader::new(process.stdout.take().unwrap());
                let sender = sender.clone();
                std::thread::spawn(move || forward(lines, |line| drop(sender.send((index, line)))));
                process
            })
            .collect();
        let fleet = Self { processes, said };
        for _ in 0..PROCESSES {
            assert_eq!(fleet.hear().1, "ready");
        }
        fleet
    }

    /// Has all processes call at once.
    fn go(&mut self) {
        for process in &mut self.processes {
            process.stdin.take().unwrap().write_all(b"go\n").unwrap();
        }
    }

    /// The next line of any process, and which one's it is.
    fn hear(&self) -> (usize, String) {
        self.said.recv_timeout(PATIENCE).expect("a process says something, or all ended")
    }

    /// Waits until this many processes are done, and returns how many callers they served.
    fn done(&self, processes: usize) -> usize {
        let mut served = Vec::new();
        while served.len() < processes {
            let (_, line) = self.hear();
            served.extend(line.strip_prefix("done ").map(|served| served.parse::<usize>().unwrap()));
        }
        served.iter().sum()
    }
}

fn forward(lines: BufReader<ChildStdout>, mut to: impl FnMut(String)) {
    lines.lines().map_while(Result::ok).for_each(&mut to);
}

impl Drop for Fleet {
    fn drop(&mut self) {
        for process in &mut self.processes {
            // One that ended already can't be killed, and is waited for all the same.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

#[test]
fn a_thousand_callers_in_four_processes_share_one_load() {
    let server = RedisServer::start();
    let mut fleet = Fleet::start(&server);
    fleet.go();
    assert_eq!(fleet.done(PROCESSES), PROCESSES * CALLERS);
    assert_eq!(server.command(&["GET", "loads"]), "1");
}

#[test]
fn when_the_loading_process_is_killed_one_other_loads() {
    let server = RedisServer::start();
    let mut fleet = Fleet::start(&server);
    let began = SystemClock.now();
    fleet.go();
    let (leader, line) = fleet.hear();
    assert_eq!(line, "loading");
    fleet.processes[leader].kill().unwrap();
    assert_eq!(fleet.done(PROCESSES - 1), (PROCESSES - 1) * CALLERS);
    assert_eq!(server.command(&["GET", "loads"]), "2");
    // The first lease lives for five seconds.
    let took = SystemClock.now() - began;
    assert!(took < Duration::from_secs(9), "{took:?}");
}
