//! Functions that call themselves and each other: each call is an entry of its own.

use cache_core::cached;

use super::futures::BoxFuture;
use super::loads::Loads;

#[cached(skip(loads), key_fn = false)]
async fn fibonacci(loads: &Loads, n: u32) -> u64 {
    loads.run();
    if n < 2 {
        u64::from(n)
    } else {
        Box::pin(fibonacci(loads, n - 1)).await + Box::pin(fibonacci(loads, n - 2)).await
    }
}

#[tokio::test]
async fn an_async_function_that_calls_itself() {
    let loads = Loads::default();
    assert_eq!((fibonacci(&loads, 30).await, fibonacci(&loads, 30).await), (832_040, 832_040));
    loads.assert(31);
}

#[cached(skip(loads))]
fn boxed_fibonacci(loads: &Loads, n: u32) -> BoxFuture<'_, u64> {
    Box::pin(async move {
        loads.run();
        match n {
            0 | 1 => u64::from(n),
            n => boxed_fibonacci(loads, n - 1).await + boxed_fibonacci(loads, n - 2).await,
        }
    })
}

#[tokio::test]
async fn a_function_of_a_boxed_future_that_calls_itself() {
    let loads = Loads::default();
    assert_eq!((boxed_fibonacci(&loads, 30).await, boxed_fibonacci(&loads, 30).await), (832_040, 832_040));
    loads.assert(31);
}

#[cached(skip(loads))]
fn plain_fibonacci(loads: &Loads, n: u32) -> u64 {
    loads.run();
    if n < 2 {
        return u64::from(n);
    }
    plain_fibonacci(loads, n - 1) + plain_fibonacci(loads, n - 2)
}

#[test]
fn a_plain_function_that_calls_itself() {
    let loads = Loads::default();
    assert_eq!((plain_fibonacci(&loads, 30), plain_fibonacci(&loads, 30)), (832_040, 832_040));
    loads.assert(31);
}

#[cached(skip(loads))]
async fn even(loads: &Loads, n: u32) -> bool {
    loads.run();
    n == 0 || Box::pin(odd(loads, n - 1)).await
}

#[cached(skip(loads))]
async fn odd(loads: &Loads, n: u32) -> bool {
    loads.run();
    n != 0 && Box::pin(even(loads, n - 1)).await
}

#[tokio::test]
async fn async_functions_that_call_each_other() {
    let loads = Loads::default();
    assert_eq!((even(&loads, 10).await, even(&loads, 10).await, odd(&loads, 9).await), (true, true, true));
    loads.assert(11);
    assert_eq!((odd(&loads, 10).await, even(&loads, 9).await), (false, false));
    loads.assert(22);
}

#[cached(skip(loads))]
fn plain_even(loads: &Loads, n: u32) -> bool {
    loads.run();
    n == 0 || plain_odd(loads, n - 1)
}

#[cached(skip(loads))]
fn plain_odd(loads: &Loads, n: u32) -> bool {
    loads.run();
    n != 0 && plain_even(loads, n - 1)
}

#[test]
fn plain_functions_that_call_each_other() {
    let loads = Loads::default();
    assert!(plain_even(&loads, 10) && plain_even(&loads, 10) && plain_odd(&loads, 9));
    loads.assert(11);
    assert!(!plain_odd(&loads, 10) && !plain_even(&loads, 9));
    loads.assert(22);
}

/// A call of the very entry that it loads can't wait for itself.
#[cached(skip(loads, deeper))]
async fn itself(loads: &Loads, id: u8, deeper: bool) -> u32 {
    let run = loads.run();
    if deeper { Box::pin(itself(loads, id, false)).await + 10 } else { run }
}

#[tokio::test]
async fn a_call_of_the_entry_that_is_being_loaded() {
    let loads = Loads::default();
    assert_eq!(itself(&loads, 1, true).await, 12);
    loads.assert(2);
    let kept = itself(&loads, 1, true).await;
    assert_eq!((kept, itself(&loads, 1, true).await), (kept, kept));
    loads.assert(2);
    assert_eq!(itself(&loads, 2, false).await, 3);
}
