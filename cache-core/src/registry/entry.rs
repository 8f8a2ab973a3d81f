//! What generated code registers.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::policy::{Awareness, CacheType, Declared, Location, TypePolicy};

/// One declaration.
#[derive(Debug)]
pub struct Entry(pub(super) What);

#[derive(Debug)]
pub(super) enum What {
    Cached(Cached),
    Invalidates(Invalidates),
    Types(Visit),
}

/// A cached function.
#[derive(Debug)]
pub(super) struct Cached {
    pub(super) declared: &'static Declared,
    pub(super) module: &'static str,
    /// The type, where an expression names it.
    pub(super) of_type: Option<fn() -> Named>,
}

/// What one attribute of a function invalidates.
#[derive(Debug)]
pub(super) struct Invalidates {
    pub(super) ident: &'static str,
    pub(super) module: &'static str,
    pub(super) location: Location,
    pub(super) type_name: Option<&'static str>,
    pub(super) of_type: Option<fn() -> Named>,
    pub(super) tenant: Awareness,
    pub(super) user: Awareness,
}

/// Shows the types that a derive has declared.
pub(super) type Visit = fn(&mut dyn FnMut(&dyn CacheType));

/// A type that an expression names.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    pub(crate) name: &'static str,
    pub(crate) policy: TypePolicy,
}

/// The type that an expression names.
#[must_use]
#[inline]
pub fn named<T: CacheType>(cache_type: T) -> Named {
    Named { name: cache_type.name(), policy: cache_type.policy() }
}

inventory::collect!(Entry);

impl Entry {
    /// A cached function.
    #[must_use]
    pub const fn cached(declared: &'static Declared, module: &'static str) -> Self {
        Self(What::Cached(Cached { declared, module, of_type: None }))
    }

    /// A function that invalidates.
    #[must_use]
    pub const fn invalidates(ident: &'static str, module: &'static str, location: Location) -> Self {
        let (tenant, user) = (Awareness::No, Awareness::No);
        Self(What::Invalidates(Invalidates {
            ident,
            module,
            location,
            type_name: None,
            of_type: None,
            tenant,
            user,
        }))
    }

    /// The types that a derive declares.
    #[must_use]
    pub const fn types(visit: Visit) -> Self {
        Self(What::Types(visit))
    }

    /// With the type that an expression names.
    #[must_use]
    pub const fn of_type(mut self, of_type: fn() -> Named) -> Self {
        match &mut self.0 {
            What::Cached(cached) => cached.of_type = Some(of_type),
            What::Invalidates(invalidates) => invalidates.of_type = Some(of_type),
            What::Types(_) => {}
        }
        self
    }

    /// Of a function that invalidates: the type, and whose entries of it.
    #[must_use]
    pub const fn group(
        mut self,
        type_name: Option<&'static str>,
        tenant: Awareness,
        user: Awareness,
    ) -> Self {
        if let What::Invalidates(invalidates) = &mut self.0 {
            (invalidates.type_name, invalidates.tenant, invalidates.user) = (type_name, tenant, user);
        }
        self
    }
}

/// Everything that was registered, in no particular order.
pub(super) fn entries() -> impl Iterator<Item = &'static What> {
    inventory::iter::<Entry>.into_iter().map(|entry| &entry.0)
}

/// The module of a function, by what it declares; empty where it was not registered.
pub(crate) fn module_of(declared: &'static Declared) -> &'static str {
    let module = entries().find_map(|what| match what {
        What::Cached(cached) if std::ptr::eq(cached.declared, declared) => Some(cached.module),
        _ => None,
    });
    module.unwrap_or_default()
}

/// The readable name, the name and the module of each cached function.
pub(crate) fn cached_names() -> impl Iterator<Item = [&'static str; 3]> {
    entries().filter_map(|what| match what {
        What::Cached(Cached { declared, module, .. }) => Some([declared.name, declared.ident, module]),
        _ => None,
    })
}

/// Runs code of the user's that describes a type. One that panics describes none.
pub(super) fn described<T>(describe: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(describe)).ok()
}
