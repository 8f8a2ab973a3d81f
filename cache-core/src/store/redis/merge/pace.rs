//! When reads that were gathered are sent.
//!
//! Two batches under way are enough to keep both sides busy where the way to the server is short: the server answers one
//! while the process works with the other. The longer the way is, the more of them are on it, since a read that waits
//! for an answer waits for a part of the way.

use std::time::Duration;

/// So many batches are under way at least, before reads have to wait for an answer.
const MIN_BATCHES: usize = 2;
/// And so many at most.
const MAX_BATCHES: usize = 16;
/// For each of these that the way to the server and back takes there may be one batch more.
const STEP: Duration = Duration::from_micros(200);

/// What is under way over one connection.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    /// How many batches, and how many reads with them.
    batches: usize,
    reads: usize,
    /// How many reads there were lately at a time, those included that were not sent.
    crowd: usize,
    /// How long the way takes at least.
    way: Duration,
    /// What was gathered is to be sent when whoever is ready has run.
    soon: bool,
}

/// When what was gathered is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// At once.
    Now,
    /// When whoever is ready has run: some of them may want to read as well. Then `ran` says whether.
    Soon,
    /// At an event that will come: an answer, or that whoever is ready has run.
    Later,
}

impl Pace {
    /// So many reads are gathered, since one came or a batch was answered; `full` if no more can be.
    pub(crate) fn gathered(&mut self, reads: usize, full: bool) -> When {
        self.crowd = self.crowd.max(self.reads + reads);
        let room = self.room();
        if full || self.batches < room && reads >= self.crowd / room {
            return When::Now;
        }
        if self.batches < room && !std::mem::replace(&mut self.soon, true) {
            return When::Soon;
        }
        When::Later
    }

    /// Whoever was ready has run. Whether to send what is gathered now.
    pub(crate) fn ran(&mut self) -> bool {
        self.soon = false;
        self.batches < self.room()
    }

    /// A batch with so many reads goes out.
    pub(crate) fn sent(&mut self, reads: usize) {
        self.batches += 1;
        self.reads += reads;
        // It shrinks slowly, so that groups of callers that take turns stay apart.
        self.crowd = (self.crowd - self.crowd.div_ceil(16)).max(self.reads);
    }

    /// A batch with so many reads was answered after this time, or given up.
    pub(crate) fn answered(&mut self, reads: usize, after: Option<Duration>) {
        self.batches -= 1;
        self.reads -= reads;
        let Some(after) = after else { return };
        // It rises slowly: most of what makes a single one long is not the way.
        let risen = self.way + (self.way / 256).max(Duration::from_micros(1));
        self.way = if self.way.is_zero() { after } else { after.min(risen) };
    }

    fn room(&self) -> usize {
        let steps = self.way.as_micros() / STEP.as_micros();
        usize::try_from(steps).unwrap_or(MAX_BATCHES).clamp(MIN_BATCHES, MAX_BATCHES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NEAR: Duration = Duration::from_micros(50);

    /// A connection, and the sizes of the batches that are under way.
    #[derive(Default)]
    struct Line {
        pace: Pace,
        gathered: usize,
        under_way: std::collections::VecDeque<usize>,
        soon: bool,
    }

    impl Line {
        fn decide(&mut self) {
            if self.gathered == 0 {
                return;
            }
            match self.pace.gathered(self.gathered, self.gathered == 512) {
                When::Now => self.send(),
                When::Soon => self.soon = true,
                When::Later => {}
            }
        }

        fn send(&mut self) {
            self.pace.sent(self.gathered);
            self.under_way.push_back(std::mem::take(&mut self.gathered));
        }

        fn read(&mut self) {
            self.gathered += 1;
            self.decide();
        }

        fn ran(&mut self) {
            if std::mem::take(&mut self.soon) && self.pace.ran() && self.gathered > 0 {
                self.send();
            }
        }

        /// The oldest batch is answered; how many reads it held.
        fn answer(&mut self, after: Duration) -> usize {
            let reads = self.under_way.pop_front().unwrap_or(0);
            if reads > 0 {
                self.pace.answered(reads, Some(after));
                self.decide();
            }
            reads
        }

        /// So many callers read again and again. How large the batches are in the end.
        fn crowd(&mut self, callers: usize, way: Duration) -> Vec<usize> {
            (0..callers).for_each(|_| self.read());
            self.ran();
            for _ in 0..1000 {
                let told = self.answer(way);
                (0..told).for_each(|_| self.read());
                self.ran();
            }
            self.under_way.iter().copied().collect()
        }
    }

    #[test]
    fn one_or_two_callers_do_not_wait() {
        assert_eq!(Line::default().crowd(1, NEAR), [1]);
        assert_eq!(Line::default().crowd(2, NEAR), [1, 1]);
    }

    #[test]
    fn one_caller_does_not_wait_long_for_a_crowd_that_has_gone() {
        for crowd in [4, 15, 200] {
            let mut line = Line::default();
            line.crowd(crowd, NEAR);
            while !line.under_way.is_empty() {
                line.answer(NEAR);
            }
            for _ in 0..100 {
                line.read();
                line.ran();
                line.answer(NEAR);
            }
            line.read();
            assert!(!line.soon && line.under_way == [1], "after {crowd} callers");
        }
    }

    #[test]
    fn a_crowd_takes_turns_in_two_groups() {
        for callers in [8, 64, 512] {
            let batches = Line::default().crowd(callers, NEAR);
            assert_eq!(batches.len(), 2, "{callers}: {batches:?}");
            assert!(batches.iter().all(|reads| *reads >= callers / 3), "{callers}: {batches:?}");
        }
    }

    #[test]
    fn the_longer_the_way_the_more_batches_are_on_it() {
        let batches = |way| Line::default().crowd(64, Duration::from_micros(way)).len();
        assert_eq!(batches(100), 2);
        assert!((4..=6).contains(&batches(1_000)), "{}", batches(1_000));
        assert_eq!(batches(100_000), MAX_BATCHES);
    }

    #[test]
    fn one_long_wait_is_not_taken_for_the_way() {
        let mut line = Line::default();
        line.crowd(64, NEAR);
        line.answer(Duration::from_secs(1));
        assert!(line.pace.way < 2 * NEAR);
    }

    #[test]
    fn what_is_given_up_says_nothing_of_the_way() {
        let mut line = Line::default();
        line.crowd(64, Duration::from_millis(10));
        let way = line.pace.way;
        let reads = line.under_way.pop_front().expect("there is one");
        line.pace.answered(reads, None);
        assert_eq!(line.pace.way, way);
    }

    proptest! {
        #[test]
        fn what_is_gathered_never_waits_for_nothing(events in prop::collection::vec(0..4_u8, 0..400)) {
            let mut line = Line::default();
            for event in events {
                match event {
                    0 | 1 => line.read(),
                    2 => line.ran(),
                    _ => drop(line.answer(Duration::from_micros(300 * u64::from(event)))),
                }
                prop_assert!(line.gathered == 0 || line.soon || !line.under_way.is_empty());
                prop_assert_eq!(line.pace.batches, line.under_way.len());
                prop_assert_eq!(line.pace.reads, line.under_way.iter().sum::<usize>());
            }
        }
    }
}
