//! Plain functions that return futures, and that futures stay `Send`.

use std::pin::Pin;
use std::rc::Rc;

use cache_core::{cached, invalidate};

use super::loads::{Failure, Loads};

pub(super) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[cached(skip(loads))]
fn boxed_future<'a>(loads: &'a Loads, text: &'a str) -> BoxFuture<'a, Result<u32, Failure>> {
    if text.is_empty() {
        return Box::pin(std::future::ready(Ok(0)));
    }
    Box::pin(async move { Ok(text.parse::<u32>().map_err(Failure::from)? + loads.run() * 100) })
}

#[cached(skip(loads))]
fn local_future(loads: Rc<Loads>, id: u8) -> Pin<Box<dyn Future<Output = u32>>> {
    Box::pin(async move { u32::from(id) + loads.run() * 100 })
}

#[tokio::test]
async fn functions_that_return_futures() {
    let loads = Rc::new(Loads::default());
    let unasked = boxed_future(&loads, "1");
    loads.assert(0);
    assert_eq!(unasked.await, Ok(101));
    assert_eq!(boxed_future(&loads, "1").await, Ok(101));
    assert_eq!(boxed_future(&loads, "").await, Ok(0));
    assert!(boxed_future(&loads, "x").await.is_err());
    assert_eq!(local_future(Rc::clone(&loads), 1).await, 201);
    assert_eq!(local_future(Rc::clone(&loads), 1).await, 201);
}

fn sends<T: Send>(value: T) -> T {
    value
}

#[cached(skip(loads))]
async fn asynchronous(loads: &Loads, text: &str) -> Result<u32, Failure> {
    Ok(text.parse::<u32>()? + loads.run())
}

#[invalidate(type = "shape-written", tags("shape-{text}"), on = "ok")]
async fn written(text: String) -> Result<String, Failure> {
    Ok(text)
}

#[tokio::test]
async fn futures_stay_send() {
    let loads = Loads::default();
    assert_eq!(sends(asynchronous(&loads, "90")).await, Ok(91));
    assert_eq!(sends(written("x".to_owned())).await, Ok("x".to_owned()));
}
