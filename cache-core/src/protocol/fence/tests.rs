//! The fence and the repetitions by themselves.

use std::time::{Duration, Instant};

use crate::clock::{Clock, SystemClock};
use crate::key::address::{Key, Owner};
use crate::key::encode::Arguments;
use crate::key::identity::Identity;
use crate::key::names::Names;
use crate::key::namespace::Namespace;
use crate::protocol::fence::{Fence, Repeats};
use crate::target::{Removal, Target};

const SECOND: Duration = Duration::from_secs(1);

fn namespace() -> Namespace {
    Namespace::new("n", "e")
}

fn key_of(type_name: &'static str, number: u64) -> Key {
    let mut arguments = Arguments::default();
    arguments.push("number", &number).expect("a number is encoded");
    Key {
        owner: Owner { type_name, tenant: Some("t1".into()), user: None },
        function: "menus",
        identity: Identity::of("app", "menus", &[]),
        arguments,
    }
}

fn entry(type_name: &'static str, number: u64) -> Removal {
    removal(Target::key(key_of(type_name, number)))
}

fn names(type_name: &'static str, number: u64) -> Names {
    Names::of(&namespace(), &key_of(type_name, number), &["item:7".to_owned()])
}

fn removal(target: impl Into<Target>) -> Removal {
    target.into().removal(&namespace())
}

fn now() -> Instant {
    SystemClock.now()
}

/// What is fenced, in words.
fn fenced(fence: &Fence) -> Vec<String> {
    let mut targets: Vec<_> =
        fence.unacknowledged().into_iter().map(|pending| pending.target.to_string()).collect();
    targets.sort();
    targets
}

#[test]
fn covers_an_entry_by_itself_by_each_of_its_groups_and_by_everything() {
    let names = names("menu", 1);
    let covering: [Target; 5] = [
        Target::key(key_of("menu", 1)),
        Target::of("menu").tenant("t1").into(),
        Target::tenant("t1"),
        Target::tag("item:7"),
        Target::everything(),
    ];
    for target in covering {
        let fence = Fence::new(10);
        assert!(!fence.covers(&names));
        fence.raise([removal(target.clone())], now());
        assert!(fence.covers(&names), "{target:?}");
    }
    let fence = Fence::new(10);
    fence.raise([removal(Target::of("menu").tenant("t2")), removal(Target::tag("item:8"))], now());
    assert!(!fence.covers(&names));
}

#[test]
fn an_acknowledgement_lowers_the_fence() {
    let fence = Fence::new(10);
    let number = fence.raise([removal(Target::of("menu"))], now());
    let batch = fence.hand_over();
    assert!(batch.covers(number));
    assert_eq!(fence.len(), 1);
    fence.acknowledged(&batch);
    assert_eq!(fence.len(), 0);
}

#[test]
fn an_acknowledgement_does_not_lower_the_fence_of_a_later_invalidation() {
    let fence = Fence::new(10);
    fence.raise([removal(Target::of("menu")), removal(Target::of("orders"))], now());
    let batch = fence.hand_over();
    let later = fence.raise([removal(Target::of("menu"))], now());
    fence.acknowledged(&batch);
    assert!(!batch.covers(later));
    assert_eq!(fence.hand_over().removals, [removal(Target::of("menu"))]);
}

#[test]
fn entries_give_way_to_their_types_and_these_to_everything() {
    let fence = Fence::new(3);
    fence.raise([entry("menu", 1), entry("menu", 2), entry("orders", 1)], now());
    assert_eq!(fence.len(), 3);
    fence.raise([entry("orders", 2)], now());
    assert_eq!(fenced(&fence), ["type menu", "type orders"]);
    assert!(fence.covers(&names("menu", 1)) && fence.covers(&names("orders", 9)));
    fence.raise([removal(Target::tag("a"))], now());
    fence.raise([entry("menu", 3)], now());
    assert_eq!(fenced(&fence), ["tag a", "type menu", "type orders"], "what a wider one hits takes no room");
    fence.raise([removal(Target::tag("b"))], now());
    assert_eq!(fenced(&fence), ["everything"]);
    fence.raise([removal(Target::of("stock")), entry("stock", 1)], now());
    assert!(fence.covers(&names("anything", 1)) && fence.len() <= 3);
}

/// The target that takes others in is acknowledged with the newest of them, and not before.
#[test]
fn a_wider_target_has_the_newest_number_of_what_it_took_in() {
    let fence = Fence::new(1);
    fence.raise([removal(Target::of("menu"))], now());
    let batch = fence.hand_over();
    let later = fence.raise([entry("menu", 1)], now());
    fence.acknowledged(&batch);
    assert!(!batch.covers(later));
    assert_eq!(fenced(&fence), ["type menu"]);

    let fence = Fence::new(1);
    fence.raise([entry("menu", 1)], now());
    let batch = fence.hand_over();
    fence.raise([entry("menu", 2)], now());
    fence.acknowledged(&batch);
    assert_eq!(fenced(&fence), ["type menu"], "only an entry was removed");
    fence.acknowledged(&fence.hand_over());
    assert_eq!(fence.len(), 0);
}

#[test]
fn of_each_target_somebody_is_told_once_until_it_is_acknowledged() {
    let (fence, start) = (Fence::new(10), now());
    let told = |fence: &Fence, seconds| -> Vec<String> {
        let overdue = fence.overdue(start + SECOND * seconds, SECOND * 3);
        overdue.into_iter().map(|pending| pending.target.to_string()).collect()
    };
    fence.raise([removal(Target::tag("a"))], start);
    fence.raise([removal(Target::tag("b"))], start + SECOND);
    assert!(told(&fence, 2).is_empty());
    assert_eq!(told(&fence, 3), ["tag a"]);
    assert_eq!(told(&fence, 4), ["tag b"]);
    assert!(told(&fence, 5).is_empty());
    fence.raise([removal(Target::tag("a"))], start + SECOND * 5);
    assert!(fence.failed(&fence.hand_over()).is_empty());
    fence.acknowledged(&fence.hand_over());
    fence.raise([removal(Target::tag("a"))], start + SECOND * 6);
    let failed = fence.failed(&fence.hand_over());
    let [pending] = failed.as_slice() else { panic!("{failed:?}") };
    assert_eq!((pending.attempts, pending.since), (1, start + SECOND * 6));
    assert_eq!(fence.failed(&fence.hand_over()), []);
    assert_eq!(fence.unacknowledged()[0].attempts, 2);
}

#[test]
fn a_repetition_is_due_once_and_the_last_write_decides_when() {
    let (mut repeats, start) = (Repeats::new(10), now());
    repeats.add([removal(Target::of("menu")), removal(Target::tag("a"))], start + SECOND * 10);
    repeats.add([removal(Target::of("menu"))], start + SECOND * 15);
    repeats.add([removal(Target::of("menu"))], start + SECOND * 12);
    assert_eq!(repeats.next_due(), Some(start + SECOND * 10));
    assert!(repeats.take_due(start + SECOND * 9).is_empty());
    assert_eq!(repeats.take_due(start + SECOND * 10), [removal(Target::tag("a"))]);
    assert_eq!(repeats.next_due(), Some(start + SECOND * 15));
    assert_eq!(repeats.all(), [removal(Target::of("menu"))]);
    assert_eq!(repeats.take_due(start + SECOND * 15), [removal(Target::of("menu"))]);
    assert_eq!(repeats.next_due(), None);
}

#[test]
fn repetitions_are_coarsened_like_the_journal() {
    let (mut repeats, start) = (Repeats::new(2), now());
    repeats.add([entry("menu", 1), entry("menu", 2)], start);
    repeats.add([entry("menu", 3)], start + SECOND);
    assert!(repeats.take_due(start).is_empty(), "the last of them decides");
    assert_eq!(repeats.take_due(start + SECOND), [removal(Target::of("menu"))]);
}
