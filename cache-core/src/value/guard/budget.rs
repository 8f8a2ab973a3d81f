//! What reading one value may cost.

use std::cell::Cell;
use std::fmt;

use serde::de::Error;

/// How many levels a value may have. Sequences, maps, tuples, structs, enums with content, filled options and
/// newtypes are a level each.
pub(super) const MAX_DEPTH: u32 = 128;

/// How many elements per byte of input a value may have. Fields count as well, so an honest value has one or
/// two for each byte; only what takes no bytes makes them more.
const ELEMENTS_PER_BYTE: u64 = 8;
/// How many elements any input may have beside those.
const FREE_ELEMENTS: u64 = 65_536;

/// What is left for reading one value.
#[derive(Debug)]
pub(in crate::value) struct Budget {
    elements: Cell<u64>,
    ahead: Cell<usize>,
    refusal: Cell<Option<Refusal>>,
}

/// Why the guard refused to read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::value) enum Refusal {
    /// The value has more than 128 levels.
    TooDeep,
    /// The value has more elements than its bytes can hold.
    TooMany,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooDeep => write!(f, "it nests deeper than {MAX_DEPTH} levels"),
            Self::TooMany => f.write_str("it claims more elements than its bytes can hold"),
        }
    }
}

impl Budget {
    /// The budget for an input of so many bytes.
    pub(in crate::value) fn for_input(len: usize) -> Self {
        let elements = (len as u64).saturating_mul(ELEMENTS_PER_BYTE).saturating_add(FREE_ELEMENTS);
        Self { elements: Cell::new(elements), ahead: Cell::new(len), refusal: Cell::new(None) }
    }

    /// Why the guard refused to read on, if it did.
    pub(in crate::value) fn refusal(&self) -> Option<Refusal> {
        self.refusal.get()
    }

    #[cold]
    fn refuse<E: Error>(&self, refusal: Refusal) -> E {
        self.refusal.set(Some(refusal));
        E::custom(refusal)
    }
}

/// Where in a value the reading is, and the budget it draws on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'b> {
    budget: &'b Budget,
    depth: u32,
}

impl<'b> Place<'b> {
    pub(super) fn top(budget: &'b Budget) -> Self {
        Self { budget, depth: 0 }
    }

    /// One level further down.
    #[inline]
    pub(super) fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(self.budget.refuse(Refusal::TooDeep));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }

    /// Pays for one element.
    #[inline]
    pub(super) fn charge<E: Error>(self) -> Result<(), E> {
        match self.budget.elements.get().checked_sub(1) {
            Some(left) => {
                self.budget.elements.set(left);
                Ok(())
            }
            None => Err(self.budget.refuse(Refusal::TooMany)),
        }
    }

    /// How many of the claimed elements a container may make room for before it reads them.
    ///
    /// All containers of a value together are granted as many as there are bytes: what is honest gets all it
    /// claims, as an element takes a byte at least or no room, and nothing that is claimed allocates more.
    pub(super) fn ahead(self, claimed: Option<usize>) -> Option<usize> {
        let granted = claimed?.min(self.budget.ahead.get());
        self.budget.ahead.set(self.budget.ahead.get() - granted);
        Some(granted)
    }
}
