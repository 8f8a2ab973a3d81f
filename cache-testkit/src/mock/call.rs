//! What was asked of a store, and what it holds.

use std::fmt;

use crate::command::Operation;

/// A command that was sent to a [`MockBackend`](crate::MockBackend), with its answer.
///
/// It reads `store -:menu:-:menus:id=7: stored`, and is equal to a text that says the same. The namespace and
/// what depends on the build are left out.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    pub(super) operation: Operation,
    pub(super) text: String,
}

impl Call {
    /// What was asked.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.operation
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text)
    }
}

impl PartialEq<&str> for Call {
    fn eq(&self, text: &&str) -> bool {
        self.text == *text
    }
}

/// An entry that a [`MockBackend`](crate::MockBackend) holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MockEntry {
    /// Its whole name.
    pub name: String,
    /// How many bytes its value counts.
    pub bytes: usize,
    /// Whether it may be served: none of its groups was invalidated.
    pub valid: bool,
}
