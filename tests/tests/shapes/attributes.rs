//! Other attributes stay in force. Where one is a lint's business, the lint is expected, and the compiler reports
//! an expectation that is not met.

use cache_core::cached;
use tracing::instrument;

use super::loads::{Failure, Loads};

#[cached(skip(loads))]
#[must_use = "the price is what it is for"]
#[inline(never)]
async fn needed(loads: &Loads, id: u8) -> u32 {
    u32::from(id) + loads.run() * 100
}

#[must_use]
#[inline]
#[cached(skip(loads))]
fn plainly_needed(loads: &Loads, id: u8) -> u32 {
    u32::from(id) + loads.run() * 100
}

#[tokio::test]
async fn must_use_and_inline() {
    let loads = Loads::default();
    #[expect(unused_must_use, reason = "the attribute is still there")]
    {
        needed(&loads, 1).await;
        plainly_needed(&loads, 1);
    }
    assert_eq!((needed(&loads, 1).await, plainly_needed(&loads, 1)), (101, 201));
    assert_eq!((needed(&loads, 2).await, plainly_needed(&loads, 2)), (302, 402));
}

#[cached(skip(loads))]
#[deprecated = "for a test"]
async fn outdated(loads: &Loads, id: u8) -> u32 {
    u32::from(id) + loads.run() * 100
}

#[tokio::test]
async fn deprecated() {
    let loads = Loads::default();
    #[expect(deprecated, reason = "the attribute is still there")]
    let calls = (outdated(&loads, 1).await, outdated(&loads, 1).await, outdated(&loads, 2).await);
    assert_eq!(calls, (101, 101, 202));
}

#[cached(skip(loads))]
#[cfg(not(test))]
async fn under_a_cfg(loads: &Missing) -> u32 {}

#[cfg_attr(test, cached(skip(loads)))]
#[cfg(test)]
async fn under_a_cfg(loads: &Loads, id: u8) -> u32 {
    u32::from(id) + loads.run() * 100
}

#[cached(skip(loads))]
#[cfg_attr(test, allow(unused_variables, reason = "for a test"))]
async fn allowed(loads: &Loads, id: u8) -> u32 {
    let unused = 1;
    loads.run()
}

#[tokio::test]
async fn cfg_and_cfg_attr() {
    let loads = Loads::default();
    assert_eq!((under_a_cfg(&loads, 1).await, under_a_cfg(&loads, 1).await), (101, 101));
    assert_eq!((under_a_cfg(&loads, 2).await, under_a_cfg_key(1).is_ok()), (202, true));
    assert_eq!((allowed(&loads, 1).await, allowed(&loads, 1).await, allowed(&loads, 2).await), (3, 3, 4));
}

#[cached(skip(loads))]
#[instrument(skip(loads), fields(more = id + 1), err(Debug))]
async fn instrumented_below(loads: &Loads, id: u8) -> Result<u32, Failure> {
    if id == 0 {
        return Err(Failure("zero".to_owned()));
    }
    Ok(u32::from(id) + loads.run() * 100)
}

#[instrument(skip_all, ret)]
#[cached(skip(loads))]
async fn instrumented_above(loads: &Loads, text: &str) -> Result<u32, Failure> {
    Ok(text.parse::<u32>()? + loads.run() * 100)
}

#[instrument(skip(loads))]
#[cached(skip(loads))]
fn plainly_instrumented_above(loads: &Loads, id: u8) -> u32 {
    u32::from(id) + loads.run() * 100
}

#[cached(skip(loads))]
#[instrument(skip(loads))]
fn plainly_instrumented_below(loads: &Loads, id: u8) -> u32 {
    u32::from(id) + loads.run() * 100
}

#[tokio::test]
async fn instrument_below() {
    let loads = Loads::default();
    let call = |id| instrumented_below(&loads, id);
    assert_eq!((call(1).await, call(1).await, call(2).await), (Ok(101), Ok(101), Ok(202)));
    assert!(call(0).await.is_err());
}

#[tokio::test]
async fn instrument_above() {
    let loads = Loads::default();
    let call = |text| instrumented_above(&loads, text);
    assert_eq!((call("1").await, call("1").await, call("2").await), (Ok(101), Ok(101), Ok(202)));
    assert!(call("x").await.is_err());
}

#[test]
fn instrument_on_plain_functions() {
    let loads = Loads::default();
    let above = |id| plainly_instrumented_above(&loads, id);
    assert_eq!((above(1), above(1), above(2)), (101, 101, 202));
    let below = |id| plainly_instrumented_below(&loads, id);
    assert_eq!((below(1), below(1), below(2)), (301, 301, 402));
}
