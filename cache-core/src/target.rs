//! What an invalidation hits.

use std::fmt;
use std::sync::Arc;

use crate::key::address::Key;
use crate::key::names::Names;
use crate::key::namespace::{Group, Namespace};

/// What an invalidation hits: one entry, or a group of entries.
///
/// ```
/// use cache_core::Target;
///
/// let menus: Target = Target::of("menu").into();        // every entry of the type
/// let of_t1: Target = Target::of("menu").tenant("t1").into();
/// let item = Target::tag("item:7");                     // every entry with the tag, in all tenants
/// let off_boarded = Target::tenant("t1");               // everything of the tenant
/// # drop((menus, of_t1, item, off_boarded));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target(Kind);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Entry(Arc<Key>),
    Owned { type_name: Option<Arc<str>>, tenant: Option<Arc<str>>, user: Option<Arc<str>> },
    Tag(Arc<str>),
    Everything,
}

/// Every entry of a type, or only those of a tenant or a user: see [`Target::of`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TypeTarget {
    type_name: Arc<str>,
    tenant: Option<Arc<str>>,
    user: Option<Arc<str>>,
}

impl TypeTarget {
    /// Narrows the type to one tenant. Together with a user it hits the user's entries in every tenant,
    /// which is wider. An empty id is none, and narrows nothing.
    #[must_use]
    pub fn tenant(mut self, tenant: impl AsRef<str>) -> Self {
        self.tenant = id(tenant.as_ref());
        self
    }

    /// Narrows the type to one user. An empty id is none, and narrows nothing.
    #[must_use]
    pub fn user(mut self, user: impl AsRef<str>) -> Self {
        self.user = id(user.as_ref());
        self
    }
}

impl From<TypeTarget> for Target {
    fn from(target: TypeTarget) -> Self {
        Self(Kind::Owned { type_name: Some(target.type_name), tenant: target.tenant, user: target.user })
    }
}

impl Target {
    /// Every entry of a type.
    #[must_use]
    pub fn of(type_name: impl AsRef<str>) -> TypeTarget {
        TypeTarget { type_name: type_name.as_ref().into(), tenant: None, user: None }
    }

    /// Exactly one entry, as the companion function `f_key` names it.
    #[must_use]
    pub fn key(key: Key) -> Self {
        Self(Kind::Entry(Arc::new(key)))
    }

    /// Every entry with a tag, in all tenants.
    ///
    /// The values of placeholders are percent-encoded. Written out by hand they need not be, except for a `:` or
    /// a `%` in a value: `Target::tag("user:ann@example.com")` hits what `tags("user:{email}")` tagged.
    #[must_use]
    pub fn tag(tag: impl AsRef<str>) -> Self {
        Self(Kind::Tag(tag.as_ref().into()))
    }

    /// Everything of a tenant. An empty id is none, and means everybody.
    #[must_use]
    pub fn tenant(tenant: impl AsRef<str>) -> Self {
        Self::owned(None, Some(tenant.as_ref()), None)
    }

    /// Everything of a user, in all tenants. An empty id is none, and means everybody.
    #[must_use]
    pub fn user(user: impl AsRef<str>) -> Self {
        Self::owned(None, None, Some(user.as_ref()))
    }

    /// Every entry of the namespace and environment.
    #[must_use]
    pub fn everything() -> Self {
        Self(Kind::Everything)
    }

    /// A group by the parts that name it; everything where no part does.
    pub(crate) fn owned(type_name: Option<&str>, tenant: Option<&str>, user: Option<&str>) -> Self {
        let [type_name, tenant, user] = [type_name, tenant, user].map(|text| text.and_then(id));
        if type_name.is_none() && tenant.is_none() && user.is_none() {
            return Self::everything();
        }
        Self(Kind::Owned { type_name, tenant, user })
    }

    /// The next wider target: of an entry or a group of a type the type, else everything; of everything none.
    fn wider(&self) -> Option<Self> {
        match &self.0 {
            Kind::Entry(key) => Some(Self::of(key.owner.type_name).into()),
            Kind::Owned { type_name: Some(type_name), tenant, user }
                if tenant.is_some() || user.is_some() =>
            {
                Some(Self::of(type_name).into())
            }
            Kind::Owned { .. } | Kind::Tag(_) => Some(Self::everything()),
            Kind::Everything => None,
        }
    }

    /// The whole type of a group, for all tenants and users; without a type everything.
    pub(crate) fn for_all_owners(&self) -> Self {
        match &self.0 {
            Kind::Owned { type_name: Some(type_name), .. } => Self::of(type_name).into(),
            _ => Self::everything(),
        }
    }

    /// What a store has to remove for this target.
    pub(crate) fn removal(&self, namespace: &Namespace) -> Removal {
        let (name, lease) = self.names(namespace);
        let wider = self.wider().map(|wider| Arc::new(wider.removal(namespace)));
        Removal { name: name.into(), lease: lease.map(Into::into), target: self.clone(), wider }
    }

    fn names(&self, namespace: &Namespace) -> (String, Option<String>) {
        match &self.0 {
            Kind::Entry(key) => {
                let (entry, lease) = namespace.entry_and_lease(key);
                (entry, Some(lease))
            }
            Kind::Owned { type_name, tenant, user } => {
                // No group is of a tenant and a user at once: the user's, in all tenants, is the wider one.
                let tenant = if user.is_some() { None } else { tenant.as_deref() };
                let group = Group::Owned { tenant, type_name: type_name.as_deref(), user: user.as_deref() };
                (namespace.stamp(&group), None)
            }
            Kind::Tag(tag) => (namespace.stamp(&Group::Tagged(tag)), None),
            Kind::Everything => (namespace.incarnation(), None),
        }
    }

    /// What is called the type of this target in events and statistics.
    pub(crate) fn label(&self) -> &str {
        match &self.0 {
            Kind::Entry(key) => key.owner.type_name,
            Kind::Owned { type_name, .. } => type_name.as_deref().unwrap_or("-"),
            Kind::Tag(_) | Kind::Everything => "-",
        }
    }
}

/// Writes the target in words: `type menu of tenant t1`, `tag item:7`, `everything`.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Entry(key) => write!(f, "entry {key}"),
            Kind::Owned { type_name, tenant, user } => {
                let parts = [("type", type_name), ("user", user), ("tenant", tenant)];
                let known = parts.into_iter().filter_map(|(what, id)| Some((what, id.as_deref()?)));
                for (index, (what, id)) in known.enumerate() {
                    let of = if index == 0 { "" } else { " of " };
                    write!(f, "{of}{what} {id}")?;
                }
                Ok(())
            }
            Kind::Tag(tag) => write!(f, "tag {tag}"),
            Kind::Everything => f.write_str("everything"),
        }
    }
}

/// An id that is empty is none: no entry has it, and an invalidation is rather too wide than too narrow.
fn id(text: &str) -> Option<Arc<str>> {
    (!text.is_empty()).then(|| text.into())
}

/// The names that must be gone before an invalidation is acknowledged: those of an entry and its lease, or
/// that of a stamp. Deleting them is idempotent and commutes with everything.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Removal {
    /// The entry, the stamp or the incarnation: what a fence covers.
    pub(crate) name: Arc<str>,
    /// The entry's lease.
    pub(crate) lease: Option<Arc<str>>,
    /// What it is for.
    pub(crate) target: Target,
    /// What takes its place where there is no room for it.
    pub(crate) wider: Option<Arc<Removal>>,
}

impl Removal {
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&*self.name).chain(self.lease.as_deref())
    }

    /// Everything that is wider, the next first.
    pub(crate) fn wider(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(self.wider.as_deref(), |removal| removal.wider.as_deref())
    }

    /// Whether it hits the entry with these names.
    pub(crate) fn covers(&self, names: &Names) -> bool {
        let name = &*self.name;
        name == names.entry() || name == names.incarnation() || names.stamps().any(|stamp| stamp == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::address::Owner;
    use crate::key::encode::Arguments;
    use crate::key::identity::Identity;

    #[track_caller]
    fn check(target: impl Into<Target>, name: &str) {
        let removal = target.into().removal(&Namespace::new("n", "e"));
        assert_eq!(&*removal.name, name);
        assert_eq!(removal.lease, None);
    }

    #[test]
    fn a_target_is_the_stamp_of_its_group() {
        check(Target::of("menu"), "n:e:s1:-:menu:-");
        check(Target::of("menu").tenant("t"), "n:e:s1:t:menu:-");
        check(Target::of("menu").user("u"), "n:e:s1:-:menu:u");
        check(Target::tenant("t"), "n:e:s1:t:-:-");
        check(Target::user("u"), "n:e:s1:-:-:u");
        check(Target::tag("item:7"), "n:e:s1:#:item:7");
        check(Target::everything(), "n:e:i1");
    }

    #[test]
    fn an_empty_id_narrows_nothing() {
        check(Target::of("menu").tenant("").user(""), "n:e:s1:-:menu:-");
        check(Target::tenant(""), "n:e:i1");
        check(Target::user(""), "n:e:i1");
    }

    #[track_caller]
    fn widens(target: impl Into<Target>, expected: &[&str]) {
        let removal = target.into().removal(&Namespace::new("n", "e"));
        let wider: Vec<_> = removal.wider().map(|wider| wider.target.to_string()).collect();
        assert_eq!(wider, expected);
    }

    #[test]
    fn a_target_is_widened_to_its_type_and_then_to_everything() {
        let key = Key {
            owner: Owner { type_name: "menu", tenant: Some("t1".into()), user: None },
            function: "menus",
            identity: Identity::of("app", "menus", &[]),
            arguments: Arguments::default(),
        };
        widens(Target::key(key), &["type menu", "everything"]);
        widens(Target::of("menu").tenant("t1"), &["type menu", "everything"]);
        widens(Target::of("menu").user("u5"), &["type menu", "everything"]);
        for group in [Target::of("menu").into(), Target::tag("a"), Target::tenant("t"), Target::user("u")] {
            widens(group, &["everything"]);
        }
        widens(Target::everything(), &[]);
    }

    #[test]
    fn a_target_is_written_in_words() {
        let written = |target: Target| target.to_string();
        assert_eq!(written(Target::of("menu").tenant("t1").into()), "type menu of tenant t1");
        assert_eq!(
            written(Target::of("menu").tenant("t1").user("u5").into()),
            "type menu of user u5 of tenant t1"
        );
        assert_eq!(written(Target::user("u5")), "user u5");
        assert_eq!(written(Target::tag("item:7")), "tag item:7");
        assert_eq!(written(Target::everything()), "everything");
    }

    #[test]
    fn a_tenant_and_a_user_together_hit_the_user_everywhere() {
        check(Target::of("menu").tenant("t").user("u"), "n:e:s1:-:menu:u");
    }
}
