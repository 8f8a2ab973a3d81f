//! A value that is kept in the process is not served any more once an invalidation of it has returned.

use std::sync::Arc;

use loom::sync::Mutex;
use loom::sync::atomic::{AtomicU64, Ordering};
use loom::thread;

use crate::counters::Counters;
use crate::explore::{explore, explore_most};
use crate::key::groups::hash;
use crate::key::names::NAMES;
use crate::protocol::Hold;

/// What a reader does wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    TicketAfterRead,
    NoTicket,
    NoComparison,
}

/// How a writer tells the process of its change.
#[derive(Clone, Copy)]
enum Told {
    Entry,
    Stamp(usize),
    /// It can't: the connection was lost.
    Lost,
}

struct Kept {
    value: u64,
    hold: Option<Hold>,
}

/// A process that keeps one entry. Values are sets of bits: each writer adds its own.
struct Process {
    fault: Fault,
    counters: Counters,
    /// Accesses are relaxed: only the counters may bring them into an order.
    store: AtomicU64,
    kept: Mutex<Option<Kept>>,
    /// The writers that have returned.
    returned: AtomicU64,
}

impl Process {
    fn new(fault: Fault, bits: u32) -> Self {
        Self {
            fault,
            counters: Counters::new(bits),
            store: AtomicU64::new(0),
            kept: Mutex::new(None),
            returned: AtomicU64::new(0),
        }
    }

    fn read(&self) {
        let mut hold = Some(self.counters.hold());
        let value = self.store.load(Ordering::Relaxed);
        match self.fault {
            Fault::TicketAfterRead => hold = Some(self.counters.hold()),
            Fault::NoTicket => hold = None,
            Fault::None | Fault::NoComparison => {}
        }
        *self.kept.lock().expect("no model goes on after a panic") = Some(Kept { value, hold });
    }

    fn write(&self, bit: u64, told: Told) {
        self.store.fetch_or(bit, Ordering::Relaxed);
        match told {
            Told::Entry => self.counters.stripes.entry_changed(hash(NAMES.entry.as_bytes())),
            Told::Stamp(index) => self.counters.stripes.stamp_changed(hash(NAMES.stamps[index].as_bytes())),
            Told::Lost => self.counters.stripes.lost(),
        }
        self.returned.fetch_or(bit, Ordering::Release);
    }

    fn hit(&self) -> Option<u64> {
        let kept = self.kept.lock().expect("no model goes on after a panic");
        let kept = kept.as_ref()?;
        let compared = kept.hold.as_ref().filter(|_| self.fault != Fault::NoComparison);
        compared.is_none_or(|hold| self.counters.may_serve(hold)).then_some(kept.value)
    }

    fn check(&self) {
        let returned = self.returned.load(Ordering::Acquire);
        if let Some(value) = self.hit() {
            assert_eq!(value & returned, returned, "a hit is older than an invalidation");
        }
    }
}

/// One thread reads and keeps, one writes for each of `writers`, one looks for a hit.
fn serves_nothing_older(fault: Fault, bits: u32, writers: &'static [Told]) {
    let model = move || {
        let process = Arc::new(Process::new(fault, bits));
        let mut threads = Vec::new();
        for (index, told) in writers.iter().enumerate() {
            let process = process.clone();
            threads.push(thread::spawn(move || process.write(1 << index, *told)));
        }
        let reader = process.clone();
        threads.push(thread::spawn(move || reader.read()));
        process.check();
        for thread in threads {
            thread.join().expect("it does not panic");
        }
        process.check();
    };
    if writers.len() > 1 { explore_most(model) } else { explore(model) }
}

#[test]
fn an_entry() {
    serves_nothing_older(Fault::None, 2, &[Told::Entry]);
}

#[test]
fn a_stamp() {
    serves_nothing_older(Fault::None, 2, &[Told::Stamp(1)]);
}

#[test]
fn two_stamps() {
    serves_nothing_older(Fault::None, 2, &[Told::Stamp(0), Told::Stamp(1)]);
}

#[test]
fn two_stamps_that_share_a_counter() {
    serves_nothing_older(Fault::None, 0, &[Told::Stamp(0), Told::Stamp(1)]);
}

#[test]
fn a_lost_connection() {
    serves_nothing_older(Fault::None, 2, &[Told::Lost]);
}

#[test]
fn a_lost_connection_and_an_entry() {
    serves_nothing_older(Fault::None, 2, &[Told::Lost, Told::Entry]);
}

#[test]
#[should_panic(expected = "a hit is older than an invalidation")]
fn without_a_ticket_from_before_the_read() {
    serves_nothing_older(Fault::TicketAfterRead, 2, &[Told::Entry]);
}

#[test]
#[should_panic(expected = "a hit is older than an invalidation")]
fn without_a_ticket() {
    serves_nothing_older(Fault::NoTicket, 2, &[Told::Entry]);
}

#[test]
#[should_panic(expected = "a hit is older than an invalidation")]
fn without_a_comparison() {
    serves_nothing_older(Fault::NoComparison, 2, &[Told::Entry]);
}
