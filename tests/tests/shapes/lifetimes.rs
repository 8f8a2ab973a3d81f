//! Lifetimes: named, elided, `'static`, and those of functions that are passed.

use std::borrow::Cow;

use cache_core::cached;
use serde::Serialize;

use super::loads::Loads;

#[cached(skip(loads))]
async fn named<'a, 'b: 'a>(loads: &'a Loads, first: &'b str, mut second: Cow<'a, str>) -> String {
    if first.len() > second.len() {
        second = Cow::Borrowed(first);
    }
    format!("{second} {}", loads.run())
}

#[tokio::test]
async fn named_lifetimes() {
    let loads = Loads::default();
    assert_eq!(named(&loads, "ab", "c".into()).await, "ab 1");
    assert_eq!(named(&loads, "ab", "c".to_owned().into()).await, "ab 1");
    assert_eq!(named(&loads, "a", "bc".into()).await, "bc 2");
}

#[derive(Serialize)]
struct Query<'q> {
    text: &'q str,
    words: Vec<&'q str>,
}

impl<'q> Query<'q> {
    fn new(text: &'q str) -> Self {
        Self { text, words: text.split(' ').collect() }
    }

    #[cached(key(self, page))]
    async fn run(&self, loads: &Loads, page: u8) -> String {
        format!("{} {} {page} {}", self.text, self.words.len(), loads.run())
    }
}

#[cached(skip(loads))]
async fn elided(loads: &Loads, query: &Query<'_>) -> usize {
    loads.run() as usize + query.words.len() * 100
}

#[tokio::test]
async fn elided_lifetimes() {
    let loads = Loads::default();
    assert_eq!(
        (elided(&loads, &Query::new("a b")).await, elided(&loads, &Query::new("a b")).await),
        (201, 201)
    );
    assert_eq!(elided(&loads, &Query::new("a c")).await, 202);
}

#[tokio::test]
async fn a_method_of_a_type_with_a_lifetime() {
    let loads = Loads::default();
    let (one, two) = (Query::new("a b"), Query::new("a c"));
    assert_eq!(
        (one.run(&loads, 1).await, one.run(&loads, 1).await),
        ("a b 2 1 1".into(), "a b 2 1 1".into())
    );
    assert_eq!(
        (two.run(&loads, 1).await, one.run(&loads, 2).await),
        ("a c 2 1 2".into(), "a b 2 2 3".into())
    );
}

#[cached(skip(loads), tiers(memory))]
fn endless(name: &'static str, loads: &'static Loads) -> &'static str {
    loads.run();
    name
}

#[test]
fn static_lifetimes() {
    let loads: &'static Loads = Box::leak(Box::new(Loads::default()));
    assert_eq!((endless("a", loads), endless("a", loads), endless("b", loads)), ("a", "a", "b"));
    loads.assert(2);
}

#[cached(skip(loads, pick))]
async fn higher_ranked<F>(loads: &Loads, text: &str, pick: F) -> String
where
    F: for<'t> Fn(&'t str, &u8) -> &'t str + Sync,
{
    format!("{} {}", pick(text, &1), loads.run())
}

#[tokio::test]
async fn higher_ranked_lifetimes() {
    let loads = Loads::default();
    assert_eq!(higher_ranked(&loads, "ab", |text, _| &text[..1]).await, "a 1");
    assert_eq!(higher_ranked(&loads, "ab", |text, _| &text[1..]).await, "a 1");
    assert_eq!(higher_ranked(&loads, "cd", |text, _| &text[1..]).await, "d 2");
}
