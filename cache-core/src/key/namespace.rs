//! The namespace in which everything lies, and the groups of entries in it.

use crate::key::address::{Key, Owner, push_optional};
use crate::key::text::{push_segment, push_tag};

/// The prefix of every key: `<namespace>:<environment>:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Namespace {
    prefix: Box<str>,
    /// What hidden arguments are hashed with.
    pub(super) secret: [u8; 32],
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

    pub(super) fn open(&self, text: &mut String, kind: &str) {
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
    pub(super) fn write(&self, out: &mut String) {
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
    pub(super) fn of<'a>(owner: &'a Owner) -> impl Iterator<Item = Group<'a>> {
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
