//! Several reads as one MGET, which asks for each name once.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use bytes::Bytes;
use smallvec::SmallVec;

use crate::key::names::Names;
use crate::protocol::Asked;
use crate::store::redis::replies;
use crate::store::redis::request::Request;
use crate::store::redis::stamps::{Stamps, Told};
use crate::store::redis::wire::{self, Texts};
use crate::store::words::Snapshot;

/// The reads that will be sent together.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// Entries and leases.
    own: Column,
    /// Incarnations and stamps.
    groups: Column,
    reads: usize,
    /// Since when the groups are asked for, if they are to become known.
    asked: Option<Asked>,
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
    /// Of the incarnation and of the stamps, unless they are known.
    groups: Option<SmallVec<[u32; 8]>>,
}

/// The answer to a batch.
#[derive(Debug)]
pub(crate) struct Answers {
    values: Texts,
    /// How many of them are of entries and leases. They come first.
    own: usize,
}

impl Batch {
    /// Adds a read: of an entry, of its lease where that is asked for, and of what decides over their validity unless
    /// that is known.
    pub(crate) fn add(&mut self, names: &Names, lease: bool, known: bool) -> Seats {
        self.reads += 1;
        let entry = self.own.seat(names.entry_hash(), names.entry().as_bytes());
        let lease = lease.then(|| self.own.push(names.lease().as_bytes()));
        let groups = || names.groups_with_hashes();
        let groups = (!known).then(|| groups().map(|(hash, name)| self.groups.seat(hash, name)).collect());
        Seats { entry, lease, groups }
    }

    /// How many reads it holds.
    pub(crate) fn reads(&self) -> usize {
        self.reads
    }

    /// Whether it takes no further read.
    pub(crate) fn is_full(&self) -> bool {
        self.reads >= MAX_READS || self.own.text.len() + self.groups.text.len() >= MAX_TEXT
    }

    /// Nothing, with room for as much again.
    pub(crate) fn cleared(mut self) -> Self {
        self.own.clear();
        self.groups.clear();
        (self.reads, self.asked) = (0, None);
        self
    }

    /// What is to be sent, now.
    pub(crate) fn request(&mut self, stamps: &Stamps) -> Request {
        let ask = if self.groups.is_empty() { None } else { stamps.ask(self.groups.hashed()) };
        self.asked = ask.map(|(asked, _)| asked);
        if ask.is_some_and(|(_, told)| told == Told::OnRequest) {
            return Request::Learn(names([&self.groups]), names([&self.own]));
        }
        Request::Read(names([&self.own, &self.groups]))
    }

    /// The answer, from which the connection learns.
    pub(crate) fn answers(&self, values: Texts, stamps: &Stamps) -> Answers {
        let answers = Answers { values, own: self.own.ends.len() };
        if let Some(asked) = self.asked {
            let values = (0..).map(|seat| answers.group(seat));
            stamps.learn(asked, self.groups.hashed().zip(values));
        }
        answers
    }
}

impl Answers {
    fn value(&self, seat: usize) -> Option<&Bytes> {
        self.values.get(seat)?.as_ref()
    }

    fn group(&self, seat: u32) -> Option<&[u8]> {
        self.value(self.own + seat as usize).map(|bytes| &**bytes)
    }
}

impl Seats {
    /// What this read saw. `None` if it counted on what is not known any more.
    pub(crate) fn snapshot(&self, answers: &Answers, names: &Names, stamps: &Stamps) -> Option<Snapshot> {
        let entry = answers.value(self.entry as usize).cloned();
        let lease = self.lease.and_then(|seat| answers.value(seat as usize)).map(|bytes| &**bytes);
        match &self.groups {
            Some(groups) => {
                let groups = groups.iter().map(|seat| answers.group(*seat));
                Some(replies::snapshot(entry, lease, groups))
            }
            None => Some(replies::with_known(entry, lease, stamps.words(names)?)),
        }
    }
}

/// Names in the order in which they are asked for.
#[derive(Debug, Default)]
struct Column {
    /// The names one after the other, and where each ends.
    text: Vec<u8>,
    ends: Vec<usize>,
    /// Their hashes, where they have any.
    hashes: Vec<u64>,
    /// Where the name with a hash stands.
    seats: HashMap<u64, u32, BuildHasherDefault<Known>>,
}

impl Column {
    fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.hashes.clear();
        self.seats.clear();
    }

    /// A name's place. Of two names with one hash the second is asked for by each who needs it.
    fn seat(&mut self, hash: u64, name: &[u8]) -> u32 {
        match self.seats.get(&hash) {
            Some(seat) if self.name(*seat as usize) == name => *seat,
            Some(_) => self.push_hashed(hash, name),
            None => {
                let seat = self.push_hashed(hash, name);
                self.seats.insert(hash, seat);
                seat
            }
        }
    }

    fn push(&mut self, name: &[u8]) -> u32 {
        self.push_hashed(0, name)
    }

    fn push_hashed(&mut self, hash: u64, name: &[u8]) -> u32 {
        let seat = u32::try_from(self.ends.len()).expect("a batch is limited");
        self.text.extend_from_slice(name);
        self.ends.push(self.text.len());
        self.hashes.push(hash);
        seat
    }

    fn name(&self, seat: usize) -> &[u8] {
        let start = if seat == 0 { 0 } else { self.ends[seat - 1] };
        &self.text[start..self.ends[seat]]
    }

    fn names(&self) -> impl Iterator<Item = &[u8]> + Clone {
        (0..self.ends.len()).map(|seat| self.name(seat))
    }

    fn hashed(&self) -> impl Iterator<Item = (u64, &[u8])> + Clone {
        self.hashes.iter().copied().zip(self.names())
    }
}

/// The names in these columns.
fn names<const N: usize>(columns: [&Column; N]) -> wire::Keys {
    let (count, bytes) = columns
        .iter()
        .fold((0, 0), |(count, bytes), column| (count + column.ends.len(), bytes + column.text.len()));
    let mut names = wire::Keys::with_capacity(count, bytes);
    columns.into_iter().flat_map(Column::names).for_each(|name| names.add(name));
    names
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
    use crate::store::redis::wire::Reply;

    fn words(request: &Request) -> Vec<String> {
        let Request::Read(names) = request else { panic!("it is to be one MGET") };
        names.texts().map(|name| String::from_utf8_lossy(name).into_owned()).collect()
    }

    /// The answer of a server in which each name has itself as its value.
    fn answer(batch: &mut Batch) -> Answers {
        let stamps = Stamps::default();
        let echo = |word: String| Some(word.into());
        let values = Reply::Texts(words(&batch.request(&stamps)).into_iter().map(echo).collect());
        batch.answers(values.texts().expect("it is one"), &stamps)
    }

    fn own(names: &Names, lease: bool) -> Vec<String> {
        let lease = lease.then(|| names.lease());
        let groups = std::iter::once(names.incarnation()).chain(names.stamps());
        [names.entry()].into_iter().chain(lease).chain(groups).map(str::to_owned).collect()
    }

    fn found(seats: &Seats, answers: &Answers) -> Vec<String> {
        let own = [seats.entry].into_iter().chain(seats.lease);
        let own = own.map(|seat| answers.value(seat as usize).map(|bytes| &**bytes));
        let groups = seats.groups.iter().flatten().map(|seat| answers.group(*seat));
        let text = |bytes: Option<&[u8]>| String::from_utf8(bytes.expect("it is there").to_vec());
        own.chain(groups).map(|value| text(value).expect("a name is text")).collect()
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
            added.push((batch.add(&names, lease, false), own(&names, lease)));
        }
        let answers = answer(&mut batch);
        for (seats, expected) in added {
            assert_eq!(found(&seats, &answers), expected);
        }
    }

    #[test]
    fn a_name_is_asked_for_once_and_what_is_known_not_at_all() {
        let mut batch = Batch::default();
        for address in ["1", "2", "1"] {
            batch.add(&Names::for_tests("n:e", address, &["menu", "t1"]), false, false);
        }
        batch.add(&Names::for_tests("n:e", "3", &["menu", "t3"]), false, true);
        let expected = ["n:e:e1:1", "n:e:e1:2", "n:e:e1:3", "n:e:i1", "n:e:s1:menu", "n:e:s1:t1"];
        assert_eq!(words(&batch.request(&Stamps::default())), expected);
    }

    #[test]
    fn names_with_one_hash_are_told_apart() {
        let mut column = Column::default();
        let seats: Vec<u32> = [b"a", b"b", b"b", b"a"].into_iter().map(|name| column.seat(7, name)).collect();
        let names: Vec<&[u8]> = seats.iter().map(|seat| column.name(*seat as usize)).collect();
        assert_eq!(names, [b"a", b"b", b"b", b"a"]);
    }

    #[test]
    fn a_short_answer_is_nothing_and_teaches_nothing() {
        let (mut batch, stamps) = (Batch::default(), Stamps::default());
        stamps.are_told(Told::Everything);
        let names = Names::for_tests("n:e", "1", &["menu"]);
        let seats = batch.add(&names, true, false);
        batch.request(&stamps);
        let answers = batch.answers(Texts::new(), &stamps);
        let snapshot = seats.snapshot(&answers, &names, &stamps).expect("it counted on nothing");
        assert!(snapshot.entry.is_none() && snapshot.lease.is_none() && snapshot.incarnation.is_none());
        assert!(!stamps.knows(&names));
        assert!(Reply::Other(redis::Value::Okay).texts().is_err());
    }
}
