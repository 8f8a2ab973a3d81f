//! What one read of the store means.

use std::time::Duration;

use crate::protocol::words::{Generation, History, Incarnation, LeaseId, Nonce};

/// What one read saw, all of it at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Seen<'a> {
    /// The generation of the entry, if there is one.
    pub(crate) entry: Option<&'a Generation>,
    /// The lease, if it was asked for and there is one.
    pub(crate) lease: Option<(LeaseId, &'a Generation)>,
    /// The incarnation, if there is one.
    pub(crate) incarnation: Option<Incarnation>,
    /// The stamps of the entry's groups.
    pub(crate) stamps: &'a [Option<Nonce>],
    /// The replication history of the connection that the reply came over, if it is known.
    pub(crate) history: Option<History>,
}

/// What a read means for the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The entry may be served: it was loaded after the last invalidation of any of its groups.
    Valid,
    /// The entry was not invalidated, but its time to live has passed.
    Stale(Stale),
    /// Somebody loads it, and what is loaded will be valid unless it is invalidated again.
    Loading(LeaseId),
    /// There is nothing that may be served.
    Miss,
}

/// What an entry whose time to live has passed is still good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stale {
    /// Everybody is served it while one caller reloads.
    Revalidate,
    /// It is served if the load fails, or for nothing any more: it has to be replaced.
    Replace,
}

/// How long an entry is good for what, from when it was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lives {
    /// Its time to live.
    pub(crate) fresh: Duration,
    /// For how long after that it is served while somebody reloads.
    pub(crate) while_revalidate: Duration,
    /// For how long after that it is served if the load fails.
    pub(crate) if_error: Duration,
}

impl Lives {
    /// For how long it is good for anything.
    pub(crate) fn longest(&self) -> Duration {
        self.fresh.saturating_add(self.while_revalidate.max(self.if_error))
    }

    /// What a valid entry of this age is.
    pub(crate) fn verdict(&self, age: Duration) -> Verdict {
        match age.checked_sub(self.fresh) {
            None => Verdict::Valid,
            Some(late) if late < self.while_revalidate => Verdict::Stale(Stale::Revalidate),
            Some(_) => Verdict::Stale(Stale::Replace),
        }
    }

    /// Whether an entry of this age is served if the load fails.
    pub(crate) fn covers_errors(&self, age: Duration) -> bool {
        age < self.fresh.saturating_add(self.if_error)
    }
}

impl Seen<'_> {
    /// What it means.
    pub(crate) fn verdict(&self) -> Verdict {
        if self.entry.is_some_and(|generation| self.is_current(generation)) {
            return Verdict::Valid;
        }
        match self.lease {
            Some((id, generation)) if self.is_current(generation) => Verdict::Loading(id),
            _ => Verdict::Miss,
        }
    }

    /// Whether this is the current generation. None is where a stamp is missing or the history is in doubt, since
    /// then nothing that was stored can equal it.
    pub(crate) fn is_current(&self, generation: &Generation) -> bool {
        // An incarnation of another history belongs to a server that may have lost invalidations.
        let incarnation = self.incarnation.filter(|incarnation| self.history == Some(incarnation.history));
        let (nonces, _) = generation.as_bytes().as_chunks::<12>();
        let Some((first, others)) = nonces.split_first() else { return false };
        incarnation.is_some_and(|incarnation| incarnation.nonce.0 == *first)
            && others.len() == self.stamps.len()
            && others.iter().zip(self.stamps).all(|(own, stamp)| *stamp == Some(Nonce(*own)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INCARNATION: Incarnation = Incarnation { nonce: Nonce([1; 12]), history: History([9; 16]) };
    const STAMP: Nonce = Nonce([2; 12]);
    const LEASE: LeaseId = LeaseId([7; 24]);

    fn current() -> Generation {
        Generation::of([INCARNATION.nonce, STAMP])
    }

    fn older() -> Generation {
        Generation::of([INCARNATION.nonce, Nonce([3; 12])])
    }

    fn seen<'a>(entry: Option<&'a Generation>, stamps: &'a [Option<Nonce>]) -> Seen<'a> {
        let history = Some(INCARNATION.history);
        Seen { entry, lease: None, incarnation: Some(INCARNATION), stamps, history }
    }

    #[test]
    fn an_entry_is_valid_while_every_nonce_is_what_it_was_before_its_load() {
        assert_eq!(seen(Some(&current()), &[Some(STAMP)]).verdict(), Verdict::Valid);
        assert_eq!(seen(Some(&older()), &[Some(STAMP)]).verdict(), Verdict::Miss);
        assert_eq!(seen(None, &[Some(STAMP)]).verdict(), Verdict::Miss);
    }

    #[test]
    fn an_entry_goes_stale_and_is_good_for_less_and_less() {
        let seconds = Duration::from_secs;
        let lives = Lives { fresh: seconds(10), while_revalidate: seconds(5), if_error: seconds(20) };
        assert_eq!(lives.longest(), seconds(30));
        let cases = [
            (9, Verdict::Valid, true),
            (10, Verdict::Stale(Stale::Revalidate), true),
            (14, Verdict::Stale(Stale::Revalidate), true),
            (15, Verdict::Stale(Stale::Replace), true),
            (30, Verdict::Stale(Stale::Replace), false),
        ];
        for (age, verdict, covers) in cases {
            assert_eq!(lives.verdict(seconds(age)), verdict, "{age} s");
            assert_eq!(lives.covers_errors(seconds(age)), covers, "{age} s");
        }
        let plain = Lives { while_revalidate: Duration::ZERO, if_error: Duration::ZERO, ..lives };
        assert_eq!(plain.verdict(seconds(10)), Verdict::Stale(Stale::Replace));
        assert!(!plain.covers_errors(seconds(10)));
    }

    #[test]
    fn a_missing_stamp_equals_nothing() {
        assert_eq!(seen(Some(&current()), &[None]).verdict(), Verdict::Miss);
        let entry = current();
        let none = Seen { incarnation: None, ..seen(Some(&entry), &[Some(STAMP)]) };
        assert_eq!(none.verdict(), Verdict::Miss);
    }

    #[test]
    fn another_or_an_unknown_history_makes_everything_a_miss() {
        let (entry, stamps) = (current(), [Some(STAMP)]);
        let failed_over = Seen { history: Some(History([8; 16])), ..seen(Some(&entry), &stamps) };
        assert_eq!(failed_over.verdict(), Verdict::Miss);
        let forgotten = Seen { history: None, ..seen(Some(&entry), &stamps) };
        assert_eq!(forgotten.verdict(), Verdict::Miss);
    }

    #[test]
    fn a_lease_counts_only_with_the_current_generation() {
        let (now, doomed, stamps) = (current(), older(), [Some(STAMP)]);
        let led = |generation| Seen { lease: Some((LEASE, generation)), ..seen(None, &stamps) };
        assert_eq!(led(&now).verdict(), Verdict::Loading(LEASE));
        assert_eq!(led(&doomed).verdict(), Verdict::Miss);
    }
}
