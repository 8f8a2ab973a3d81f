//! The post of a lane's keeper: who holds it, and on which runtime.
//!
//! A keeper lives on a runtime that is not ours: it may end, as that of a test does; it may be alive while
//! nobody runs it; it may have been built without I/O or timers. So whoever needs the lane looks whether the
//! keeper still gives a sign, and replaces it where it doesn't.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use crate::background;
use crate::error::Error;

/// On whose runtime a lane's connection lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Home {
    /// On the runtime of the caller that makes it, where commands cost no hop between threads.
    Caller,
    /// On the cache's own thread, which no caller can block.
    Background,
}

/// A keeper without a connection tries again at least every few seconds, and each attempt is a sign.
const SILENCE: Duration = Duration::from_secs(6);

/// The post of a keeper.
#[derive(Debug)]
pub(crate) struct Post(Mutex<Held>);

#[derive(Debug)]
struct Held {
    home: Home,
    /// The number of the keeper that holds the post; a keeper with another one steps down.
    number: u64,
    vacant: bool,
    last_sign: Instant,
}

impl Post {
    pub(crate) fn new(home: Home, now: Instant) -> Self {
        Self(Mutex::new(Held { home, number: 0, vacant: true, last_sign: now }))
    }

    /// Takes the post if it is vacant or its keeper has been silent for too long: then the successor moves to
    /// the cache's own thread. Returns the keeper's number and its runtime.
    pub(crate) fn take(&self, now: Instant) -> Result<Option<(u64, Handle)>, Error> {
        let mut held = self.held();
        if !held.vacant {
            if now.saturating_duration_since(held.last_sign) < SILENCE {
                return Ok(None);
            }
            held.home = Home::Background;
        }
        let runtime = match (held.home, Handle::try_current()) {
            (Home::Caller, Ok(runtime)) => runtime,
            _ => background::handle()?.clone(),
        };
        held.number += 1;
        held.vacant = false;
        held.last_sign = now;
        Ok(Some((held.number, runtime)))
    }

    /// The keeper with this number is gone. One that panicked, or was never run, found its runtime unfit.
    pub(crate) fn vacate(&self, number: u64, unfit: bool) {
        let mut held = self.held();
        if held.number != number {
            return;
        }
        held.vacant = true;
        if unfit {
            held.home = Home::Background;
        }
    }

    /// Does something in the name of the keeper with this number, if it still holds the post: its sign.
    pub(crate) fn act(&self, number: u64, now: Instant, act: impl FnOnce()) -> bool {
        let mut held = self.held();
        if held.number != number || held.vacant {
            return false;
        }
        held.last_sign = now;
        act();
        true
    }

    /// Where its keeper lives, or will.
    pub(crate) fn home(&self) -> Home {
        self.held().home
    }

    pub(crate) fn sign(&self, now: Instant) {
        self.held().last_sign = now;
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock, SystemClock};

    #[test]
    fn a_post_is_taken_once_and_again_when_it_is_vacant() {
        let now = SystemClock.now();
        let post = Post::new(Home::Background, now);
        let (first, _) = post.take(now).expect("there are threads").expect("it is vacant");
        assert!(post.take(now).expect("there are threads").is_none());
        post.vacate(first, false);
        let (second, _) = post.take(now).expect("there are threads").expect("it is vacant again");
        post.vacate(first, false);
        assert!(!post.act(first, now, || panic!("a predecessor has nothing to say")));
        assert!(post.act(second, now, || {}));
    }

    #[tokio::test]
    async fn a_silent_keeper_is_replaced_on_the_background_thread() {
        let now = SystemClock.now();
        let post = Post::new(Home::Caller, now);
        let (_, runtime) = post.take(now).expect("there are threads").expect("it is vacant");
        assert_eq!(runtime.id(), Handle::current().id());
        assert!(post.take(now + SILENCE / 2).expect("there are threads").is_none());
        let (_, runtime) = post.take(now + SILENCE).expect("there are threads").expect("it is silent");
        assert_ne!(runtime.id(), Handle::current().id());
    }

    #[tokio::test]
    async fn a_keeper_that_panicked_is_not_put_on_its_runtime_again() {
        let now = SystemClock.now();
        let post = Post::new(Home::Caller, now);
        let (number, _) = post.take(now).expect("there are threads").expect("it is vacant");
        post.vacate(number, true);
        let (_, runtime) = post.take(now).expect("there are threads").expect("it is vacant");
        assert_ne!(runtime.id(), Handle::current().id());
    }
}
