//! The value of a call that is kept in the process.

use std::sync::Arc;

use crate::cache::{Inner, look};
use crate::context::{self, Mode};
use crate::near::Lookup;
use crate::observe::{Counter, Event};
use crate::policy::Awareness;
use crate::private::call::{Call, aware_of};

/// What is kept for a call.
pub(crate) enum Near<T> {
    Value(Arc<T>),
    /// There is none.
    Absent,
}

impl Call {
    /// The value of the call, if it is kept in the process and may be served now. It waits for nothing, allocates
    /// nothing and takes no lock that other keys take.
    pub(crate) fn near<T: Send + Sync + 'static>(&self) -> Option<Near<T>> {
        let declared = &self.function.declared;
        if declared.strict || !declared.tiers.memory || self.off || self.unkeyed.is_some() {
            return None;
        }
        let identity = self.function.identity(self.here, &self.own)?;
        context::with_current(|frame| {
            if frame.mode != Mode::Usual {
                return None;
            }
            let (tenant_aware, user_aware) = (self.tenant_aware(), self.user_aware());
            let tenant = aware_of(tenant_aware, &self.tenant, &frame.tenant);
            let user = aware_of(user_aware, &self.user, &frame.user);
            if (tenant_aware != Awareness::No && tenant.is_none())
                || (user_aware != Awareness::No && user.is_none())
            {
                return None;
            }
            let lookup = Lookup {
                identity,
                type_name: self.type_name,
                tenant: tenant.map(|id| &**id),
                user: user.map(|id| &**id),
                arguments: self.arguments.as_bytes(),
            };
            match &self.cache {
                Some(cache) => near(cache.inner(), &lookup, self),
                None => look(frame, |cache| near(cache, &lookup, self)),
            }
        })
    }

    /// Tells of a hit whose key was not needed for it.
    fn emit_hit(&self, cache: &Inner) {
        if let Ok(key) = self.copy().key() {
            let (name, _) = cache.namespace.entry_and_lease(&key);
            cache.events.emit(self.type_name, &name, Event::Hit);
        }
    }
}

fn near<T: Send + Sync + 'static>(cache: &Arc<Inner>, lookup: &Lookup<'_>, call: &Call) -> Option<Near<T>> {
    if !cache.is_enabled() {
        return None;
    }
    let now = cache.clock.about_now();
    let kept = cache.near.get(lookup, &cache.changes, now)?;
    if now >= kept.fresh_until {
        return None;
    }
    let value = match kept.value() {
        Some(value) => Near::Value(value),
        None if kept.is_absent() => Near::Absent,
        None => return None,
    };
    kept.counters.add(Counter::NearHits);
    if cache.events.are_wanted() {
        call.emit_hit(cache);
    }
    Some(value)
}
