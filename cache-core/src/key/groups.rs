//! The names of the groups that an entry belongs to, written once for all entries of an owner.

use smallvec::SmallVec;

use crate::key::address::Owner;
use crate::key::namespace::{Group, Namespace};

/// The hash by which names are told apart where they are counted.
pub(crate) fn hash(name: &[u8]) -> u64 {
    twox_hash::XxHash3_64::oneshot(name)
}

/// The names of groups: their stamps, and their marks. The incarnation, the group of everything, stands first
/// among the groups of an owner.
///
/// They stand one after the other in one piece of text.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    text: String,
    /// Where each name ends: the incarnation if there is one, stamps, marks.
    ends: SmallVec<[u32; 12]>,
    hashes: SmallVec<[u64; 6]>,
    incarnation: usize,
    /// What the addresses of an owner's entries begin with.
    owner: String,
}

impl Groups {
    /// The incarnation and the groups of an owner, which many entries share.
    pub(crate) fn of_owner(namespace: &Namespace, owner: &Owner) -> Self {
        let mut groups = Self { incarnation: 1, ..Self::default() };
        groups.add(|text| namespace.open(text, "i1"));
        groups.add_groups(namespace, Group::of(owner));
        owner.write(&mut groups.owner);
        groups
    }

    pub(super) fn of_tags(namespace: &Namespace, tags: &[String]) -> Self {
        let mut groups = Self::default();
        groups.add_groups(namespace, tags.iter().map(|tag| Group::Tagged(tag)));
        groups
    }

    /// The incarnation and these groups, whose texts stand in the names as they are.
    pub(super) fn for_tests(namespace: &str, groups: &[&str]) -> Self {
        let mut owner = Self { incarnation: 1, ..Self::default() };
        owner.add(|text| *text += &format!("{namespace}:i1"));
        for group in groups {
            owner.add(|text| *text += &format!("{namespace}:s1:{group}"));
        }
        owner.hash();
        for group in groups {
            owner.add(|text| *text += &format!("{namespace}:w1:{group}"));
        }
        owner
    }

    fn add_groups<'a>(&mut self, namespace: &Namespace, groups: impl Iterator<Item = Group<'a>>) {
        for group in groups {
            self.add(|text| {
                namespace.open(text, "s1:");
                group.write(text);
            });
        }
        self.hash();
        for index in self.incarnation..self.hashes.len() {
            let prefix = namespace.prefix().len() + 3;
            let (start, end) = (self.start(index) + prefix, self.ends[index] as usize);
            self.add(|text| {
                namespace.open(text, "w1:");
                text.extend_from_within(start..end);
            });
        }
    }

    /// Hashes the names that there are so far.
    fn hash(&mut self) {
        self.hashes = (0..self.ends.len()).map(|index| hash(self.name(index).as_bytes())).collect();
    }

    fn add(&mut self, write: impl FnOnce(&mut String)) {
        write(&mut self.text);
        self.ends.push(end_of(&self.text));
    }

    fn start(&self, index: usize) -> usize {
        if index == 0 { 0 } else { self.ends[index - 1] as usize }
    }

    pub(super) fn name(&self, index: usize) -> &str {
        &self.text[self.start(index)..self.ends[index] as usize]
    }

    /// What the addresses of an owner's entries begin with.
    pub(super) fn owner(&self) -> &str {
        &self.owner
    }

    pub(super) fn hashes(&self) -> impl Iterator<Item = u64> {
        self.hashes.iter().copied()
    }

    /// The names that have hashes: the incarnation if there is one, and the stamps.
    #[cfg(any(feature = "redis", test))]
    pub(super) fn with_hashes(&self) -> impl Iterator<Item = (u64, &[u8])> + Clone {
        let mut start = 0;
        self.hashes.iter().zip(&self.ends).map(move |(hash, end)| {
            let name = &self.text.as_bytes()[start..*end as usize];
            start = *end as usize;
            (*hash, name)
        })
    }

    pub(super) fn stamps(&self) -> impl ExactSizeIterator<Item = &str> {
        (self.incarnation..self.hashes.len()).map(|index| self.name(index))
    }

    pub(super) fn marks(&self) -> impl ExactSizeIterator<Item = &str> {
        (self.hashes.len()..self.ends.len()).map(|index| self.name(index))
    }
}

pub(super) fn end_of(text: &str) -> u32 {
    u32::try_from(text.len()).expect("segments are bounded, so names are short")
}
