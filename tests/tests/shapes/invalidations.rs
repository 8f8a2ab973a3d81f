//! After which results a function invalidates, and what such a function may return.

use std::borrow::Cow;
use std::pin::Pin;

use cache_core::{cached, invalidate};

use super::loads::{Failure, Loads};

#[cached(type = "shape-menu", skip(loads))]
async fn menu(loads: &Loads, restaurant: u64) -> u32 {
    let _ = restaurant;
    loads.run()
}

#[invalidate(type = "shape-menu")]
#[invalidate(tags("shape-restaurant:{restaurant}"), entry(menu(restaurant)))]
async fn update(restaurant: u64, name: String) -> Result<String, Failure> {
    if name == "bad" {
        return Err(Failure(name));
    }
    let _: u64 = restaurant.to_string().parse()?;
    Ok(name)
}

#[invalidate(type = "shape-menu", on = "ok")]
async fn update_if_ok(name: &str) -> Result<String, Failure> {
    if name == "bad" { Err(Failure(name.to_owned())) } else { Ok(name.to_owned()) }
}

#[invalidate(type = "shape-menu", on = |result| *result > 1, wait = "ack")]
fn update_if_more(count: u32) -> u32 {
    count
}

#[invalidate(type = "shape-menu", on = "always")]
fn update_by_future<'a>(name: &'a str) -> impl Future<Output = Result<usize, Failure>> + Send + 'a {
    async move { if name == "bad" { Err(Failure(name.to_owned())) } else { Ok(name.len()) } }
}

#[tokio::test]
async fn invalidations_by_result() {
    let loads = Loads::default();
    assert_eq!((menu(&loads, 1).await, menu(&loads, 1).await), (1, 1));
    assert_eq!(update(1, "ok".to_owned()).await.as_deref(), Ok("ok"));
    assert_eq!((menu(&loads, 1).await, menu(&loads, 1).await), (2, 2));
    assert!(update(2, "bad".to_owned()).await.is_err());
    assert_eq!((menu(&loads, 1).await, menu(&loads, 1).await), (3, 3));
    assert!(update_if_ok("bad").await.is_err());
    assert_eq!((menu(&loads, 1).await, update_if_more(1)), (3, 1));
    assert_eq!((menu(&loads, 1).await, update_if_ok("fine").await.is_ok()), (3, true));
    assert_eq!((menu(&loads, 1).await, update_if_more(2)), (4, 2));
    assert_eq!((menu(&loads, 1).await, update_by_future("four").await), (5, Ok(4)));
    assert_eq!(menu(&loads, 1).await, 6);
}

/// What a function returns may borrow where it is only invalidated.
#[invalidate(tags("shape-borrowed"))]
fn borrowed<'a>(text: &'a str, more: &str) -> Cow<'a, str> {
    if more.is_empty() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{text}{more}"))
}

#[invalidate(tags("shape-borrowed"))]
fn opaque(text: &str) -> impl Iterator<Item = char> {
    text.chars().rev()
}

/// Only a body that runs once may return what it reborrows.
#[invalidate(tags("shape-borrowed"))]
fn reborrowed<'a>(count: &'a mut u32) -> Pin<Box<dyn Future<Output = u32> + 'a>> {
    let count = &mut *count;
    Box::pin(async move {
        *count += 1;
        *count
    })
}

#[invalidate(tags("shape-borrowed"))]
async fn opaque_later(text: &str) -> impl Iterator<Item = char> {
    text.chars().rev()
}

#[tokio::test]
async fn invalidating_functions_may_borrow() {
    assert_eq!((borrowed("a", ""), borrowed("a", "b")), ("a".into(), "ab".into()));
    assert_eq!(reborrowed(&mut 1).await, 2);
    assert_eq!(opaque("abc").collect::<String>(), "cba");
    assert_eq!(opaque_later("abc").await.collect::<String>(), "cba");
}
