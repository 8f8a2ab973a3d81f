//! Patience with an end.

use std::time::Duration;

use cache_core::clock::{Clock, SystemClock};

/// Nothing here takes a tenth of this, except on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until something holds.
#[track_caller]
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let until = SystemClock.now() + PATIENCE;
    while !holds() {
        assert!(SystemClock.now() < until, "not within {PATIENCE:?}: {what}");
        pollster::block_on(SystemClock.sleep(Duration::from_millis(5)));
    }
}
