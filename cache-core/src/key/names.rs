//! The names under which one entry and everything that concerns it lie in a store.

use std::cell::Cell;
use std::fmt;
use std::sync::{Arc, OnceLock};

use smallvec::SmallVec;

use crate::key::address::{Key, Owner, push_optional};
use crate::key::text::{push_segment, push_tag};

/// The prefix of every key: `<namespace>:<environment>:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Namespace {
    prefix: Box<str>,
    /// What hidden arguments are hashed with.
    secret: [u8; 32],
}

impl Namespace {
    pub(crate) fn new(namespace: &str, environment: &str) -> Self {
        let mut text = String::new();
        push_segment(&mut text, namespace);
        text.push(':');
        push_segment(&mut text, environment);
        text.push(':');
        let secret = blake3::derive_key("cache hidden arguments of a namespace", text.as_bytes());
        Self { prefix: text.into(), secret }
    }

    /// Hashes hidden arguments with this secret.
    pub(crate) fn with_secret(self, secret: &[u8]) -> Self {
        let secret = blake3::derive_key("cache hidden arguments with a secret", secret);
        Self { secret, ..self }
    }

    /// What every name begins with.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(crate) fn incarnation(&self) -> String {
        format!("{}i1", self.prefix)
    }

    #[cfg(feature = "redis")]
    pub(crate) fn layout(&self) -> String {
        format!("{}layout", self.prefix)
    }

    /// The stamp of a group.
    pub(crate) fn stamp(&self, group: &Group<'_>) -> String {
        let mut text = String::with_capacity(64);
        self.open(&mut text, "s1:");
        group.write(&mut text);
        text
    }

    /// The names of an entry and of its lease, for a removal.
    pub(crate) fn entry_and_lease(&self, key: &Key) -> (String, String) {
        let mut address = String::with_capacity(96);
        key.write(&self.secret, &mut address);
        (format!("{}e1:{address}", self.prefix), format!("{}l1:{address}", self.prefix))
    }

    fn open(&self, text: &mut String, kind: &str) {
        text.push_str(&self.prefix);
        text.push_str(kind);
    }
}

/// A group of entries, which one stamp invalidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group<'a> {
    /// All entries of a type, a tenant or a user, or of a type within a tenant or of a user.
    Owned { tenant: Option<&'a str>, type_name: Option<&'a str>, user: Option<&'a str> },
    /// All entries with a tag.
    Tagged(&'a str),
}

impl Group<'_> {
    fn write(&self, out: &mut String) {
        match self {
            Self::Owned { tenant, type_name, user } => {
                push_optional(out, *tenant);
                out.push(':');
                push_optional(out, *type_name);
                out.push(':');
                push_optional(out, *user);
            }
            Self::Tagged(tag) => {
                out.push_str("#:");
                push_tag(out, tag);
            }
        }
    }

    /// The groups of an owner's entries, tags aside: its type first, whose stamp lives without a time to live.
    fn of<'a>(owner: &'a Owner) -> impl Iterator<Item = Group<'a>> {
        let type_name = Some(owner.type_name);
        let (tenant, user) = (owner.tenant.as_deref(), owner.user.as_deref());
        let owned = |tenant, type_name, user| Group::Owned { tenant, type_name, user };
        std::iter::once(owned(None, type_name, None))
            .chain(
                tenant
                    .into_iter()
                    .flat_map(move |t| [owned(Some(t), type_name, None), owned(Some(t), None, None)]),
            )
            .chain(
                user.into_iter()
                    .flat_map(move |u| [owned(None, type_name, Some(u)), owned(None, None, Some(u))]),
            )
    }
}

/// How many of an entry's stamps live without a time to live: that of its type.
pub(crate) const PERMANENT: usize = 1;

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

    fn of_tags(namespace: &Namespace, tags: &[String]) -> Self {
        let mut groups = Self::default();
        groups.add_groups(namespace, tags.iter().map(|tag| Group::Tagged(tag)));
        groups
    }

    fn add_groups<'a>(&mut self, namespace: &Namespace, groups: impl Iterator<Item = Group<'a>>) {
        for group in groups {
            self.add(|text| {
                namespace.open(text, "s1:");
                group.write(text);
            });
        }
        self.hashes = (0..self.ends.len()).map(|index| hash(self.name(index).as_bytes())).collect();
        for index in self.incarnation..self.hashes.len() {
            let prefix = namespace.prefix.len() + 3;
            let (start, end) = (self.start(index) + prefix, self.ends[index] as usize);
            self.add(|text| {
                namespace.open(text, "w1:");
                text.extend_from_within(start..end);
            });
        }
    }

    fn add(&mut self, write: impl FnOnce(&mut String)) {
        write(&mut self.text);
        self.ends.push(end_of(&self.text));
    }

    fn start(&self, index: usize) -> usize {
        if index == 0 { 0 } else { self.ends[index - 1] as usize }
    }

    fn name(&self, index: usize) -> &str {
        &self.text[self.start(index)..self.ends[index] as usize]
    }

    /// The names that have hashes: the incarnation if there is one, and the stamps.
    #[cfg(any(feature = "redis", test))]
    fn with_hashes(&self) -> impl Iterator<Item = (u64, &[u8])> + Clone {
        let mut start = 0;
        self.hashes.iter().zip(&self.ends).map(move |(hash, end)| {
            let name = &self.text.as_bytes()[start..*end as usize];
            start = *end as usize;
            (*hash, name)
        })
    }

    fn stamps(&self) -> impl ExactSizeIterator<Item = &str> {
        (self.incarnation..self.hashes.len()).map(|index| self.name(index))
    }

    fn marks(&self) -> impl ExactSizeIterator<Item = &str> {
        (self.hashes.len()..self.ends.len()).map(|index| self.name(index))
    }
}

fn end_of(text: &str) -> u32 {
    u32::try_from(text.len()).expect("segments are bounded, so names are short")
}

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
        draft.push_str(&owner.owner);
        call(&namespace.secret, &mut draft);
        let (entry, kind) = (Arc::from(draft.as_str()), end_of(&namespace.prefix));
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
    pub(crate) fn of(namespace: &Namespace, key: &Key, tags: &[String]) -> Self {
        let owner = Arc::new(Groups::of_owner(namespace, &key.owner));
        Self::new(namespace, owner, tags, |secret, text| key.write_call(secret, text))
    }

    /// Names for a test of a store: an entry with this address and these groups, in a namespace of its own.
    /// The texts stand in the names as they are.
    #[must_use]
    pub fn for_tests(namespace: &str, address: &str, groups: &[&str]) -> Self {
        let mut owner = Groups { incarnation: 1, ..Groups::default() };
        owner.add(|text| *text += &format!("{namespace}:i1"));
        for group in groups {
            owner.add(|text| *text += &format!("{namespace}:s1:{group}"));
        }
        owner.hashes = (0..owner.ends.len()).map(|index| hash(owner.name(index).as_bytes())).collect();
        for group in groups {
            owner.add(|text| *text += &format!("{namespace}:w1:{group}"));
        }
        let entry = format!("{namespace}:e1:{address}");
        Self::of_entry(entry.into(), end_of(namespace) + 1, Arc::new(owner), None)
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
        let tags = self.tags.iter().flat_map(|tags| tags.hashes.iter());
        self.owner.hashes.iter().chain(tags).copied()
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
    use crate::key::encode::Arguments;
    use crate::key::identity::Identity;

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
