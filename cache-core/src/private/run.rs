//! Runs a cached call: obtain the value, or load it and land.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use crate::cache::{Accept, Landed, Loading, Obtained, Pack, Refusal, Request, obtain};
use crate::context::{with_frame, with_frame_sync};
use crate::error::Error;
use crate::private::call::Call;
use crate::private::function::Function;
use crate::private::kind::Kind;
use crate::private::returns::{Found, Shape};
use crate::store::{Body, Shared};
use crate::value::schema::fingerprint;

/// Runs a cached call of an async function.
pub async fn cached<R, S, K, F>(call: Call, shape: S, kind: K, load: F) -> R
where
    S: Shape<R>,
    K: Kind<S::Stored>,
    F: Future<Output = R>,
{
    let function = call.function;
    let Some(request) = request::<R, S, K>(call, false) else { return load.await };
    // A hit in memory is ready at once; without this a loop of them would starve the task's neighbours.
    tokio::task::coop::consume_budget().await;
    let mut taking = Taking { request: &request, shape, kind, taken: None };
    match obtain(&request, &mut taking).await {
        Obtained::Served => match taking.rebuild() {
            Some(returned) => returned,
            None => load.await,
        },
        Obtained::Load(loading) => {
            let returned = with_frame(loading.frame(&request), load).await;
            land(function, &request, shape, kind, *loading, &returned);
            returned
        }
    }
}

/// Runs a cached call of a plain function. It blocks its thread, and depends on no runtime of that thread.
pub fn cached_sync<R, S, K, F>(call: Call, shape: S, kind: K, load: F) -> R
where
    S: Shape<R>,
    K: Kind<S::Stored>,
    F: FnOnce() -> R,
{
    let function = call.function;
    let Some(request) = request::<R, S, K>(call, true) else { return load() };
    let mut taking = Taking { request: &request, shape, kind, taken: None };
    match block_on(obtain(&request, &mut taking)) {
        Obtained::Served => taking.rebuild().unwrap_or_else(load),
        Obtained::Load(loading) => {
            let returned = with_frame_sync(loading.frame(&request), load);
            land(function, &request, shape, kind, *loading, &returned);
            returned
        }
    }
}

/// Waits on the current thread. A task of a runtime has a budget of polls that only its end renews, so what
/// is waited for inside of it must not use it up.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    pollster::block_on(tokio::task::unconstrained(future))
}

fn request<R, S: Shape<R>, K: Kind<S::Stored>>(call: Call, blocking: bool) -> Option<Request> {
    let schema = fingerprint::<S::Stored>(call.function.declared.version);
    call.request(schema, K::MEMORY, blocking)
}

/// Takes what was found, typed.
struct Taking<'a, R, S: Shape<R>, K> {
    request: &'a Request,
    shape: S,
    kind: K,
    taken: Option<Taken<S::Stored, R>>,
}

enum Taken<T, R> {
    Value(Found<T>),
    Absent(PhantomData<fn() -> R>),
}

impl<R, S: Shape<R>, K> Taking<'_, R, S, K> {
    fn rebuild(self) -> Option<R> {
        match self.taken? {
            Taken::Value(found) => Some(self.shape.rebuild(found)),
            Taken::Absent(_) => self.shape.absent(),
        }
    }
}

impl<R, S: Shape<R>, K: Kind<S::Stored>> Accept for Taking<'_, R, S, K> {
    fn value(&mut self, prefix: &[u8; 12], body: &Body) -> Result<(), Refusal> {
        self.taken = Some(Taken::Value(self.kind.unpack(self.request, prefix, body)?));
        Ok(())
    }

    fn absent(&mut self) -> bool {
        let can_be = self.shape.absent().is_some();
        if can_be {
            self.taken = Some(Taken::Absent(PhantomData));
        }
        can_be
    }
}

/// Packs what was loaded, typed.
struct Packing<'a, R, S, K> {
    request: &'a Request,
    shape: S,
    kind: K,
    returned: &'a R,
}

impl<R, S: Shape<R>, K: Kind<S::Stored>> Packing<'_, R, S, K> {
    fn shared(&self, value: Arc<S::Stored>) -> Body {
        let weight = self.kind.weigh(self.request, &value);
        Body::Shared(Shared { value, weight })
    }
}

impl<R, S: Shape<R>, K: Kind<S::Stored>> Pack for Packing<'_, R, S, K> {
    fn encode(&mut self, prefix: &[u8; 12], load: Duration) -> Result<Body, Error> {
        match self.shape.stored(self.returned) {
            Some(value) if !self.request.store().capability().local => {
                self.kind.pack(self.request, value, prefix, load)
            }
            _ => Ok(self.share()),
        }
    }

    fn share(&mut self) -> Body {
        match self.shape.share(self.returned) {
            Some(value) => self.shared(value),
            // Only values are packed; an empty body is refused by whoever takes it.
            None => Body::Encoded(bytes::Bytes::new()),
        }
    }
}

fn land<R, S: Shape<R>, K: Kind<S::Stored>>(
    function: &Function,
    request: &Request,
    shape: S,
    kind: K,
    loading: Loading,
    returned: &R,
) {
    let mut packing = Packing { request, shape, kind, returned };
    let landed = if shape.stored(returned).is_some() {
        Landed::Value(&mut packing)
    } else if shape.succeeded(returned) {
        Landed::Absent
    } else {
        Landed::Failed
    };
    function.took(loading.land(request, landed));
}
