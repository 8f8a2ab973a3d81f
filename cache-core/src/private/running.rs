//! A cached call that was not served at once: how its value is obtained, and what becomes of what it loads.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use crate::cache::{Accept, Keep, Landed, Loading, Obtained, Pack, Request, obtain};
use crate::clock::later;
use crate::error::Error;
use crate::near::NoValue;
use crate::observe::{Counter, Event};
use crate::private::call::Call;
use crate::private::function::Function;
use crate::private::kind::Kind;
use crate::private::returns::{Found, Shape};
use crate::private::taking::Taking;
use crate::protocol::Lives;
use crate::store::{Body, Shared};
use crate::ttl::Ttl;
use crate::value::schema::fingerprint;

/// A cached call on its way.
pub(super) struct Running<S, K> {
    pub(super) request: Request,
    function: &'static Function,
    shape: S,
    kind: K,
}

/// What came of a call.
pub(super) enum Answer<R> {
    /// It is served.
    Served(R),
    /// It is served a stale value, and a task is to load.
    Stale(R, Box<Loading>),
    /// It has to load.
    Load(Box<Loading>),
    /// It has to run as if it were not cached.
    Uncached,
}

/// A value that says itself how long it lives, lives at most so long.
const LONGEST_CHOSEN_TTL: Ttl = Ttl::DAY;

impl<S: Copy, K: Copy> Running<S, K> {
    /// `None` where the function has to run uncached.
    pub(super) fn new<R>(call: &mut Call, shape: S, kind: K, blocking: bool) -> Option<Self>
    where
        S: Shape<R>,
        K: Kind<S::Stored>,
    {
        let function = call.function;
        let schema = fingerprint::<S::Stored>(function.declared.version);
        let mut request = call.request(schema, K::MEMORY, blocking)?;
        request.longest_ttl = (kind.chooses_ttl() && !request.ttl_is_set).then_some(LONGEST_CHOSEN_TTL);
        Some(Self { request, function, shape, kind })
    }

    /// Obtains the value, or the task to load it.
    pub(super) async fn obtain<R>(&self) -> Answer<R>
    where
        S: Shape<R>,
        K: Kind<S::Stored>,
    {
        self.plant();
        let mut taking = Taking::new(&self.request, self.shape, self.kind);
        let obtained = obtain(&self.request, &mut taking).await;
        match obtained {
            Obtained::Load(loading) => Answer::Load(loading),
            Obtained::Served => taking.rebuild().map_or(Answer::Uncached, Answer::Served),
            Obtained::Revalidate(loading) => match taking.rebuild() {
                Some(returned) => Answer::Stale(returned, loading),
                None => Answer::Load(loading),
            },
        }
    }

    /// Puts in place what a test has seeded for this call.
    fn plant<R>(&self)
    where
        S: Shape<R>,
        K: Kind<S::Stored>,
    {
        let Some(planting) = self.request.cache.seeds.take(&self.request) else { return };
        let Some(value) = planting.value::<S::Stored>() else { return planting.misfits::<S::Stored>() };
        let returned = self.shape.rebuild(Found::Shared(value));
        planting.plant(&mut Packing { running: self, returned: &returned });
    }

    /// Ends the load. Returns what the function returns: what was loaded, or, if that is an error, the last value
    /// where that is still good for it.
    pub(super) fn land<R>(&self, mut loading: Loading, returned: R) -> R
    where
        S: Shape<R>,
        K: Kind<S::Stored>,
    {
        let (fallback, keep) = (loading.fallback.take(), loading.keep.take());
        let stored = self.shape.stored(&returned).filter(|value| self.kind.is_stored(value));
        let mut packing = Packing { running: self, returned: &returned };
        let failed = !self.shape.succeeded(&returned);
        let landed = match stored {
            Some(_) => Landed::Value(&mut packing),
            None if failed => Landed::Failed,
            None if self.stores_absent(&returned) => Landed::Negative(&mut packing),
            None if self.shape.stored(&returned).is_some() => Landed::Unwanted(&mut packing),
            None => Landed::Absent,
        };
        self.function.took(loading.land(&self.request, landed));
        if let (Some(keep), Some(value), true) = (keep, self.shape.share(&returned), stored.is_some()) {
            let weight = self.kind.weigh(&self.request, &value);
            let ttl = packing.ttl().unwrap_or(self.request.ttl).as_duration();
            let fresh_until = keep.fresh_until.min(later(self.request.now(), ttl));
            let value: Arc<dyn Any + Send + Sync> = value;
            self.request.keep(Some(&value), Keep { weight, fresh_until, ..keep });
        }
        if failed
            && let Some((content, hold)) = fallback
            && self.request.may_serve(&hold)
        {
            let mut taking = Taking::new(&self.request, self.shape, self.kind);
            if taking.value(&content.prefix, &content.body, None).is_ok()
                && let Some(last) = taking.rebuild()
            {
                self.request.count(Counter::StaleOnError);
                self.request.emit(Event::ServedOnError);
                return last;
            }
        }
        returned
    }
}

impl<S: Copy, K: Copy> Running<S, K> {
    /// Whether what was returned says that there is none, and that is to be stored.
    fn stores_absent<R>(&self, returned: &R) -> bool
    where
        S: Shape<R>,
    {
        let absent = self.shape.stored(returned).is_none() && self.shape.succeeded(returned);
        absent && self.request.absent_ttl.is_some()
    }
}

/// Packs what was loaded, typed.
struct Packing<'a, R, S, K> {
    running: &'a Running<S, K>,
    returned: &'a R,
}

impl<R, S: Shape<R>, K: Kind<S::Stored>> Packing<'_, R, S, K> {
    fn shared(&self, value: Arc<S::Stored>) -> Body {
        let weight = self.running.kind.weigh(&self.running.request, &value);
        Body::Shared(Shared { value, weight })
    }
}

impl<R, S: Shape<R>, K: Kind<S::Stored>> Pack for Packing<'_, R, S, K> {
    fn ttl(&self) -> Option<Ttl> {
        match self.running.shape.stored(self.returned) {
            Some(_) if self.running.request.ttl_is_set => None,
            Some(value) => self.running.kind.ttl(value),
            None => self.running.request.absent_ttl,
        }
    }

    fn encode(&mut self, prefix: &[u8; 12], load: Duration, lives: Lives) -> Result<Body, Error> {
        let Running { request, shape, kind, .. } = self.running;
        match shape.stored(self.returned) {
            Some(value) if !request.is_local() => kind.pack(request, value, prefix, load, lives),
            None if !request.is_local() => kind.pack_absent(request, prefix, load, lives),
            _ => Ok(self.share()),
        }
    }

    fn share(&mut self) -> Body {
        match self.running.shape.share(self.returned) {
            Some(value) => self.shared(value),
            // The flags say that there is none.
            None => Body::Encoded(bytes::Bytes::new()),
        }
    }
}

/// What is kept for a call, for a shape.
pub(super) fn kept<R, S: Shape<R>>(call: &Call, shape: S) -> Option<R> {
    match Arc::downcast(call.near()?) {
        Ok(value) => Some(shape.rebuild(Found::Shared(value))),
        Err(other) if other.is::<NoValue>() => shape.absent(),
        Err(_) => None,
    }
}
