//! Which collections are sets.

use std::any::type_name;

/// Whether a type that was handed over to be iterated is a set, or a reference to one.
pub(super) fn is_set<I>() -> bool {
    is_set_name(type_name::<I>())
}

/// Decides by the type's own name, that is without path and type arguments.
fn is_set_name(name: &str) -> bool {
    let name = name.trim_start_matches('&').trim_start_matches("mut ");
    let path = name.split('<').next().unwrap_or(name);
    // A slice of sets, `[a::HashSet<u8>]`, is no set.
    let is_path = path.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ':');
    is_path && ["HashSet", "BTreeSet", "IndexSet"].iter().any(|set| path.ends_with(set))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet, VecDeque, hash_set};

    use super::*;

    #[test]
    fn sets_are_recognised_by_name() {
        assert!(is_set::<HashSet<u8>>());
        assert!(is_set::<&HashSet<Vec<u8>>>());
        assert!(is_set::<&&BTreeSet<String>>());
        assert!(is_set::<&mut BTreeSet<String>>());
        assert!(is_set_name("&indexmap::set::IndexSet<u8, core::hash::BuildHasherDefault<x::H>>"));
        assert!(is_set_name("&a::AHashSet"));
    }

    #[test]
    fn what_holds_sets_is_no_set() {
        assert!(!is_set::<&[HashSet<u8>]>());
        assert!(!is_set::<&[HashSet<u8>; 2]>());
        assert!(!is_set::<&Vec<HashSet<u8>>>());
        assert!(!is_set::<VecDeque<BTreeSet<u8>>>());
        assert!(!is_set::<hash_set::Iter<'_, u8>>());
        assert!(!is_set::<(HashSet<u8>, u8)>());
        assert!(!is_set_name("a::HashSetList"));
    }
}
