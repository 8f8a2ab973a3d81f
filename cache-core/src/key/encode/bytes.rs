//! Where canonical bytes are written: a call's arguments are encoded at every hit.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};

/// Ordinary argument lists need no heap.
const SHORT: usize = 96;

/// Bytes, on the heap only when there are many. Unlike a small vector's, its append of one word is a store.
#[derive(Clone)]
pub(super) struct Bytes {
    /// How many of the short ones there are, while they are all.
    len: usize,
    short: [u8; SHORT],
    /// All of them, from when they were too many.
    long: Option<Vec<u8>>,
}

impl Bytes {
    #[inline]
    pub(super) fn new() -> Self {
        Self { len: 0, short: [0; SHORT], long: None }
    }

    #[inline]
    pub(super) fn push(&mut self, byte: u8) {
        self.extend_from_slice(&[byte]);
    }

    /// Appends the lowest `len` bytes of a word, the lowest first.
    #[inline]
    pub(super) fn push_word(&mut self, word: u64, len: usize) {
        let word = word.to_le_bytes();
        match self.short.get_mut(self.len..self.len + word.len()) {
            // A piece of a fixed size is copied faster than one of a varying size; what is too much is written over.
            Some(short) if self.long.is_none() => {
                short.copy_from_slice(&word);
                self.len += len;
            }
            _ => self.extend_from_slice(&word[..len]),
        }
    }

    #[inline]
    pub(super) fn extend_from_slice(&mut self, bytes: &[u8]) {
        match self.short.get_mut(self.len..self.len + bytes.len()) {
            Some(short) if self.long.is_none() => {
                short.copy_from_slice(bytes);
                self.len += bytes.len();
            }
            _ => self.extend_long(bytes),
        }
    }

    #[cold]
    fn extend_long(&mut self, bytes: &[u8]) {
        let short = &self.short[..self.len];
        self.long.get_or_insert_with(|| short.to_vec()).extend_from_slice(bytes);
    }

    /// Whether they are on the heap.
    #[cfg(test)]
    pub(super) fn spilled(&self) -> bool {
        self.long.is_some()
    }

    pub(super) fn truncate(&mut self, len: usize) {
        match &mut self.long {
            Some(long) => long.truncate(len),
            None => self.len = self.len.min(len),
        }
    }
}

impl Default for Bytes {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

impl Deref for Bytes {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match &self.long {
            Some(long) => long,
            None => &self.short[..self.len],
        }
    }
}

impl DerefMut for Bytes {
    fn deref_mut(&mut self) -> &mut [u8] {
        match &mut self.long {
            Some(long) => long,
            None => &mut self.short[..self.len],
        }
    }
}

impl PartialEq for Bytes {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Bytes {}

impl Hash for Bytes {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Push(u8),
        Word(u64, usize),
        Slice(Vec<u8>),
        Truncate(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            any::<u8>().prop_map(Step::Push),
            (any::<u64>(), 0_usize..=8).prop_map(|(word, len)| Step::Word(word, len)),
            vec(any::<u8>(), 0..40).prop_map(Step::Slice),
            (0_usize..150).prop_map(Step::Truncate),
        ]
    }

    proptest! {
        #[test]
        fn is_what_a_vector_is(steps in vec(step(), 0..40)) {
            let (mut bytes, mut vector) = (Bytes::new(), Vec::new());
            for step in steps {
                match step {
                    Step::Push(byte) => {
                        bytes.push(byte);
                        vector.push(byte);
                    }
                    Step::Word(word, len) => {
                        bytes.push_word(word, len);
                        vector.extend_from_slice(&word.to_le_bytes()[..len]);
                    }
                    Step::Slice(slice) => {
                        bytes.extend_from_slice(&slice);
                        vector.extend_from_slice(&slice);
                    }
                    Step::Truncate(len) => {
                        bytes.truncate(len);
                        vector.truncate(len);
                    }
                }
                prop_assert_eq!(&*bytes, &*vector);
            }
        }
    }
}
