//! Names that are given as they are.

pub(crate) mod groups {
    /// The hash of a name is its last byte, so that a model says by its names what shares a counter.
    pub(crate) fn hash(name: &[u8]) -> u64 {
        name.last().copied().map_or(0, u64::from)
    }
}

pub(crate) mod names {
    use super::groups::hash;

    #[derive(Clone, Debug)]
    pub(crate) struct Names {
        pub(crate) entry: &'static str,
        pub(crate) lease: &'static str,
        pub(crate) stamps: &'static [&'static str],
    }

    impl Names {
        pub(crate) fn entry(&self) -> &str {
            self.entry
        }

        pub(crate) fn lease(&self) -> &str {
            self.lease
        }

        pub(crate) fn entry_hash(&self) -> u64 {
            hash(self.entry.as_bytes())
        }

        pub(crate) fn group_hashes(&self) -> impl Iterator<Item = u64> {
            self.stamps.iter().map(|stamp| hash(stamp.as_bytes()))
        }
    }

    /// An entry that depends on two stamps.
    pub(crate) const NAMES: Names = Names { entry: "n:e1:a", lease: "n:l1:b", stamps: &["n:s1:c", "n:s1:d"] };
}
