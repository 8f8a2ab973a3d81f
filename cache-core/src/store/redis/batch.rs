//! Several reads as one MGET, which asks for each name once.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use bytes::Bytes;
use redis::{Cmd, Value};
use smallvec::SmallVec;

use crate::key::names::Names;
use crate::store::redis::replies::{self, bytes_of};
use crate::store::words::Snapshot;

/// The reads that will be sent as one MGET.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// The names one after the other, and where each ends.
    text: String,
    ends: Vec<usize>,
    /// Where the name with a hash stands.
    seats: HashMap<u64, u32, BuildHasherDefault<Known>>,
    reads: usize,
}

/// A batch takes this many reads, so that its answer keeps nobody else waiting for long.
const MAX_READS: usize = 512;
/// And this many bytes of names.
const MAX_TEXT: usize = 256 * 1024;

/// Where the values of one read stand in the answer.
#[derive(Debug)]
pub(crate) struct Seats {
    entry: u32,
    lease: Option<u32>,
    /// Of the incarnation and of the stamps.
    groups: SmallVec<[u32; 8]>,
}

/// The answer to a batch.
pub(crate) type Values = Vec<Option<Bytes>>;

impl Batch {
    /// Adds a read.
    pub(crate) fn add(&mut self, names: &Names, lease: bool) -> Seats {
        self.reads += 1;
        let entry = self.seat(names.entry_hash(), names.entry());
        let lease = lease.then(|| self.push(names.lease()));
        let groups = std::iter::once(names.incarnation()).chain(names.stamps());
        let groups = names.group_hashes().zip(groups).map(|(hash, name)| self.seat(hash, name)).collect();
        Seats { entry, lease, groups }
    }

    /// Whether it takes no further read.
    pub(crate) fn is_full(&self) -> bool {
        self.reads >= MAX_READS || self.text.len() >= MAX_TEXT
    }

    /// Nothing, with room for as much again.
    pub(crate) fn cleared(mut self) -> Self {
        self.text.clear();
        self.ends.clear();
        self.seats.clear();
        self.reads = 0;
        self
    }

    /// The MGET.
    pub(crate) fn command(&self) -> Cmd {
        let mut command = Cmd::with_capacity(self.ends.len() + 1, self.text.len() + 4);
        command.arg("MGET");
        let mut start = 0;
        for end in &self.ends {
            command.arg(&self.text[start..*end]);
            start = *end;
        }
        command
    }

    /// A name's place in the MGET. Of two names with one hash the second is asked for by each who needs it.
    fn seat(&mut self, hash: u64, name: &str) -> u32 {
        match self.seats.get(&hash) {
            Some(seat) if self.name(*seat) == name => *seat,
            Some(_) => self.push(name),
            None => {
                let seat = self.push(name);
                self.seats.insert(hash, seat);
                seat
            }
        }
    }

    fn push(&mut self, name: &str) -> u32 {
        let seat = u32::try_from(self.ends.len()).expect("a batch is limited");
        self.text.push_str(name);
        self.ends.push(self.text.len());
        seat
    }

    fn name(&self, seat: u32) -> &str {
        let seat = seat as usize;
        let start = if seat == 0 { 0 } else { self.ends[seat - 1] };
        &self.text[start..self.ends[seat]]
    }
}

impl Seats {
    /// What this read saw.
    pub(crate) fn snapshot(&self, answer: &Values) -> Snapshot {
        replies::snapshot(self.values(answer).map(|value| value.cloned()), self.lease.is_some())
    }

    /// The values of this read, in the order of the answer to an MGET of its own.
    fn values<'a>(&self, answer: &'a Values) -> impl Iterator<Item = Option<&'a Bytes>> {
        let seats = [self.entry].into_iter().chain(self.lease).chain(self.groups.iter().copied());
        seats.map(|seat| answer.get(seat as usize)?.as_ref())
    }
}

/// The values of an answer; `None` if it is none.
pub(crate) fn values(answer: Value) -> Option<Values> {
    match answer {
        Value::Array(values) => Some(values.into_iter().map(bytes_of).collect()),
        _ => None,
    }
}

/// Takes what is a hash already.
#[derive(Debug, Default)]
struct Known(u64);

impl Hasher for Known {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(command: &Cmd) -> Vec<String> {
        let word = |argument| match argument {
            redis::Arg::Simple(word) => String::from_utf8_lossy(word).into_owned(),
            redis::Arg::Cursor => "cursor".to_owned(),
            _ => "another".to_owned(),
        };
        command.args_iter().map(word).collect()
    }

    /// The answer of a server in which each name has itself as its value.
    fn answer(batch: &Batch) -> Values {
        let echo = |word: String| Value::BulkString(word.into_bytes());
        values(Value::Array(words(&batch.command()).into_iter().skip(1).map(echo).collect()))
            .expect("it is one")
    }

    fn own(names: &Names, lease: bool) -> Vec<String> {
        let lease = lease.then(|| names.lease());
        let all = [names.entry()].into_iter().chain(lease).chain([names.incarnation()]).chain(names.stamps());
        all.map(str::to_owned).collect()
    }

    #[test]
    fn each_read_finds_its_own_values() {
        let mut batch = Batch::default();
        let mut added = Vec::new();
        for turn in 0..300 {
            let groups = [format!("type{}", turn % 2), format!("tenant{}", turn % 7)];
            let groups: Vec<&str> = groups.iter().take(turn % 3).map(String::as_str).collect();
            let names = Names::for_tests("n:e", &format!("{}", turn % 50), &groups);
            let lease = turn % 5 == 0;
            added.push((batch.add(&names, lease), own(&names, lease)));
        }
        let answer = answer(&batch);
        for (seats, expected) in added {
            let found: Vec<_> =
                seats.values(&answer).map(|value| value.expect("it has itself as value").to_vec()).collect();
            let expected: Vec<_> = expected.into_iter().map(String::into_bytes).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_name_is_asked_for_once() {
        let mut batch = Batch::default();
        for address in ["1", "2", "1"] {
            batch.add(&Names::for_tests("n:e", address, &["menu", "t1"]), false);
        }
        let expected = ["MGET", "n:e:e1:1", "n:e:i1", "n:e:s1:menu", "n:e:s1:t1", "n:e:e1:2"];
        assert_eq!(words(&batch.command()), expected);
    }

    #[test]
    fn names_with_one_hash_are_told_apart() {
        let mut batch = Batch::default();
        let seats: Vec<u32> = ["a", "b", "b", "a"].into_iter().map(|name| batch.seat(7, name)).collect();
        let names: Vec<&str> = seats.iter().map(|seat| batch.name(*seat)).collect();
        assert_eq!(names, ["a", "b", "b", "a"]);
    }

    #[test]
    fn a_short_answer_is_nothing() {
        let mut batch = Batch::default();
        let seats = batch.add(&Names::for_tests("n:e", "1", &["menu"]), true);
        assert!(seats.values(&Vec::new()).all(|value| value.is_none()));
        assert!(values(Value::Okay).is_none());
    }
}
