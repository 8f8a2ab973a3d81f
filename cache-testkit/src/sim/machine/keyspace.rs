//! The data: what lies under which name, until when, and what was there before the last writes.

use std::collections::{BTreeMap, VecDeque};

/// What lies under a name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Bytes(Vec<u8>),
    /// Something that is no string: the protocol never writes it, and must bear it.
    List(VecDeque<Vec<u8>>),
}

/// A value, and the moment from which on it counts as gone, in milliseconds of the Unix era.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    pub(crate) value: Value,
    pub(crate) until: Option<u64>,
}

type Database = BTreeMap<Vec<u8>, Item>;

/// All databases. It does not know the time.
#[derive(Debug)]
pub(crate) struct Keyspace {
    databases: Vec<Database>,
    writes: VecDeque<Write>,
}

/// What one write replaced, newest last.
#[derive(Debug)]
struct Write {
    /// Whether a client wrote; otherwise something expired or was evicted.
    counts: bool,
    replaced: Vec<Replaced>,
}

#[derive(Debug)]
enum Replaced {
    One(usize, Vec<u8>, Option<Item>),
    All(usize, Database),
}

const DATABASES: usize = 16;
/// So many writes can be lost.
const REMEMBERED: usize = 10_000;
/// What an entry takes beside its name and its value, roughly.
const OVERHEAD: usize = 64;

impl Default for Keyspace {
    fn default() -> Self {
        Self { databases: vec![Database::new(); DATABASES], writes: VecDeque::new() }
    }
}

impl Keyspace {
    pub(crate) fn get(&self, database: usize, name: &[u8]) -> Option<&Item> {
        self.databases.get(database)?.get(name)
    }

    pub(crate) fn put(&mut self, database: usize, name: &[u8], item: Item) {
        let replaced = self.databases[database].insert(name.to_vec(), item);
        self.remember(Replaced::One(database, name.to_vec(), replaced));
    }

    pub(crate) fn take(&mut self, database: usize, name: &[u8]) -> Option<Item> {
        let taken = self.databases[database].remove(name)?;
        self.remember(Replaced::One(database, name.to_vec(), Some(taken.clone())));
        Some(taken)
    }

    /// Empties a database.
    pub(crate) fn flush(&mut self, database: usize) {
        let all = std::mem::take(&mut self.databases[database]);
        if !all.is_empty() {
            self.remember(Replaced::All(database, all));
        }
    }

    /// Begins what is lost together or not at all.
    pub(crate) fn begin(&mut self, counts: bool) {
        if self.writes.back().is_some_and(|write| write.replaced.is_empty()) {
            self.writes.pop_back();
        }
        self.writes.push_back(Write { counts, replaced: Vec::new() });
        if self.writes.len() > REMEMBERED {
            self.writes.pop_front();
        }
    }

    fn remember(&mut self, replaced: Replaced) {
        if let Some(write) = self.writes.back_mut() {
            write.replaced.push(replaced);
        }
    }

    /// Loses the last writes of clients. Returns how many those were.
    pub(crate) fn lose(&mut self, count: usize) -> usize {
        let mut lost = 0;
        while lost < count
            && let Some(write) = self.writes.pop_back()
        {
            lost += usize::from(write.counts && !write.replaced.is_empty());
            for replaced in write.replaced.into_iter().rev() {
                self.restore(replaced);
            }
        }
        lost
    }

    fn restore(&mut self, replaced: Replaced) {
        match replaced {
            Replaced::One(database, name, Some(item)) => drop(self.databases[database].insert(name, item)),
            Replaced::One(database, name, None) => drop(self.databases[database].remove(&name)),
            Replaced::All(database, all) => self.databases[database] = all,
        }
    }

    /// Everything that there is.
    pub(crate) fn all(&self) -> impl Iterator<Item = (usize, &[u8], &Item)> {
        let numbered = self.databases.iter().enumerate();
        numbered.flat_map(|(number, all)| all.iter().map(move |(name, item)| (number, &name[..], item)))
    }

    pub(crate) fn has_database(&self, number: usize) -> bool {
        number < self.databases.len()
    }

    pub(crate) fn databases(&self) -> usize {
        self.databases.len()
    }

    /// How many bytes it takes, roughly.
    pub(crate) fn weight(&self) -> usize {
        self.all().map(|(_, name, item)| OVERHEAD + name.len() + item.value.weight()).sum()
    }
}

impl Value {
    fn weight(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::List(items) => items.iter().map(Vec::len).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(value: &str) -> Item {
        Item { value: Value::Bytes(value.into()), until: None }
    }

    #[test]
    fn the_last_writes_of_clients_can_be_lost() {
        let mut data = Keyspace::default();
        let first = |data: &Keyspace| data.get(0, b"a").cloned();
        data.begin(true);
        data.put(0, b"a", item("1"));
        data.begin(true);
        data.put(0, b"a", item("2"));
        data.put(0, b"b", item("2"));
        data.begin(false);
        data.take(0, b"b");
        data.begin(true);
        data.flush(0);
        data.begin(true);

        assert_eq!(data.lose(1), 1);
        assert_eq!((first(&data), data.all().count()), (Some(item("2")), 1));
        assert_eq!(data.lose(1), 1);
        assert_eq!((first(&data), data.all().count()), (Some(item("1")), 1));
        assert_eq!(data.lose(5), 1);
        assert_eq!(data.all().count(), 0);
    }
}
