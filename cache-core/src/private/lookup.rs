//! The value of a call that is kept in the process.

use std::any::Any;
use std::sync::Arc;

use crate::cache::{Inner, Places, UNSET, look};
use crate::context::{self, Frame, Mode};
use crate::key::identity::Identity;
use crate::near::{Kept, Lookup};
use crate::observe::{Counter, Event};
use crate::policy::Awareness;
use crate::private::call::{Call, aware_of};

/// What is left to do when the context is no longer looked at.
#[derive(Default)]
struct After {
    /// Whose last owner this may be.
    kept: Option<Arc<Kept>>,
    /// Where to tell of the hit, if anybody listens.
    told: Option<Arc<Inner>>,
}

impl Call {
    /// The value of the call, if it is kept in the process and may be served now; [`NoValue`](crate::near::NoValue)
    /// where there is none. It waits for nothing, allocates nothing and takes no lock that all keys share. It is not
    /// typed yet, so that this code is compiled once.
    pub(crate) fn near(&self) -> Option<Arc<dyn Any + Send + Sync>> {
        if self.off || self.unkeyed.is_some() {
            return None;
        }
        let identity = self.function.identity(self.here, &self.own)?;
        let (mut value, mut after) = (None, After::default());
        context::look_at_current(|frame| value = self.near_in(frame, identity, &mut after));
        // Both may run anything, also what enters a context, which can't be while it is looked at.
        drop(after.kept);
        if let Some(cache) = after.told {
            self.emit_hit(&cache);
        }
        value
    }

    #[inline(always)]
    fn near_in(
        &self,
        frame: &Frame,
        identity: Identity,
        after: &mut After,
    ) -> Option<Arc<dyn Any + Send + Sync>> {
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
            Some(cache) => near(cache.inner(), &lookup, self, after),
            None => look(frame, |cache| near(cache, &lookup, self, after)),
        }
    }

    /// Whether the function's values are kept in the process at all.
    fn is_near(&self, cache: &Inner) -> bool {
        let function = self.function;
        match cache.policies.epoch() {
            UNSET => function.declared.tiers.memory && !function.declared.strict,
            epoch => function.is_near(epoch, || {
                let set = cache.policies.of(self.type_name, || function.names());
                set.enabled != Some(false) && Places::new(&function.declared, &set).is_near()
            }),
        }
    }

    /// Tells of a hit whose key was not needed for it.
    fn emit_hit(&self, cache: &Inner) {
        if let Ok(key) = self.copy().key() {
            let (name, _) = cache.namespace.entry_and_lease(&key);
            cache.events.emit(self.type_name, &name, Event::Hit);
        }
    }
}

#[inline(always)]
fn near(
    cache: &Arc<Inner>,
    lookup: &Lookup<'_>,
    call: &Call,
    after: &mut After,
) -> Option<Arc<dyn Any + Send + Sync>> {
    if !cache.is_enabled() || !call.is_near(cache) {
        return None;
    }
    let now = cache.clock.about_now();
    let kept = match cache.near.get(lookup, &cache.changes, now) {
        Ok(kept) => kept,
        Err(removed) => {
            after.kept = removed;
            return None;
        }
    };
    let value = if now < kept.fresh_until { kept.value() } else { None };
    if value.is_some() {
        kept.counters.add(Counter::NearHits);
        if cache.events.are_wanted() {
            after.told = Some(cache.clone());
        }
    }
    after.kept = Some(kept);
    value
}
