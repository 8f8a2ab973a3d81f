//! What is known of a command before it is carried out.

use crate::sim::machine::Machine;
use crate::sim::reply::Answer;

/// A command.
#[derive(Debug)]
pub(crate) struct Command {
    /// In lower case; that of a subcommand follows a bar.
    pub(crate) name: &'static str,
    /// With how many words it is written, its name included.
    pub(crate) words: Count,
    pub(crate) access: Access,
    pub(crate) names: Place,
    pub(crate) run: fn(&mut Machine, &Call<'_>) -> Answer,
}

/// How many words.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Count {
    Exactly(usize),
    AtLeast(usize),
}

/// What a command does to data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Nothing.
    None,
    Read,
    /// It changes data, and takes no more memory.
    Write,
    /// It changes data, and may take more memory.
    Grow,
    /// Whatever its commands do.
    Script,
}

/// Where the names of data stand in a command.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    Nowhere,
    First,
    All,
}

/// A command as a client or a script sent it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) client: u64,
    pub(crate) database: usize,
    pub(crate) words: &'a [Vec<u8>],
}

impl Access {
    pub(crate) fn writes(self) -> bool {
        matches!(self, Self::Write | Self::Grow)
    }
}

impl Command {
    /// The names of data in it.
    pub(crate) fn names<'a>(&self, words: &'a [Vec<u8>]) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let count = match self.names {
            Place::Nowhere => 0,
            Place::First => 1,
            Place::All => words.len(),
        };
        words.iter().skip(1).take(count).map(Vec::as_slice)
    }

    pub(crate) fn takes(&self, words: usize) -> bool {
        match self.words {
            Count::Exactly(count) => words == count,
            Count::AtLeast(count) => words >= count,
        }
    }
}

impl<'a> Call<'a> {
    /// What stands at this place; the name is at 0. The number of words was looked at before.
    pub(crate) fn word(&self, place: usize) -> &'a [u8] {
        self.words.get(place).map(Vec::as_slice).unwrap_or_default()
    }

    /// What stands from this place on.
    pub(crate) fn rest(&self, place: usize) -> &'a [Vec<u8>] {
        self.words.get(place..).unwrap_or_default()
    }

    /// What stands at this place, in lower case.
    pub(crate) fn option(&self, place: usize) -> String {
        lower(self.word(place))
    }
}

pub(crate) fn lower(word: &[u8]) -> String {
    String::from_utf8_lossy(word).to_ascii_lowercase()
}
