//! A connection over which names are read and tracked, and what it is told of them.

use cache_testkit::RedisServer;

use crate::wire::{Said, Wire};

/// The two ways in which a process has names tracked.
pub(super) const MODES: [Mode; 2] = [Mode::OnDemand, Mode::Always];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// What is read right after `CLIENT CACHING YES` is tracked, and nothing else.
    OnDemand,
    /// Whatever is read is tracked.
    Always,
}

/// What a push tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Name(String),
    Everything,
}

impl Told {
    /// What a push says of changes.
    pub(super) fn by(push: &Said) -> Vec<Self> {
        match push.items() {
            [kind, Said::Several('*', names)] if kind.bytes() == Some(b"invalidate") => {
                names.iter().map(|name| Self::Name(text(name))).collect()
            }
            [kind, Said::Line('_', _)] if kind.bytes() == Some(b"invalidate") => vec![Self::Everything],
            _ => panic!("an unknown push: {push:?}"),
        }
    }

    pub(super) fn tells_of(&self, name: &str) -> bool {
        match self {
            Self::Name(told) => told == name,
            Self::Everything => true,
        }
    }
}

fn text(said: &Said) -> String {
    String::from_utf8_lossy(said.bytes().expect("a name is bytes")).into_owned()
}

/// A connection that is told of changes.
#[derive(Debug)]
pub(super) struct Listener {
    wire: Wire,
    mode: Mode,
}

impl Listener {
    pub(super) fn over(server: &RedisServer, mode: Mode) -> Self {
        let mut wire = Wire::to(server.port());
        let (_, greeting) = wire.ask(&["HELLO", "3"]);
        assert!(matches!(greeting, Said::Several('%', _)), "{greeting:?}");
        run(&mut wire, if mode == Mode::Always { "CLIENT TRACKING ON" } else { "CLIENT TRACKING ON OPTIN" });
        Self { wire, mode }
    }

    /// Reads a name and has it tracked: its value, if it has one.
    pub(super) fn track(&mut self, name: &str) -> Option<String> {
        let sent = usize::from(self.mode == Mode::OnDemand);
        if self.mode == Mode::OnDemand {
            self.wire.send(&["CLIENT", "CACHING", "YES"]);
        }
        self.wire.send(&["MGET", name]);
        let mut replies = std::iter::repeat_with(|| self.wire.hear()).filter(|said| !said.is_push());
        let read = replies.nth(sent).expect("a wire never ends");
        read.items()
            .first()
            .expect("one value for one name")
            .bytes()
            .map(|value| String::from_utf8_lossy(value).into_owned())
    }

    /// Sends a GET, and returns what was told before its answer.
    pub(super) fn told_before_get(&mut self, name: &str) -> Vec<Told> {
        self.ask(&format!("GET {name}")).0
    }

    /// Sends a line, and returns what was told before its answer.
    pub(super) fn ask(&mut self, line: &str) -> (Vec<Told>, Said) {
        let (pushes, reply) = self.wire.ask(&words(line));
        (pushes.iter().flat_map(Told::by).collect(), reply)
    }

    pub(super) fn wire(&mut self) -> &mut Wire {
        &mut self.wire
    }
}

/// The words of a line. One that begins with `!` is one that is refused.
fn words(line: &str) -> Vec<&str> {
    line.trim_start_matches('!').split(' ').collect()
}

/// Sends a line for somebody who is told nothing, and checks whether it was refused.
#[track_caller]
pub(super) fn run(wire: &mut Wire, line: &str) -> Said {
    let (_, reply) = wire.ask(&words(line));
    check(line, &reply);
    reply
}

#[track_caller]
pub(super) fn check(line: &str, reply: &Said) {
    assert_eq!(matches!(reply, Said::Line('-', _)), line.starts_with('!'), "{line}: {reply:?}");
}

/// A server that lets tests look behind its back.
pub(super) fn server() -> RedisServer {
    let probe = RedisServer::start();
    let is_old = probe.command(&["INFO", "server"]).contains("redis_version:6.");
    if is_old { probe } else { RedisServer::options().config("enable-debug-command", "yes").start() }
}
