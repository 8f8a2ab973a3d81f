//! Which history of writes a server serves.

use crate::seeded_random::SeededRandom;

/// What a server is, and whose writes it has.
#[derive(Debug)]
pub(crate) struct Replication {
    /// Of the history that it serves now.
    pub(crate) id: String,
    /// Of the one before.
    pub(crate) earlier: String,
    pub(crate) role: Role,
}

/// What a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Master,
    /// Of a master that it never reaches.
    Replica {
        host: String,
        port: u16,
    },
}

impl Replication {
    pub(crate) fn new(random: &SeededRandom) -> Self {
        Self { id: id(random), earlier: "0".repeat(40), role: Role::Master }
    }

    /// Begins a history, which goes on from the one before.
    pub(crate) fn shift(&mut self, random: &SeededRandom) {
        self.earlier = std::mem::replace(&mut self.id, id(random));
        self.role = Role::Master;
    }

    pub(crate) fn is_master(&self) -> bool {
        self.role == Role::Master
    }
}

/// An id of a history or of a run.
pub(crate) fn id(random: &SeededRandom) -> String {
    let numbers = [random.next(), random.next(), random.next()];
    numbers.map(|number| format!("{number:016x}")).concat()[..40].to_owned()
}
