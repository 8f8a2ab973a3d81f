//! The names under which one entry and everything that concerns it lie in a store.

use std::fmt;

use smallvec::SmallVec;

use crate::key::address::{Key, Owner, push_optional};
use crate::key::text::{push_segment, push_tag};

/// The prefix of every key: `<namespace>:<environment>:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Namespace(Box<str>);

impl Namespace {
    pub(crate) fn new(namespace: &str, environment: &str) -> Self {
        let mut text = String::new();
        push_segment(&mut text, namespace);
        text.push(':');
        push_segment(&mut text, environment);
        text.push(':');
        Self(text.into())
    }

    pub(crate) fn incarnation(&self) -> String {
        format!("{}i1", self.0)
    }

    #[cfg(feature = "redis")]
    pub(crate) fn layout(&self) -> String {
        format!("{}layout", self.0)
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
        key.write(&mut address);
        (format!("{}e1:{address}", self.0), format!("{}l1:{address}", self.0))
    }

    fn open(&self, text: &mut String, kind: &str) {
        text.push_str(&self.0);
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

    /// The groups of an entry: its type first, whose stamp lives without a time to live.
    fn of<'a>(owner: &'a Owner, tags: &'a [String]) -> impl Iterator<Item = Group<'a>> {
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
            .chain(tags.iter().map(|tag| Group::Tagged(tag)))
    }
}

/// How many of an entry's stamps live without a time to live: that of its type.
pub(crate) const PERMANENT: usize = 1;

/// The names of one entry, its lease, the incarnation, the stamps of its groups, and the marks of them all.
///
/// They stand one after the other in one piece of text, so that naming an entry costs one allocation.
#[derive(Clone)]
pub struct Names {
    text: String,
    /// Where each name ends: entry, lease, incarnation, stamps, marks.
    ends: SmallVec<[u32; 16]>,
    groups: usize,
}

impl Names {
    pub(crate) fn new(namespace: &Namespace, key: &Key, tags: &[String]) -> Self {
        let mut names = Self { text: String::with_capacity(512), ends: SmallVec::new(), groups: 0 };
        names.add(|text| {
            namespace.open(text, "e1:");
            key.write(text);
        });
        let address = namespace.0.len() + 3..names.text.len();
        names.add_copy(namespace, "l1:", address.clone());
        names.add(|text| namespace.open(text, "i1"));
        for group in Group::of(&key.owner, tags) {
            names.groups += 1;
            names.add(|text| {
                namespace.open(text, "s1:");
                group.write(text);
            });
        }
        names.add_copy(namespace, "w1:", address);
        for group in 0..names.groups {
            let start = names.ends[2 + group] as usize + namespace.0.len() + 3;
            let end = names.ends[3 + group] as usize;
            names.add_copy(namespace, "w1:", start..end);
        }
        names
    }

    /// Names for a test of a store: an entry with this address and these groups, in a namespace of its own.
    /// The texts stand in the names as they are.
    #[must_use]
    pub fn for_tests(namespace: &str, address: &str, groups: &[&str]) -> Self {
        let mut names = Self { text: String::new(), ends: SmallVec::new(), groups: groups.len() };
        let name = |kind: &str, rest: &str| format!("{namespace}:{kind}1{rest}");
        let entry = |kind: &str| name(kind, &format!(":{address}"));
        let group = |kind: &str, group: &str| name(kind, &format!(":{group}"));
        let mut all = vec![entry("e"), entry("l"), name("i", "")];
        all.extend(groups.iter().map(|text| group("s", text)));
        all.push(entry("w"));
        all.extend(groups.iter().map(|text| group("w", text)));
        for text in &all {
            names.add(|out| out.push_str(text));
        }
        names
    }

    fn add(&mut self, write: impl FnOnce(&mut String)) {
        write(&mut self.text);
        self.ends.push(u32::try_from(self.text.len()).expect("segments are bounded, so names are short"));
    }

    fn add_copy(&mut self, namespace: &Namespace, kind: &str, part: std::ops::Range<usize>) {
        self.add(|text| {
            namespace.open(text, kind);
            text.extend_from_within(part);
        });
    }

    fn name(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        &self.text[start..self.ends[index] as usize]
    }

    /// The entry's name.
    #[must_use]
    pub fn entry(&self) -> &str {
        self.name(0)
    }

    /// The name of the entry's lease.
    #[must_use]
    pub fn lease(&self) -> &str {
        self.name(1)
    }

    /// The name of the incarnation, the group of everything.
    #[must_use]
    pub fn incarnation(&self) -> &str {
        self.name(2)
    }

    /// The names of the stamps of the entry's groups; the first [`Names::permanent`] live without a time to live.
    pub fn stamps(&self) -> impl ExactSizeIterator<Item = &str> {
        (3..3 + self.groups).map(|index| self.name(index))
    }

    /// The names of the marks of the entry and of its groups.
    pub fn marks(&self) -> impl ExactSizeIterator<Item = &str> {
        (3 + self.groups..self.ends.len()).map(|index| self.name(index))
    }

    /// How many stamps, from the first, live without a time to live.
    #[must_use]
    pub fn permanent(&self) -> usize {
        PERMANENT
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
        let names = Names::new(&namespace, &key(Some("t1"), Some("u5")), &["item:7".to_owned()]);
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
                let names = Names::new(&namespace, &key(tenant, user), &[]);
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
