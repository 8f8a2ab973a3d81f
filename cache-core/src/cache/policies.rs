//! What is set for types and functions outside of the code: settings < environment < while running.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use crate::cache::policy_settings::PolicySettings;
use crate::cache::rung::{FunctionName, Rung};

/// What is set, by rung. It can change while the program runs.
///
/// A call that is served from the process only looks at the epoch: as long as it is the one that its function has
/// seen, what was found out then still holds.
#[derive(Debug)]
pub(crate) struct Policies {
    epoch: AtomicU64,
    rungs: ArcSwap<Rungs>,
    changing: Mutex<()>,
}

#[derive(Clone, Debug)]
struct Rungs {
    settings: Rung,
    environment: Rung,
    running: Rung,
}

/// Nothing is set, so that the code alone says what holds.
pub(crate) const UNSET: u64 = 0;

impl Policies {
    pub(crate) fn new(settings: Rung, environment: Rung) -> Self {
        let rungs = Rungs { settings, environment, running: Rung::default() };
        let epoch = AtomicU64::new(rungs.epoch());
        Self { epoch, rungs: ArcSwap::from_pointee(rungs), changing: Mutex::new(()) }
    }

    /// The number of what is set now: another one after each change, and in each cache; [`UNSET`] if nothing is.
    #[inline]
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// What is set for a function of a type.
    pub(crate) fn of(&self, type_name: &str, function: impl FnOnce() -> FunctionName) -> PolicySettings {
        if self.epoch() == UNSET {
            return PolicySettings::default();
        }
        let (rungs, function) = (self.rungs.load(), function());
        rungs.fold(|rung| rung.of(type_name, &function))
    }

    /// What is set for a type.
    pub(crate) fn of_type(&self, type_name: &str) -> PolicySettings {
        self.rungs.load().fold(|rung| rung.of_type(type_name))
    }

    /// Changes what is set while the program runs.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Rung)) {
        // One after the other: the last epoch must be that of the last rungs.
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rungs = Rungs::clone(&self.rungs.load());
        change(&mut rungs.running);
        let epoch = rungs.epoch();
        self.rungs.store(Arc::new(rungs));
        self.epoch.store(epoch, Ordering::Release);
    }
}

impl Rungs {
    fn fold(&self, of: impl Fn(&Rung) -> PolicySettings) -> PolicySettings {
        let [below, middle, above] = [&self.settings, &self.environment, &self.running].map(of);
        above.over(middle).over(below)
    }

    /// A number that no others have had in this process.
    fn epoch(&self) -> u64 {
        static NEXT: AtomicU64 = AtomicU64::new(UNSET + 1);
        let empty = [&self.settings, &self.environment, &self.running].into_iter().all(Rung::is_empty);
        if empty { UNSET } else { NEXT.fetch_add(1, Ordering::Relaxed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::rung::Name;

    const GET: FunctionName = FunctionName { name: "get", ident: "get", module: "app" };

    fn rung(of_type: u64, of_function: u64) -> Rung {
        let set = |seconds: u64| (seconds > 0).then(|| PolicySettings::new().ttl(seconds));
        let named = |name: &str, set: Option<_>| set.map(|set| (Name::Exact(name.to_owned()), set));
        Rung::new(named("menu", set(of_type)), named("get", set(of_function)))
    }

    #[test]
    fn each_rung_goes_before_those_below() {
        // Type and function in settings, environment, running, and what holds.
        for (numbers, expected) in [
            ([0, 0, 0, 0, 0, 0], 0),
            ([1, 0, 0, 0, 0, 0], 1),
            ([1, 2, 0, 0, 0, 0], 2),
            ([1, 2, 3, 0, 0, 0], 3),
            ([1, 2, 3, 4, 0, 0], 4),
            ([1, 2, 3, 4, 5, 0], 5),
            ([1, 2, 3, 4, 5, 6], 6),
            ([0, 2, 0, 0, 5, 0], 5),
        ] {
            let [a, b, c, d, e, f] = numbers;
            let policies = Policies::new(rung(a, b), rung(c, d));
            policies.change(|running| *running = rung(e, f));
            let ttl = policies.of("menu", || GET).ttl.map_or(0, |ttl| ttl.as_millis() / 1000);
            assert_eq!(ttl, expected, "{numbers:?}");
        }
    }

    #[test]
    fn a_change_is_another_epoch_and_nothing_set_is_none() {
        let policies = Policies::new(Rung::default(), Rung::default());
        assert_eq!(policies.epoch(), UNSET);
        policies.change(|running| *running = rung(1, 0));
        let first = policies.epoch();
        policies.change(|running| *running = rung(1, 0));
        assert!(first != UNSET && policies.epoch() != first);
        assert_ne!(Policies::new(rung(1, 0), Rung::default()).epoch(), policies.epoch());
        policies.change(|running| *running = Rung::default());
        assert_eq!(policies.epoch(), UNSET);
    }
}
