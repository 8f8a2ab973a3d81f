//! Each rung goes before those below it: a time to live is seen from outside, by when a value is loaded anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cache_core::{Builder, Cache, CacheType, PolicySettings, Ttl, cached};
use cache_testkit::VirtualClock;

#[derive(Default)]
struct Loads(AtomicU32);

impl Loads {
    fn run(&self) -> u32 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

#[derive(Clone, Copy, CacheType)]
enum Kind {
    #[cache(name = "rung-silent")]
    Silent,
    #[cache(name = "rung-declared", ttl = "2m")]
    Declared,
}

#[cached(type = Kind::Silent, skip(loads))]
fn by_default(loads: &Loads) -> u32 {
    loads.run()
}

#[cached(type = Kind::Declared, skip(loads))]
fn by_type(loads: &Loads) -> u32 {
    loads.run()
}

#[cached(type = Kind::Declared, skip(loads), ttl = "3m")]
fn by_function(loads: &Loads) -> u32 {
    loads.run()
}

#[cached(type = Kind::Declared, skip(loads), ttl = Ttl::from(180 + offset))]
fn by_expression(loads: &Loads, offset: u64) -> u32 {
    loads.run()
}

#[cached(type = Kind::Declared, skip(loads), ttl_from = |_| Ttl::from(180))]
fn by_value(loads: &Loads) -> u32 {
    loads.run()
}

fn minutes(minutes: u64) -> PolicySettings {
    PolicySettings::new().ttl(minutes * 60)
}

/// For how many minutes a value lives.
#[track_caller]
fn lives(
    configure: impl Fn(Builder) -> Builder,
    run: impl Fn(&Cache),
    read: impl Fn(&Loads) -> u32,
    expected: u64,
) {
    let clock = VirtualClock::new();
    let builder = Cache::builder().memory_only().jitter(0.0).clock(Arc::new(clock.clone()));
    let cache = configure(builder).build().unwrap();
    run(&cache);
    let loads = Loads::default();
    let read = || cache.sync_scope(|| read(&loads));
    assert_eq!(read(), 0);
    clock.advance(Duration::from_secs(expected * 60 - 1));
    assert_eq!(read(), 0, "it lives {expected} minutes");
    clock.advance(Duration::from_secs(2));
    assert_eq!(read(), 1, "it lives no longer than {expected} minutes");
}

fn nothing(_: &Cache) {}

#[test]
fn code() {
    lives(|it| it, nothing, by_default, 5);
    lives(|it| it, nothing, by_type, 2);
    lives(|it| it, nothing, by_function, 3);
    lives(|it| it, nothing, |loads| by_expression(loads, 0), 3);
    lives(|it| it, nothing, by_value, 3);
}

#[test]
fn settings() {
    let of_type = |it: Builder| it.type_policy("rung-declared", minutes(4));
    for read in [by_type, by_function, by_value, |loads: &Loads| by_expression(loads, 0)] {
        lives(of_type, nothing, read, 4);
    }
    lives(of_type, nothing, by_default, 5);
    let of_both = |it: Builder| of_type(it).function_policy("precedence::by_function", minutes(6));
    lives(of_both, nothing, by_function, 6);
    lives(of_both, nothing, by_type, 4);
}

#[test]
fn while_running() {
    let settings =
        |it: Builder| it.type_policy("rung-declared", minutes(4)).function_policy("by_function", minutes(6));
    let of_type = |cache: &Cache| cache.set_policy("rung-declared", minutes(7)).unwrap();
    let of_both = |cache: &Cache| {
        of_type(cache);
        cache.set_function_policy("by_function", minutes(8)).unwrap();
    };
    let taken_back = |cache: &Cache| {
        of_both(cache);
        cache.set_function_policy("by_function", PolicySettings::new()).unwrap();
        cache.set_policy("rung-declared", PolicySettings::new()).unwrap();
    };
    lives(settings, of_type, by_function, 7);
    lives(settings, of_both, by_function, 8);
    lives(settings, of_both, by_type, 7);
    lives(settings, taken_back, by_function, 6);
    lives(settings, taken_back, by_type, 4);
}
