//! What tells one kept value from another.

use std::hash::{Hash, Hasher};

use quick_cache::Equivalent;

use crate::key::address::Owner;
use crate::key::identity::Identity;
use crate::near::short;

/// The key of a value that is kept in the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NearKey {
    identity: Identity,
    owner: Owner,
    arguments: Box<[u8]>,
}

/// The same, borrowed from a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lookup<'a> {
    pub(crate) identity: Identity,
    pub(crate) type_name: &'a str,
    pub(crate) tenant: Option<&'a str>,
    pub(crate) user: Option<&'a str>,
    pub(crate) arguments: &'a [u8],
}

impl NearKey {
    pub(crate) fn new(identity: Identity, owner: Owner, arguments: &[u8]) -> Self {
        Self { identity, owner, arguments: arguments.into() }
    }

    pub(crate) fn type_name(&self) -> &'static str {
        self.owner.type_name
    }

    /// How many bytes it counts.
    pub(crate) fn weight(&self) -> usize {
        let ids = [&self.owner.tenant, &self.owner.user].into_iter().flatten();
        size_of::<Self>() + self.arguments.len() + ids.map(|id| id.len()).sum::<usize>()
    }

    fn lookup(&self) -> Lookup<'_> {
        Lookup {
            identity: self.identity,
            type_name: self.owner.type_name,
            tenant: self.owner.tenant.as_deref(),
            user: self.owner.user.as_deref(),
            arguments: &self.arguments,
        }
    }
}

impl Hash for NearKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.lookup().hash(state);
    }
}

impl Hash for Lookup<'_> {
    /// The parts that vary are fenced off by their lengths. The type's name is left to the comparison, since a function
    /// seldom has more than one.
    #[inline(always)]
    fn hash<H: Hasher>(&self, state: &mut H) {
        // An identity is itself a hash, and names are short: one word tells all of it but by a rare accident, which
        // the comparison mends.
        let length = |id: Option<&str>| id.map_or(0, |id| id.len() as u64 + 1);
        let lengths = length(self.tenant) ^ length(self.user).rotate_left(32);
        let begin = self.identity.number() ^ lengths;
        let tenant = self.tenant.map_or(Some([0, 0]), |id| short::words(id.as_bytes()));
        match (tenant, self.user, short::words(self.arguments)) {
            (Some([first, second]), None, Some(arguments)) => {
                write(state, [begin, first]);
                if second != 0 {
                    state.write_u64(second);
                }
                write(state, arguments);
            }
            _ => {
                state.write_u64(begin);
                for id in [self.tenant, self.user].into_iter().flatten() {
                    state.write(id.as_bytes());
                }
                state.write(self.arguments);
            }
        }
    }
}

/// Two words at once, which hashers of bytes are made for.
#[inline(always)]
fn write<H: Hasher>(state: &mut H, [first, second]: [u64; 2]) {
    let both = u128::from(first) << 64 | u128::from(second);
    state.write(&both.to_ne_bytes());
}

impl Equivalent<NearKey> for Lookup<'_> {
    #[inline(always)]
    fn equivalent(&self, key: &NearKey) -> bool {
        // The usual type is the very same text, which need not be read.
        let type_name = key.type_name();
        (std::ptr::eq(self.type_name, type_name) || self.type_name == type_name)
            && self.identity == key.identity
            && short::same(self.arguments, &key.arguments)
            && same_id(self.tenant, key.owner.tenant.as_deref())
            && same_id(self.user, key.owner.user.as_deref())
    }
}

#[inline]
fn same_id(one: Option<&str>, other: Option<&str>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => short::same(one.as_bytes(), other.as_bytes()),
        (None, None) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, RandomState};

    use super::*;

    #[test]
    fn a_borrowed_key_is_the_same_as_its_own() {
        let identity = Identity::of("app", "menus", &[]);
        let state = RandomState::new();
        for (tenant, user) in [(None, None), (Some("t"), None), (None, Some("t")), (Some(""), Some("u"))] {
            let owner =
                Owner { type_name: "menu", tenant: tenant.map(Into::into), user: user.map(Into::into) };
            let key = NearKey::new(identity, owner, b"arguments");
            let lookup = Lookup { identity, type_name: "menu", tenant, user, arguments: b"arguments" };
            assert!(lookup.equivalent(&key));
            assert_eq!(state.hash_one(lookup), state.hash_one(&key));
            for other in [
                Lookup { tenant: Some("other"), ..lookup },
                Lookup { user: Some("other"), ..lookup },
                Lookup { type_name: "other", ..lookup },
                Lookup { arguments: b"other", ..lookup },
                Lookup { identity: Identity::of("app", "other", &[]), ..lookup },
            ] {
                assert!(!other.equivalent(&key), "{other:?}");
            }
        }
    }
}
