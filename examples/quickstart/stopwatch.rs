//! The one file of the example that looks at the clock.
#![expect(clippy::disallowed_methods, reason = "durations are shown to people, nothing depends on them")]

use std::time::{Duration, Instant};

/// Awaits a future and says how long it took.
pub(crate) async fn timed<F: Future>(future: F) -> (F::Output, Duration) {
    let start = Instant::now();
    let output = future.await;
    (output, start.elapsed())
}

/// Leaves the processor to others for a while.
pub(crate) async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// A duration in the unit that suits it.
pub(crate) fn shown(duration: Duration) -> String {
    match duration.as_micros() {
        micros @ 0..1_000 => format!("{micros} µs"),
        micros @ 1_000..10_000_000 => format!("{:.1} ms", micros as f64 / 1_000.0),
        micros => format!("{:.1} s ", micros as f64 / 1_000_000.0),
    }
}
