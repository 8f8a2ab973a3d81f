use super::*;
use crate::protocol::words::History;

const INCARNATION: Word = Word::Incarnation(Incarnation { nonce: Nonce([1; 12]), history: History([9; 16]) });
const STAMP: Word = Word::Stamp(Nonce([2; 12]));
const YOUNGER: Word = Word::Stamp(Nonce([3; 12]));

fn names(group: &str) -> Names {
    Names::for_tests("n", "1", &[group])
}

fn groups(names: &Names) -> Vec<(u64, &[u8])> {
    names.groups_with_hashes().collect()
}

fn ask(cache: &mut StampCache, names: &Names) -> Asked {
    cache.ask(names.groups_with_hashes())
}

fn learn(cache: &mut StampCache, asked: Asked, names: &Names, stamp: Word) {
    let groups = groups(names);
    cache.learn(asked, groups[0], INCARNATION);
    cache.learn(asked, groups[1], stamp);
}

/// A cache that knows an entry's stamp.
fn knowing(names: &Names) -> StampCache {
    let mut cache = StampCache::new(8);
    let asked = ask(&mut cache, names);
    learn(&mut cache, asked, names, STAMP);
    cache
}

fn stamp(cache: &StampCache, names: &Names) -> Option<Nonce> {
    let words = cache.words(names);
    assert_eq!(words.is_some(), cache.knows(names));
    words.and_then(|(_, stamps)| stamps[0])
}

#[test]
fn what_was_read_is_known_until_it_changes() {
    let (menu, user) = (names("menu"), names("user"));
    let mut cache = knowing(&menu);
    assert_eq!(stamp(&cache, &menu), Some(Nonce([2; 12])));
    assert_eq!(stamp(&cache, &user), None, "only the incarnation is known");
    cache.changed(groups(&user)[1].0);
    assert_eq!(stamp(&cache, &menu), Some(Nonce([2; 12])), "something else changed");
    cache.changed(groups(&menu)[1].0);
    assert_eq!(stamp(&cache, &menu), None);
    let mut cache = knowing(&menu);
    cache.changed(groups(&menu)[0].0);
    assert_eq!(stamp(&cache, &menu), None, "the incarnation decides too");
    let mut cache = knowing(&menu);
    cache.forget();
    assert_eq!(stamp(&cache, &menu), None);
}

#[test]
fn what_changed_since_it_was_asked_for_is_not_learned() {
    let menu = names("menu");
    let mut cache = StampCache::new(8);
    let asked = ask(&mut cache, &menu);
    cache.changed(groups(&menu)[1].0);
    learn(&mut cache, asked, &menu, STAMP);
    assert_eq!(stamp(&cache, &menu), None);
    // Somebody asks after the change, and the older answer comes only then.
    let again = ask(&mut cache, &menu);
    learn(&mut cache, asked, &menu, STAMP);
    assert_eq!(stamp(&cache, &menu), None);
    learn(&mut cache, again, &menu, YOUNGER);
    assert_eq!(stamp(&cache, &menu), Some(Nonce([3; 12])));
    let asked = ask(&mut cache, &menu);
    cache.forget();
    learn(&mut cache, asked, &menu, STAMP);
    assert_eq!(stamp(&cache, &menu), None);
}

#[test]
fn who_asks_later_teaches_those_who_asked_before() {
    let menu = names("menu");
    let mut cache = StampCache::new(8);
    ask(&mut cache, &menu);
    let second = ask(&mut cache, &menu);
    learn(&mut cache, second, &menu, STAMP);
    assert_eq!(stamp(&cache, &menu), Some(Nonce([2; 12])));
}

#[test]
fn an_answer_that_is_not_what_is_known_ends_the_knowledge() {
    let menu = names("menu");
    let mut cache = StampCache::new(8);
    let (first, second) = (ask(&mut cache, &menu), ask(&mut cache, &menu));
    learn(&mut cache, first, &menu, STAMP);
    learn(&mut cache, second, &menu, STAMP);
    assert_eq!(stamp(&cache, &menu), Some(Nonce([2; 12])));
    learn(&mut cache, second, &menu, YOUNGER);
    assert_eq!(stamp(&cache, &menu), None);
}

#[test]
fn a_name_takes_the_place_of_another_one_and_is_not_taken_for_it() {
    let mut cache = StampCache::new(0);
    let asked = cache.ask([(1, &b"a"[..]), (2, b"b")].into_iter());
    cache.learn(asked, (1, b"a"), STAMP);
    assert_eq!(cache.word((1, b"a")), None, "it was overtaken");
    cache.learn(asked, (2, b"b"), YOUNGER);
    assert_eq!(cache.word((2, b"b")), Some(YOUNGER));
    assert_eq!(cache.word((1, b"a")), None);
    // Two names with one hash.
    assert_eq!(cache.word((2, b"c")), None);
    cache.changed(1);
    assert_eq!(cache.word((2, b"b")), Some(YOUNGER));
    cache.changed(2);
    assert_eq!(cache.word((2, b"b")), None);
}

#[test]
fn words_of_another_kind_are_not_known() {
    let menu = names("menu");
    let mut cache = StampCache::new(8);
    let asked = ask(&mut cache, &menu);
    let groups = groups(&menu);
    cache.learn(asked, groups[0], STAMP);
    cache.learn(asked, groups[1], INCARNATION);
    assert_eq!(cache.words(&menu), None);
}
