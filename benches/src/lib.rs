//! This framework and its peers on the same work: see `benches/`.

mod tracked;

use std::time::{Duration, Instant};

pub use self::tracked::Tracked;

/// How often each contestant runs; the best counts.
const ROUNDS: usize = 300;

/// One contestant: a name, and how long a number of calls take.
pub struct Contestant<'a> {
    name: &'static str,
    run: Box<dyn FnMut(u32) + 'a>,
}

impl<'a> Contestant<'a> {
    /// A contestant that makes as many calls as it is told.
    pub fn new(name: &'static str, run: impl FnMut(u32) + 'a) -> Self {
        Self { name, run: Box::new(run) }
    }
}

impl std::fmt::Debug for Contestant<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Runs all contestants in turns, round after round, so that what else the machine does disturbs all alike. Returns
/// the shortest time per call of each, in their order.
pub fn compare(calls: u32, contestants: &mut [Contestant<'_>]) -> Vec<Duration> {
    let mut best = vec![Duration::MAX; contestants.len()];
    for _ in 0..ROUNDS {
        for (best, contestant) in best.iter_mut().zip(contestants.iter_mut()) {
            *best = (*best).min(timed(calls, contestant));
        }
    }
    for (best, contestant) in best.iter().zip(contestants.iter()) {
        println!("{:>9.1} ns  {}", best.as_secs_f64() * 1e9, contestant.name);
    }
    best
}

#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
fn timed(calls: u32, contestant: &mut Contestant<'_>) -> Duration {
    let began = Instant::now();
    (contestant.run)(calls);
    began.elapsed() / calls
}

/// The ratio of two times.
#[must_use]
pub fn ratio(of: Duration, to: Duration) -> f64 {
    of.as_secs_f64() / to.as_secs_f64()
}
