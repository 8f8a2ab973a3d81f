//! Runs a function that invalidates.
//!
//! `done` says what the function's end calls for; a panic or a drop always calls for an invalidation. Where a name
//! says `late`, `tags` says which tags are invalidated, and the plan's group stands in for them as long as there is
//! no result. Where it says `unwaited` nothing is awaited after the function, so that what it returns need not be
//! `Send`.

use crate::cache::Done;
use crate::private::plan::Plan;
use crate::private::run::block_on;

/// What the closure says that looks at a function's result.
pub trait Outcome {
    /// What the function's end calls for.
    fn done(self) -> Done;
}

impl Outcome for Done {
    fn done(self) -> Done {
        self
    }
}

/// Whether to invalidate, for a function that is known to have written or not.
impl Outcome for bool {
    fn done(self) -> Done {
        if self { Done::Certain } else { Done::Nothing }
    }
}

/// Runs an async function that invalidates.
pub async fn invalidated<R, D, O, F>(plan: Plan, done: D, run: F) -> R
where
    D: FnOnce(&R) -> O,
    O: Outcome,
    F: Future<Output = R>,
{
    let armed = plan.arm();
    let returned = run.await;
    let done = done(&returned).done();
    if let Some(waited) = armed.and_then(|armed| armed.finish(done)) {
        waited.await;
    }
    returned
}

/// The same without waiting for anything.
pub async fn invalidated_unwaited<R, D, O, F>(plan: Plan, done: D, run: F) -> R
where
    D: FnOnce(&R) -> O,
    O: Outcome,
    F: Future<Output = R>,
{
    let armed = plan.arm();
    let returned = run.await;
    let done = done(&returned).done();
    drop(armed.and_then(|armed| armed.finish(done)));
    returned
}

/// The same for a plain function.
pub fn invalidated_sync<R, D, O, F>(plan: Plan, done: D, run: F) -> R
where
    D: FnOnce(&R) -> O,
    O: Outcome,
    F: FnOnce() -> R,
{
    let armed = plan.arm();
    let returned = run();
    let done = done(&returned).done();
    if let Some(waited) = armed.and_then(|armed| armed.finish(done)) {
        block_on(waited);
    }
    returned
}

/// Runs an async function that invalidates tags which its result names.
pub async fn invalidated_late<R, D, O, T, I, F>(plan: Plan, done: D, tags: T, run: F) -> R
where
    D: FnOnce(&R) -> O,
    O: Outcome,
    T: FnOnce(&R) -> I,
    I: IntoIterator,
    I::Item: Into<String>,
    F: Future<Output = R>,
{
    let armed = plan.arm_late();
    let returned = run.await;
    let done = done(&returned).done();
    if let Some(waited) = armed.and_then(|armed| armed.aim(done, || tags(&returned)).finish(done)) {
        waited.await;
    }
    returned
}

/// The same without waiting for anything.
pub async fn invalidated_late_unwaited<R, D, O, T, I, F>(plan: Plan, done: D, tags: T, run: F) -> R
where
    D: FnOnce(&R) -> O,
    O: Outcome,
    T: FnOnce(&R) -> I,
    I: IntoIterator,
    I::Item: Into<String>,
    F: Future<Output = R>,
{
    let armed = plan.arm_late();
    let returned = run.await;
    let done = done(&returned).done();
    drop(armed.and_then(|armed| armed.aim(done, || tags(&returned)).finish(done)));
    returned
}

/// The same for a plain function.
pub fn invalidated_late_sync<R, D, O, T, I, F>(plan: Plan, done: D, tags: T, run: F) -> R
where
    D: FnOnce(&R) -> O,
    O: Outcome,
    T: FnOnce(&R) -> I,
    I: IntoIterator,
    I::Item: Into<String>,
    F: FnOnce() -> R,
{
    let armed = plan.arm_late();
    let returned = run();
    let done = done(&returned).done();
    if let Some(waited) = armed.and_then(|armed| armed.aim(done, || tags(&returned)).finish(done)) {
        block_on(waited);
    }
    returned
}
