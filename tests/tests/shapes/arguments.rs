//! Arguments that need code of their own in the expansion: closures, conditions, hashed parameters, late tags.

use std::fmt::Debug;
use std::sync::Arc;

use cache_core::{Ttl, cached, invalidate};
use serde::Serialize;

use super::loads::{Failure, Loads};

#[cached(
    skip(loads),
    hashed(token),
    unless = String::is_empty,
    weight = String::len,
    ttl_from = |text| if text.len() > limit { Ttl::HOUR } else { Ttl::MINUTE },
    when = id > 0,
    tags("shape-args", "shape-args:{id}"),
    stale_while_revalidate = "10m",
    stale_if_error = 60,
    jitter = 0.1,
    negative_ttl = "30s",
    single_flight = "process",
    max_loads = 64,
    max_wait = "2s",
    codec = "bincode"
)]
async fn judged(loads: &Loads, id: u32, token: &str, limit: usize) -> Result<Option<String>, Failure> {
    let parsed: u32 = token.parse()?;
    loads.run();
    Ok((parsed > 0).then(|| format!("{id} {token}")))
}

#[tokio::test]
async fn values_are_judged() -> Result<(), Failure> {
    let loads = Loads::default();
    assert_eq!(judged(&loads, 1, "7", 3).await?.as_deref(), Some("1 7"));
    assert_eq!(judged(&loads, 1, "7", 3).await?.as_deref(), Some("1 7"));
    loads.assert(1);
    assert_eq!(judged(&loads, 0, "7", 3).await?.as_deref(), Some("0 7"));
    assert_eq!(judged(&loads, 0, "7", 3).await?.as_deref(), Some("0 7"));
    loads.assert(3);
    assert!(judged(&loads, 1, "x", 3).await.is_err());
    Ok(())
}

fn small(values: &[u16]) -> bool {
    values.len() < 2
}

#[cached(skip(loads), unless = |values: &Vec<u16>| { small(values) }, ttl_from = |values| values.len() as u64, tiers(memory))]
fn plainly_judged(loads: &Loads, count: u16) -> Arc<Vec<u16>> {
    loads.run();
    Arc::new((0..count).collect())
}

#[test]
fn values_of_plain_functions_are_judged() {
    let loads = Loads::default();
    assert_eq!(plainly_judged(&loads, 5).len(), 5);
    assert_eq!(plainly_judged(&loads, 5).len(), 5);
    loads.assert(1);
}

#[cached(key(account.id, secret.0 as secret), hashed(secret, account.id), when = true)]
async fn hashed_parts(loads: &Loads, account: Account, secret: (String, u8)) -> u32 {
    drop(secret.1.to_string());
    loads.run()
}

struct Account {
    id: u64,
}

#[tokio::test]
async fn parts_of_a_key_are_hashed() {
    let loads = Loads::default();
    assert_eq!(hashed_parts(&loads, Account { id: 1 }, ("a".to_owned(), 1)).await, 1);
    assert_eq!(hashed_parts(&loads, Account { id: 1 }, ("a".to_owned(), 2)).await, 1);
    assert_eq!(hashed_parts(&loads, Account { id: 2 }, ("a".to_owned(), 2)).await, 2);
}

#[cached(type = "shape-late", tags("shape-late:{id}"), skip(loads))]
async fn late(loads: &Loads, id: u32) -> u32 {
    loads.run()
}

struct Imported {
    tags: Vec<String>,
}

#[invalidate(type = "shape-late", tags_from = |imported| &imported.tags, wait = "no")]
async fn import(tags: Vec<String>) -> Imported {
    Imported { tags }
}

#[invalidate(type = "shape-late", tags_from = |result: &Result<u32, Failure>| { result.iter().map(|id| format!("shape-late:{id}")) }, wait = "global", on = "ok")]
fn plain_import(text: &str) -> Result<u32, Failure> {
    Ok(text.parse()?)
}

fn tags_of<T: Debug>(result: &T) -> [String; 1] {
    [format!("shape-late:{result:?}")]
}

#[invalidate(type = "shape-late", tags_from = tags_of)]
#[invalidate(type = "shape-late", tags_from = |display| [format!("shape-late:{display}")])]
async fn opaque_import(id: u32) -> impl std::fmt::Display + Debug {
    id
}

#[tokio::test]
async fn tags_are_read_from_results() {
    let loads = Loads::default();
    late(&loads, 1).await;
    assert_eq!(import(vec!["shape-late:1".to_owned()]).await.tags.len(), 1);
    assert!(plain_import("1").is_ok() && plain_import("x").is_err());
    assert_eq!(opaque_import(3).await.to_string(), "3");
    late(&loads, 1).await;
}

/// Two invalidations around a cached function that borrows.
#[invalidate(type = "shape-both", tags("shape-both:{text}", "x"), on = Result::is_ok)]
#[cached(skip(loads), name = "both")]
#[invalidate(type = "shape-both", user = text)]
async fn both<'a>(loads: &'a Loads, text: &'a str) -> Result<u32, Failure> {
    Ok(text.parse::<u32>()? + loads.run())
}

#[tokio::test]
async fn attributes_stand_together() {
    let loads = Loads::default();
    assert_eq!((both(&loads, "10").await, both(&loads, "10").await), (Ok(11), Ok(11)));
}

macro_rules! judged_by_macro {
    ($(#[$meta:meta])* $vis:vis fn $name:ident<$param:ident>($key:ident: $key_type:ty, $rest:ident: $rest_type:ty) -> $value:ty, $window:literal, $limit:expr, $body:block) => {
        $(#[$meta])*
        #[cached(skip($rest), stale_while_revalidate($window), unless = |value| *value > $limit, when = $limit > 1, hashed($key))]
        $vis async fn $name<$param: Serialize + Send + Sync>($key: $key_type, $rest: $rest_type) -> $value $body
    };
}

judged_by_macro! {
    /// Documented.
    pub(super) fn judged_made<T>(id: T, loads: &Loads) -> u32, "10m", 5 + 4, { loads.run() }
}

#[tokio::test]
async fn functions_made_by_a_macro_are_judged() {
    let loads = Loads::default();
    assert_eq!((judged_made(1, &loads).await, judged_made(1, &loads).await), (1, 1));
}
