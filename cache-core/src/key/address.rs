//! The address of one entry, as a function and its arguments give it.

use std::fmt;
use std::sync::Arc;

use crate::key::encode::Arguments;
use crate::key::identity::Identity;
use crate::key::render::{NO_SECRET, render};
use crate::key::text::push_segment;

/// Whose an entry is: its type and, where the function is aware of them, its tenant and its user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Owner {
    pub(crate) type_name: &'static str,
    pub(crate) tenant: Option<Arc<str>>,
    pub(crate) user: Option<Arc<str>>,
}

/// The key of one cached call: its type, tenant, user, function and arguments.
///
/// It is the same in every process in which the function has the same identity. `Display` writes it as it
/// stands in the store, without namespace and environment.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Key {
    pub(crate) owner: Owner,
    pub(crate) function: &'static str,
    pub(crate) identity: Identity,
    pub(crate) arguments: Arguments,
}

impl Key {
    /// Writes `<tenant or ->:<type>:<user or ->:<function>~<identity>:<arguments>`.
    ///
    /// What is hidden of the arguments is hashed with the secret.
    pub(crate) fn write(&self, secret: &[u8; 32], out: &mut String) {
        self.owner.write(out);
        self.write_call(secret, out);
    }

    /// Appends what follows the owner.
    pub(crate) fn write_call(&self, secret: &[u8; 32], out: &mut String) {
        write_function(self.function, self.identity, out);
        render(&self.arguments, secret, out);
    }
}

/// Appends a function as it stands between the owner and the arguments: `get_menu_items~xY3kP0aQ2Lw:`.
pub(crate) fn write_function(name: &str, identity: Identity, out: &mut String) {
    push_segment(out, name);
    out.push('~');
    identity.push_to(out);
    out.push(':');
}

impl Owner {
    /// Appends the owner as addresses begin with it: `t1:menu:-:`.
    pub(crate) fn write(&self, out: &mut String) {
        push_optional(out, self.tenant.as_deref());
        out.push(':');
        push_segment(out, self.type_name);
        out.push(':');
        push_optional(out, self.user.as_deref());
        out.push(':');
    }
}

/// Writes a segment that may be absent, which is written as `-`.
pub(crate) fn push_optional(out: &mut String, text: Option<&str>) {
    match text {
        Some(text) => push_segment(out, text),
        None => out.push('-'),
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(NO_SECRET, &mut text);
        f.write_str(&text)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}
