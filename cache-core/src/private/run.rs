//! Runs a cached call: serve the value that is kept, obtain it, or load it and land.
//!
//! These functions return futures instead of being `async`: the arguments of an `async fn` are moved once more when it
//! is first polled, and its future has room for both.
#![expect(clippy::manual_async_fn, reason = "see above")]

use std::cell::Cell;

use crate::cache::spawn;
use crate::context::{Frame, Mode, current, with_current, with_frame, with_frame_sync};
use crate::private::call::Call;
use crate::private::kind::Kind;
use crate::private::returns::Shape;
use crate::private::running::{Answer, Running, kept};

/// Runs a cached call of an async function.
pub fn cached<R, S, K, F>(call: &mut Call, shape: S, kind: K, load: F) -> impl Future<Output = R>
where
    S: Shape<R>,
    K: Kind<S::Stored>,
    F: Future<Output = R>,
{
    async move {
        if let Some(returned) = kept(call, shape) {
            let_others_run().await;
            return returned;
        }
        // On the heap, so that the future of a hit is small.
        Box::pin(obtained(call, shape, kind, load)).await
    }
}

/// What is served may be ready at once, and a loop of such calls would starve the task's neighbours, among them
/// whoever stores what was loaded: one hit in so many of a thread lets them run, as often as tokio interrupts a loop of what is ready.
const HITS_IN_A_ROW: u8 = 128;

async fn let_others_run() {
    thread_local! {
        static HITS: Cell<u8> = const { Cell::new(0) };
    }
    let in_a_row = HITS.try_with(|hits| {
        hits.set((hits.get() + 1) % HITS_IN_A_ROW);
        hits.get()
    });
    if in_a_row == Ok(0) {
        tokio::task::yield_now().await;
    }
}

fn obtained<R, S, K, F>(call: &mut Call, shape: S, kind: K, load: F) -> impl Future<Output = R>
where
    S: Shape<R>,
    K: Kind<S::Stored>,
    F: Future<Output = R>,
{
    async move {
        let Some(running) = Running::new(call, shape, kind, false) else { return uncached(load).await };
        match running.obtain().await {
            Answer::Served(returned) | Answer::Stale(returned, _) => {
                let_others_run().await;
                returned
            }
            Answer::Uncached => uncached(load).await,
            Answer::Load(loading) => {
                let returned = with_frame(loading.frame(&running.request), load).await;
                running.land(*loading, returned)
            }
        }
    }
}

/// Runs a cached call of a plain function. It blocks its thread, and depends on no runtime of that thread.
pub fn cached_sync<R, S, K, F>(call: &mut Call, shape: S, kind: K, load: F) -> R
where
    S: Shape<R>,
    K: Kind<S::Stored>,
    F: FnOnce() -> R,
{
    if let Some(returned) = kept(call, shape) {
        return returned;
    }
    let Some(running) = Running::new(call, shape, kind, true) else { return uncached_sync(load) };
    match block_on(running.obtain()) {
        Answer::Served(returned) | Answer::Stale(returned, _) => returned,
        Answer::Uncached => uncached_sync(load),
        Answer::Load(loading) => {
            let returned = with_frame_sync(loading.frame(&running.request), load);
            running.land(*loading, returned)
        }
    }
}

/// Runs a cached call of an async function whose stale values a task replaces. `load` makes a load of its own.
pub fn cached_background<R, S, K, F, L>(
    call: &mut Call,
    shape: S,
    kind: K,
    load: L,
) -> impl Future<Output = R>
where
    R: Send + 'static,
    S: Shape<R> + 'static,
    K: Kind<S::Stored> + 'static,
    F: Future<Output = R> + Send + 'static,
    L: Fn() -> F + Send + 'static,
{
    async move {
        if let Some(returned) = kept(call, shape) {
            let_others_run().await;
            return returned;
        }
        let Some(mut running) = Running::new(call, shape, kind, false) else { return uncached(load()).await };
        running.request.stale.in_background = true;
        match running.obtain().await {
            Answer::Served(returned) => {
                let_others_run().await;
                returned
            }
            Answer::Uncached => uncached(load()).await,
            Answer::Load(loading) => {
                let returned = with_frame(loading.frame(&running.request), load()).await;
                running.land(*loading, returned)
            }
            Answer::Stale(returned, loading) => {
                let frame = loading.frame(&running.request);
                spawn(false, async move {
                    let loaded = with_frame(frame, load()).await;
                    drop(running.land(*loading, loaded));
                });
                returned
            }
        }
    }
}

/// Runs a cached call of a plain function whose stale values a thread replaces.
pub fn cached_background_sync<R, S, K, L>(call: &mut Call, shape: S, kind: K, load: L) -> R
where
    R: Send + 'static,
    S: Shape<R> + 'static,
    K: Kind<S::Stored> + 'static,
    L: Fn() -> R + Send + 'static,
{
    if let Some(returned) = kept(call, shape) {
        return returned;
    }
    let Some(mut running) = Running::new(call, shape, kind, true) else { return uncached_sync(load) };
    running.request.stale.in_background = true;
    match block_on(running.obtain()) {
        Answer::Served(returned) => returned,
        Answer::Uncached => uncached_sync(load),
        Answer::Load(loading) => {
            let returned = with_frame_sync(loading.frame(&running.request), load);
            running.land(*loading, returned)
        }
        Answer::Stale(returned, loading) => {
            let frame = loading.frame(&running.request);
            // A plain function blocks: neither a runtime's thread nor the cache's own may run it.
            let thread = std::thread::Builder::new().name("cache-reload".to_owned());
            let reload = move || drop(running.land(*loading, with_frame_sync(frame, load)));
            if let Err(error) = thread.spawn(reload) {
                tracing::warn!(target: "cache", %error, "no thread to reload a stale value");
            }
            returned
        }
    }
}

/// Runs the function as if it were not cached. Calls inside of it are cached as usual.
async fn uncached<F: Future>(load: F) -> F::Output {
    if with_current(|frame| frame.mode == Mode::Usual) {
        return load.await;
    }
    with_frame(Frame { mode: Mode::Usual, ..current() }, load).await
}

fn uncached_sync<R>(load: impl FnOnce() -> R) -> R {
    with_frame_sync(Frame { mode: Mode::Usual, ..current() }, load)
}

/// Waits on the current thread. A task of a runtime has a budget of polls that only its end renews, so what
/// is waited for inside of it must not use it up.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    pollster::block_on(tokio::task::unconstrained(future))
}
