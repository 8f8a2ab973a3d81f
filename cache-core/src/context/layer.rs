//! The context of each request, as a layer of tower.

use std::fmt;
use std::task::{self, Poll};

use http::Request;
use http::request::Parts;
use tower_layer::Layer;
use tower_service::Service;

use crate::context::scope::{Context, InContext};

/// Runs each request in a context that is read from it: its tenant, its user.
///
/// It goes wherever a tower layer goes that sees HTTP requests: on an axum `Router`, or a tonic server. What reads the
/// tenant should trust only what was authenticated, such as an extension that the layer around this one has set.
///
/// ```
/// use cache_core::context::{Context, ContextLayer};
/// use http::request::Parts;
///
/// let layer = ContextLayer::new(|parts: &Parts| {
///     let tenant = parts.headers.get("x-tenant").and_then(|tenant| tenant.to_str().ok());
///     Context::new().tenant(tenant.unwrap_or_default())           // An empty one is none.
/// });
/// # let _ = layer;
/// ```
///
/// A handler that spawns a task hands its context on with
/// [`in_current_context`](crate::context::ContextExt::in_current_context).
#[derive(Clone)]
pub struct ContextLayer<F> {
    read: F,
}

impl<F: Fn(&Parts) -> Context> ContextLayer<F> {
    /// A layer that reads the context of a request from everything but its body.
    pub const fn new(read: F) -> Self {
        Self { read }
    }
}

impl<S, F: Clone> Layer<S> for ContextLayer<F> {
    type Service = ContextService<S, F>;

    fn layer(&self, inner: S) -> Self::Service {
        ContextService { inner, read: self.read.clone() }
    }
}

/// A service whose requests run in a context, see [`ContextLayer`].
#[derive(Clone)]
pub struct ContextService<S, F> {
    inner: S,
    read: F,
}

impl<S, F, B> Service<Request<B>> for ContextService<S, F>
where
    S: Service<Request<B>>,
    F: Fn(&Parts) -> Context,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = InContext<S::Future>;

    fn poll_ready(&mut self, cx: &mut task::Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (parts, body) = request.into_parts();
        let context = (self.read)(&parts);
        let request = Request::from_parts(parts, body);
        context.around(|| self.inner.call(request))
    }
}

impl<F> fmt::Debug for ContextLayer<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContextLayer")
    }
}

impl<S: fmt::Debug, F> fmt::Debug for ContextService<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContextService").field("inner", &self.inner).finish_non_exhaustive()
    }
}
