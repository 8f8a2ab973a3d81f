//! Many reads under way while a stamp is removed and written again and again.
//!
//! The reader does what a process would do: as long as it was not told of the stamp it takes its value as known, and an
//! entry that carries that value is a hit. No hit may carry a stamp whose removal was acknowledged before the entry was
//! asked for.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use cache_testkit::RedisServer;

use super::listener::{Listener, MODES, Mode, Told, run};
use crate::wire::{Said, Wire};

/// How often the stamp is removed.
const ROUNDS: u64 = 5_000;
/// How often where threads are always awake, and take turns on a machine that has too few cores for them.
const THREADED_ROUNDS: u64 = 100;
/// What the writer asks for between two changes, so that there is time for hits.
const PAUSE: usize = 4;

/// What reader and writer share.
#[derive(Debug, Default)]
struct Board {
    /// The newest stamp whose removal was acknowledged.
    removed: AtomicU64,
    is_over: AtomicBool,
}

#[derive(Debug, Default)]
struct Count {
    hits: u64,
    stale: u64,
}

/// What the reader waits for.
enum Asked {
    /// The leave to track.
    Leave,
    Stamp,
    /// An entry, and the newest stamp that was known to be removed when it was asked for.
    Entry(u64),
}

struct Reader<'a> {
    board: &'a Board,
    listener: Listener,
    mode: Mode,
    asked: VecDeque<Asked>,
    known: Option<u64>,
    /// Whether the stamp is asked for.
    asks: bool,
    /// Pushes that are not applied yet, each with the number of answers that go before it.
    told: VecDeque<(usize, Vec<Told>)>,
    late: usize,
    count: Count,
}

impl<'a> Reader<'a> {
    fn new(board: &'a Board, server: &RedisServer, plan: Plan) -> Self {
        Self {
            board,
            listener: Listener::over(server, plan.mode),
            mode: plan.mode,
            asked: VecDeque::new(),
            known: None,
            asks: false,
            told: VecDeque::new(),
            late: plan.late,
            count: Count::default(),
        }
    }

    fn read(mut self, in_flight: usize) -> Count {
        while !self.board.is_over.load(Ordering::Acquire) && !self.has_shown_enough() {
            if self.known.is_none() && !self.asks {
                self.ask_for_stamp();
            }
            while self.asked.len() < in_flight {
                self.asked.push_back(Asked::Entry(self.board.removed.load(Ordering::Acquire)));
                self.listener.wire().send(&["GET", "e"]);
            }
            self.hear();
        }
        self.board.is_over.store(true, Ordering::Release);
        self.count
    }

    /// Whether it was to be shown that a reader is wrong.
    fn has_shown_enough(&self) -> bool {
        self.late > 0 && self.count.stale > 0
    }

    fn ask_for_stamp(&mut self) {
        self.asks = true;
        if self.mode == Mode::OnDemand {
            self.asked.push_back(Asked::Leave);
            self.listener.wire().send(&["CLIENT", "CACHING", "YES"]);
        }
        self.asked.push_back(Asked::Stamp);
        self.listener.wire().send(&["GET", "s"]);
    }

    fn hear(&mut self) {
        let said = self.listener.wire().hear();
        if said.is_push() {
            self.told.push_back((self.late, Told::by(&said)));
        }
        self.apply();
        if !said.is_push() {
            self.answered(&said);
            self.told.iter_mut().for_each(|(left, _)| *left = left.saturating_sub(1));
        }
    }

    fn apply(&mut self) {
        while self.told.front().is_some_and(|(left, _)| *left == 0) {
            let (_, told) = self.told.pop_front().expect("there is a first");
            if told.iter().any(|told| told.tells_of("s")) {
                self.known = None;
            }
        }
    }

    fn answered(&mut self, said: &Said) {
        let value = said.bytes().map(|value| std::str::from_utf8(value).unwrap().parse().unwrap());
        match self.asked.pop_front().expect("an answer was asked for") {
            Asked::Leave => assert_eq!(*said, Said::Line('+', "OK".to_owned())),
            Asked::Stamp => (self.known, self.asks) = (value, false),
            Asked::Entry(removed) if value.is_some() && value == self.known => {
                self.count.hits += 1;
                self.count.stale += u64::from(value <= Some(removed));
            }
            Asked::Entry(_) => {}
        }
    }
}

fn write(port: u16, rounds: u64, board: &Board) {
    let mut wire = Wire::to(port);
    for round in (1..=rounds).take_while(|_| !board.is_over.load(Ordering::Acquire)) {
        run(&mut wire, &format!("SET s {round}"));
        run(&mut wire, &format!("SET e {round}"));
        (0..PAUSE).for_each(|_| drop(run(&mut wire, "PING")));
        match round % 4 {
            0 => drop(run(&mut wire, "UNLINK s")),
            1 => drop(run(&mut wire, "EVAL redis.call('DEL',KEYS[1]) 1 s")),
            2 => drop(run(&mut wire, "PEXPIRE s -1")),
            _ => ["MULTI", "DEL s", "EXEC"].iter().for_each(|line| drop(run(&mut wire, line))),
        }
        board.removed.store(round, Ordering::Release);
        (0..PAUSE).for_each(|_| drop(run(&mut wire, "PING")));
    }
    board.is_over.store(true, Ordering::Release);
}

/// How a stamp is read while it is removed and written.
#[derive(Clone, Copy, Debug)]
struct Plan {
    mode: Mode,
    rounds: u64,
    readers: usize,
    in_flight: usize,
    /// By how many answers each push takes effect too late.
    late: usize,
}

impl Plan {
    fn carry_out(self, server: &RedisServer) -> Count {
        server.command(&["DEL", "s", "e"]);
        let board = &Board::default();
        std::thread::scope(|scope| {
            let readers: Vec<_> = (0..self.readers)
                .map(|_| Reader::new(board, server, self))
                .map(|reader| scope.spawn(move || reader.read(self.in_flight)))
                .collect();
            write(server.port(), self.rounds, board);
            let counts = readers.into_iter().map(|reader| reader.join().unwrap());
            counts.fold(Count::default(), |sum, count| Count {
                hits: sum.hits + count.hits,
                stale: sum.stale + count.stale,
            })
        })
    }
}

#[track_caller]
fn check(server: &RedisServer, plan: Plan) {
    let count = plan.carry_out(server);
    assert_eq!(count.stale, 0, "{plan:?}: {count:?}");
    assert!(count.hits > 0, "{plan:?}: nothing was tried");
}

#[test]
fn no_hit_carries_a_stamp_that_was_removed_before() {
    let server = RedisServer::start();
    for mode in MODES {
        check(&server, Plan { mode, rounds: ROUNDS / 5, readers: 1, in_flight: 1, late: 0 });
        check(&server, Plan { mode, rounds: ROUNDS, readers: 1, in_flight: 64, late: 0 });
    }
}

/// Other threads read and write the sockets of a busy server, if it is told to.
#[test]
fn no_hit_carries_a_stamp_that_was_removed_before_where_threads_write_the_answers() {
    let options = RedisServer::options().config("io-threads", "2").config("io-threads-do-reads", "yes");
    let server = options.start();
    for mode in MODES {
        check(&server, Plan { mode, rounds: THREADED_ROUNDS, readers: 4, in_flight: 16, late: 0 });
    }
    let stats = server.command(&["INFO", "stats"]);
    let written = stats.lines().find_map(|line| line.strip_prefix("io_threaded_writes_processed:"));
    assert_ne!(written.map(str::trim), Some("0"), "nothing was tried");
}

/// The same reader is wrong as soon as pushes take effect after answers that came after them. Among many requests the
/// first ones that are answered after a push were sent before the removal was acknowledged: it takes as many.
#[test]
fn a_push_that_takes_effect_too_late_leaves_hits_that_are_stale() {
    let server = RedisServer::start();
    for mode in MODES {
        for in_flight in [1, 64] {
            let plan = Plan { mode, rounds: ROUNDS, readers: 1, in_flight, late: in_flight };
            let count = plan.carry_out(&server);
            assert!(count.stale > 0, "{plan:?}: {count:?}");
        }
    }
}
