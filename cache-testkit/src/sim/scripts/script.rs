//! What a script sees while it runs.

use crate::sim::commands::{Access, Call, find};
use crate::sim::machine::Machine;
use crate::sim::reply::{Answer, Reply};
use crate::sim::scripts::lua::number;

/// A script that runs: its keys, its arguments, and the server.
#[derive(Debug)]
pub(crate) struct Script<'a> {
    machine: &'a mut Machine,
    client: u64,
    database: usize,
    keys: &'a [Vec<u8>],
    arguments: &'a [Vec<u8>],
    /// Whether it wrote: then it can't be refused any more.
    wrote: bool,
}

impl<'a> Script<'a> {
    pub(crate) fn new(
        machine: &'a mut Machine,
        call: &Call<'_>,
        keys: &'a [Vec<u8>],
        arguments: &'a [Vec<u8>],
    ) -> Self {
        Self { machine, client: call.client, database: call.database, keys, arguments, wrote: false }
    }

    /// `KEYS[place]`.
    pub(crate) fn key(&self, place: usize) -> Result<&'a [u8], String> {
        let key = place.checked_sub(1).and_then(|place| self.keys.get(place));
        key.map(Vec::as_slice).ok_or_else(|| "ERR Command arguments must be strings or integers".to_owned())
    }

    /// `KEYS` from one place to another, both included.
    pub(crate) fn keys(&self, from: usize, to: usize) -> Result<Vec<&'a [u8]>, String> {
        (from..=to).map(|place| self.key(place)).collect()
    }

    /// How many `KEYS` there are.
    pub(crate) fn key_count(&self) -> usize {
        self.keys.len()
    }

    /// `ARGV[place]`.
    pub(crate) fn argument(&self, place: usize) -> Result<&'a [u8], String> {
        let argument = place.checked_sub(1).and_then(|place| self.arguments.get(place));
        argument.map(Vec::as_slice).ok_or_else(|| format!("ERR there is no ARGV[{place}]"))
    }

    /// `tonumber(ARGV[place])`.
    pub(crate) fn number(&self, place: usize) -> Result<i64, String> {
        number(self.argument(place)?).ok_or_else(|| format!("ERR ARGV[{place}] is no number"))
    }

    /// `tonumber(ARGV[place])`, of what counts something.
    pub(crate) fn count(&self, place: usize) -> Result<usize, String> {
        usize::try_from(self.number(place)?).map_err(|_| format!("ERR ARGV[{place}] counts nothing"))
    }

    /// `redis.call`. An error ends the script; what it did before remains done.
    pub(crate) fn call(&mut self, words: &[&[u8]]) -> Answer {
        let words: Vec<Vec<u8>> = words.iter().map(|word| word.to_vec()).collect();
        let command = find(&words, self.machine.version)?;
        if command.access.writes() && !self.wrote {
            self.machine.admit_write(command.access == Access::Grow)?;
            self.wrote = true;
        }
        self.machine.call(command, &Call { client: self.client, database: self.database, words: &words })
    }

    /// A command that answers with a value or with nothing.
    pub(crate) fn value(&mut self, words: &[&[u8]]) -> Result<Option<Vec<u8>>, String> {
        match self.call(words)? {
            Reply::Bulk(bytes) => Ok(Some(bytes)),
            _ => Ok(None),
        }
    }

    /// A command that answers with a number.
    pub(crate) fn integer(&mut self, words: &[&[u8]]) -> Result<i64, String> {
        match self.call(words)? {
            Reply::Int(number) => Ok(number),
            _ => Ok(0),
        }
    }

    /// `MGET`, of the keys from one place to another.
    pub(crate) fn values(&mut self, from: usize, to: usize) -> Result<Vec<Option<Vec<u8>>>, String> {
        let words: Vec<&[u8]> = std::iter::once(&b"MGET"[..]).chain(self.keys(from, to)?).collect();
        let Reply::Array(values) = self.call(&words)? else { return Ok(Vec::new()) };
        let bytes = |value| if let Reply::Bulk(bytes) = value { Some(bytes) } else { None };
        Ok(values.into_iter().map(bytes).collect())
    }

    /// Whether a writer's mark is open: those are the keys from this place on.
    pub(crate) fn is_marked(&mut self, from: usize) -> Result<bool, String> {
        if self.key_count() < from {
            return Ok(false);
        }
        let marks = self.keys(from, self.key_count())?;
        let words: Vec<&[u8]> = std::iter::once(&b"EXISTS"[..]).chain(marks).collect();
        Ok(self.integer(&words)? > 0)
    }

    /// `TIME`, packed as the scripts pack it: `struct.pack('>I4I4', …)`.
    pub(crate) fn now(&self) -> [u8; 8] {
        let time = self.machine.time();
        let seconds = u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
        let micros = time.subsec_micros();
        let mut packed = [0; 8];
        packed[..4].copy_from_slice(&seconds.to_be_bytes());
        packed[4..].copy_from_slice(&micros.to_be_bytes());
        packed
    }

    /// What `INFO replication` says of this server: the id of its history, if it is a master.
    pub(crate) fn history(&self) -> Option<&str> {
        let replication = &self.machine.replication;
        replication.is_master().then_some(&replication.id)
    }
}
