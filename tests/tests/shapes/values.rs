//! Values and errors: what is kept, and that the body is typed as before.

use std::sync::Arc;

use cache_core::cached;

use super::loads::{Failure, Loads};

#[cached(skip(loads))]
async fn asynchronous(loads: &Loads, a: u32, b: &str) -> String {
    format!("{a}{b}{}", loads.run())
}

#[tokio::test]
async fn an_async_function() {
    let loads = Loads::default();
    assert_eq!(asynchronous(&loads, 1, "x").await, "1x1");
    assert_eq!(asynchronous(&loads, 1, "x").await, "1x1");
    assert_eq!(asynchronous(&loads, 2, "x").await, "2x2");
    loads.assert(2);
}

#[cached(skip(loads))]
fn plain(loads: &Loads, a: u32) -> u32 {
    if a == 0 {
        return loads.run();
    }
    a * 100 + loads.run()
}

#[test]
fn a_plain_function() {
    let loads = Loads::default();
    assert_eq!((plain(&loads, 0), plain(&loads, 0)), (1, 1));
    assert_eq!((plain(&loads, 3), plain(&loads, 3)), (302, 302));
}

#[cached(skip(loads))]
async fn question_mark(loads: &Loads, text: &str) -> Result<i64, Failure> {
    loads.run();
    let number: i64 = text.parse()?;
    if number < 0 {
        return Err(Failure("negative".to_owned()));
    }
    Ok(number)
}

#[cached(skip(loads))]
fn plain_question_mark(loads: &Loads, text: &str) -> Result<i64, Failure> {
    loads.run();
    Ok(text.parse::<i64>()?)
}

#[tokio::test]
async fn errors_are_returned_and_not_kept() {
    let loads = Loads::default();
    assert_eq!(question_mark(&loads, "7").await, Ok(7));
    assert_eq!(question_mark(&loads, "7").await, Ok(7));
    loads.assert(1);
    assert_eq!(question_mark(&loads, "-7").await, Err(Failure("negative".to_owned())));
    assert!(question_mark(&loads, "-7").await.is_err());
    assert!(question_mark(&loads, "x").await.is_err());
    loads.assert(4);
    assert!(plain_question_mark(&loads, "x").is_err());
    assert!(plain_question_mark(&loads, "x").is_err());
    loads.assert(6);
}

/// The value's type holds for the body as a signature does: the array becomes a slice, the number an `i16`.
#[cached(skip(loads), tiers(memory))]
async fn coerced(loads: &Loads) -> Result<Arc<[i16]>, Failure> {
    if loads.run() > 9 {
        return Err(Failure(String::new()));
    }
    Ok(Arc::new([1, 2, 3]))
}

#[tokio::test]
async fn the_return_type_reaches_the_body() {
    assert_eq!(coerced(&Loads::default()).await.as_deref(), Ok(&[1_i16, 2, 3][..]));
}

/// A value without serde.
#[derive(Clone, Debug, PartialEq)]
struct Parsed(Vec<u32>);

#[cached(tiers(memory), skip_all, ttl = "never", name = "a name")]
async fn in_memory(loads: &Loads) -> Arc<Parsed> {
    Arc::new(Parsed(vec![loads.run()]))
}

#[tokio::test]
async fn values_without_serde_in_memory() {
    let loads = Loads::default();
    let first = in_memory(&loads).await;
    assert_eq!(in_memory(&loads).await, first);
    loads.assert(1);
}

/// A value that says nothing but that it is there.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
struct Done;

#[cached(skip(loads))]
async fn unit_like(loads: &Loads, id: u8) -> Done {
    loads.run();
    Done
}

#[cached(skip(loads))]
fn nothing_or_an_error(loads: &Loads, text: &str) -> Result<(), Failure> {
    loads.run();
    text.parse::<u8>()?;
    Ok(())
}

#[tokio::test]
async fn values_without_content() {
    let loads = Loads::default();
    assert_eq!((unit_like(&loads, 1).await, unit_like(&loads, 1).await), (Done, Done));
    loads.assert(1);
    assert_eq!((unit_like(&loads, 2).await, nothing_or_an_error(&loads, "1")), (Done, Ok(())));
    loads.assert(3);
    assert_eq!((nothing_or_an_error(&loads, "1"), nothing_or_an_error(&loads, "x").is_err()), (Ok(()), true));
    loads.assert(4);
}
