//! The names under which one entry and everything that concerns it lie in a store.

use std::cell::Cell;
use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::key::groups::{Groups, end_of, hash};
use crate::key::namespace::Namespace;

/// How many of an entry's stamps live without a time to live: that of its type.
pub(crate) const PERMANENT: usize = 1;

/// The names of one entry, its lease, the incarnation, the stamps of its groups, and the marks of them all.
///
/// What entries of one owner have in common they share, and what a hit doesn't need is written when it is asked for,
/// so that naming an entry costs one allocation.
#[derive(Clone)]
pub struct Names {
    entry: Arc<str>,
    /// Where the letter stands in the entry's name that tells it from its lease and its mark.
    kind: u32,
    hash: u64,
    owner: Arc<Groups>,
    tags: Option<Arc<Groups>>,
    /// The names of the lease and of the mark, once somebody has asked for one.
    others: OnceLock<Box<[String; 2]>>,
}

thread_local! {
    /// Where a thread writes the name of an entry before its length is known.
    static DRAFT: Cell<String> = const { Cell::new(String::new()) };
}

impl Names {
    /// The names of an entry; `owner` are the groups of the key's owner, and `call` appends what follows the owner
    /// in the address of the entry, given the secret for what is hidden.
    pub(crate) fn new(
        namespace: &Namespace,
        owner: Arc<Groups>,
        tags: &[String],
        call: impl FnOnce(&[u8; 32], &mut String),
    ) -> Self {
        let mut draft = DRAFT.try_with(Cell::take).unwrap_or_default();
        draft.clear();
        namespace.open(&mut draft, "e1:");
        draft.push_str(owner.owner());
        call(&namespace.secret, &mut draft);
        let (entry, kind) = (Arc::from(draft.as_str()), end_of(namespace.prefix()));
        // A thread that ends has none any more.
        let _ = DRAFT.try_with(|kept| kept.set(draft));
        let tags = (!tags.is_empty()).then(|| Arc::new(Groups::of_tags(namespace, tags)));
        Self::of_entry(entry, kind, owner, tags)
    }

    fn of_entry(entry: Arc<str>, kind: u32, owner: Arc<Groups>, tags: Option<Arc<Groups>>) -> Self {
        let hash = hash(entry.as_bytes());
        Self { entry, kind, hash, owner, tags, others: OnceLock::new() }
    }

    /// The names of an entry with groups of its own.
    #[cfg(test)]
    pub(crate) fn of(namespace: &Namespace, key: &crate::key::address::Key, tags: &[String]) -> Self {
        let owner = Arc::new(Groups::of_owner(namespace, &key.owner));
        Self::new(namespace, owner, tags, |secret, text| key.write_call(secret, text))
    }

    /// Names for a test of a store: an entry with this address and these groups, in a namespace of its own.
    /// The texts stand in the names as they are.
    #[must_use]
    pub fn for_tests(namespace: &str, address: &str, groups: &[&str]) -> Self {
        let owner = Arc::new(Groups::for_tests(namespace, groups));
        let entry = format!("{namespace}:e1:{address}");
        Self::of_entry(entry.into(), end_of(namespace) + 1, owner, None)
    }

    /// The entry's name.
    #[must_use]
    pub fn entry(&self) -> &str {
        &self.entry
    }

    /// The name of the entry's lease.
    #[must_use]
    pub fn lease(&self) -> &str {
        &self.others()[0]
    }

    /// The names of the lease and of the mark: the entry's, but for one letter.
    fn others(&self) -> &[String; 2] {
        self.others.get_or_init(|| {
            let (before, after) = self.entry.split_at(self.kind as usize);
            Box::new(["l", "w"].map(|kind| [before, kind, &after[1..]].concat()))
        })
    }

    /// The name of the incarnation, the group of everything.
    #[must_use]
    pub fn incarnation(&self) -> &str {
        self.owner.name(0)
    }

    /// The names of the stamps of the entry's groups; the first [`Names::permanent`] live without a time to live.
    pub fn stamps(&self) -> impl Iterator<Item = &str> {
        self.owner.stamps().chain(self.tags.iter().flat_map(|tags| tags.stamps()))
    }

    /// How many groups the entry has, that of everything aside.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.owner.stamps().len() + self.tags.as_ref().map_or(0, |tags| tags.stamps().len())
    }

    /// The names of the marks of the entry and of its groups.
    pub fn marks(&self) -> impl Iterator<Item = &str> {
        let tags = self.tags.iter().flat_map(|tags| tags.marks());
        std::iter::once(self.others()[1].as_str()).chain(self.owner.marks()).chain(tags)
    }

    /// How many stamps, from the first, live without a time to live.
    #[must_use]
    pub fn permanent(&self) -> usize {
        PERMANENT
    }

    /// The hash of the entry's name.
    pub(crate) fn entry_hash(&self) -> u64 {
        self.hash
    }

    /// The names of the incarnation and of the stamps, in this order, with their hashes.
    #[cfg(any(feature = "redis", test))]
    pub(crate) fn groups_with_hashes(&self) -> impl Iterator<Item = (u64, &[u8])> {
        self.owner.with_hashes().chain(self.tags.iter().flat_map(|tags| tags.with_hashes()))
    }

    /// The hashes of the names of the incarnation and of the stamps, in this order.
    pub(crate) fn group_hashes(&self) -> impl Iterator<Item = u64> {
        let tags = self.tags.iter().flat_map(|tags| tags.hashes());
        self.owner.hashes().chain(tags)
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Names({})", self.entry())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::address::{Key, Owner};
    use crate::key::encode::Arguments;
    use crate::key::identity::Identity;
    use crate::key::namespace::Group;

    fn key(tenant: Option<&str>, user: Option<&str>) -> Key {
        let mut arguments = Arguments::default();
        arguments.push("restaurant_id", &42).expect("a number is encoded");
        arguments.push("page", &1).expect("a number is encoded");
        Key {
            owner: Owner { type_name: "menu", tenant: tenant.map(Into::into), user: user.map(Into::into) },
            function: "get_menu_items",
            identity: Identity::of("app::menus", "get_menu_items", &[]),
            arguments,
        }
    }

    #[test]
    fn names_an_entry_and_what_concerns_it() {
        let namespace = Namespace::new("aura", "production");
        let names = Names::of(&namespace, &key(Some("t1"), Some("u5")), &["item:7".to_owned()]);
        let address = key(Some("t1"), Some("u5")).to_string();
        assert!(address.starts_with("t1:menu:u5:get_menu_items~"), "{address}");
        assert!(address.ends_with(":restaurant_id=42,page=1"), "{address}");
        assert_eq!(names.entry(), format!("aura:production:e1:{address}"));
        assert_eq!(names.lease(), format!("aura:production:l1:{address}"));
        assert_eq!(names.incarnation(), "aura:production:i1");
        let groups = ["-:menu:-", "t1:menu:-", "t1:-:-", "-:menu:u5", "-:-:u5", "#:item:7"];
        let stamps = groups.map(|group| format!("aura:production:s1:{group}"));
        assert!(names.stamps().eq(stamps.iter()), "{:?}", names.stamps().collect::<Vec<_>>());
        let marks = groups.map(|group| format!("aura:production:w1:{group}"));
        assert_eq!(names.marks().next(), Some(format!("aura:production:w1:{address}").as_str()));
        assert!(names.marks().skip(1).eq(marks.iter()));
        assert_eq!(
            namespace.entry_and_lease(&key(Some("t1"), Some("u5"))),
            (names.entry().to_owned(), names.lease().to_owned())
        );
    }

    #[test]
    fn no_id_reaches_another_ones_key_or_group() {
        let namespace = Namespace::new("a", "b");
        let hostile = ["-", "t1", "t1:menu", "%2D", "#", "t1:menu:-", "", "*", "{x}", "t1\n", "\0"];
        let mut seen = std::collections::HashSet::new();
        for id in hostile {
            for (tenant, user) in
                [(Some(id), None), (None, Some(id)), (Some(id), Some("u")), (Some("t"), Some(id))]
            {
                let names = Names::of(&namespace, &key(tenant, user), &[]);
                assert!(seen.insert(names.entry().to_owned()), "{}", names.entry());
                assert_eq!(names.entry().matches(':').count(), 7, "{}", names.entry());
            }
        }
        let tenant_group =
            |id| namespace.stamp(&Group::Owned { tenant: Some(id), type_name: None, user: None });
        let groups: std::collections::HashSet<_> = hostile.into_iter().map(tenant_group).collect();
        assert_eq!(groups.len(), hostile.len());
        assert_ne!(tenant_group("#"), namespace.stamp(&Group::Tagged("-:-")));
    }
}
