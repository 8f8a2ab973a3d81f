//! Plain functions that return futures, and that futures stay `Send`.

use std::pin::Pin;
use std::rc::Rc;

use cache_core::{cached, invalidate};
use futures_core::future::LocalBoxFuture;

use super::loads::{Failure, Loads};

pub(super) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[cached(skip(loads))]
fn aliased<'a>(loads: &'a Loads, text: &'a str) -> BoxFuture<'a, Result<u32, Failure>> {
    if text.is_empty() {
        return Box::pin(std::future::ready(Ok(0)));
    }
    Box::pin(async move { Ok(text.parse::<u32>().map_err(Failure::from)? + loads.run() * 100) })
}

#[tokio::test]
async fn an_alias_of_a_boxed_future() {
    let loads = Loads::default();
    let unasked = aliased(&loads, "1");
    loads.assert(0);
    assert_eq!(unasked.await, Ok(101));
    assert_eq!(aliased(&loads, "1").await, Ok(101));
    assert_eq!(aliased(&loads, "2").await, Ok(202));
    assert_eq!(aliased(&loads, "").await, Ok(0));
    assert!(aliased(&loads, "x").await.is_err());
}

#[cached(skip(loads))]
fn boxed(loads: Rc<Loads>, id: u8) -> Pin<Box<dyn Future<Output = u32>>> {
    Box::pin(async move { u32::from(id) + loads.run() * 100 })
}

#[tokio::test]
async fn a_boxed_future() {
    let loads = Rc::new(Loads::default());
    let call = |id| boxed(Rc::clone(&loads), id);
    assert_eq!((call(1).await, call(1).await, call(2).await), (101, 101, 202));
}

#[cached(skip(loads))]
fn of_futures(loads: &Loads, id: u8) -> futures_core::future::BoxFuture<'_, Option<u32>> {
    Box::pin(async move { Some(u32::from(id) + loads.run() * 100) })
}

#[tokio::test]
async fn a_box_future() {
    let loads = Loads::default();
    let call = |id| sends(of_futures(&loads, id));
    assert_eq!((call(1).await, call(1).await, call(2).await), (Some(101), Some(101), Some(202)));
}

#[cached(skip(loads))]
fn local(loads: &Rc<Loads>, id: u8) -> LocalBoxFuture<'_, u32> {
    let loads = Rc::clone(loads);
    Box::pin(async move { u32::from(id) + loads.run() * 100 })
}

#[tokio::test]
async fn a_local_box_future() {
    let loads = Rc::new(Loads::default());
    let call = |id| local(&loads, id);
    assert_eq!((call(1).await, call(1).await, call(2).await), (101, 101, 202));
}

#[cached(skip(loads))]
fn opaque(loads: &Loads, text: &str) -> impl Future<Output = Result<u32, Failure>> + Send {
    async move { Ok(text.parse::<u32>()? + loads.run() * 100) }
}

#[tokio::test]
async fn an_opaque_future() {
    let loads = Loads::default();
    let call = |text| sends(opaque(&loads, text));
    assert_eq!((call("1").await, call("1").await, call("2").await), (Ok(101), Ok(101), Ok(202)));
    assert!(opaque(&loads, "x").await.is_err());
}

#[cached(skip(loads))]
fn opaque_with_a_lifetime<'a>(loads: &'a Loads, text: &'a str) -> impl Future<Output = u32> + use<'a> {
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    async move { length + loads.run() * 100 }
}

#[tokio::test]
async fn an_opaque_future_with_a_lifetime() {
    let loads = Loads::default();
    let call = |text| opaque_with_a_lifetime(&loads, text);
    assert_eq!((call("a").await, call("a").await, call("bc").await), (101, 101, 202));
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
    assert_eq!(sends(asynchronous(&loads, "90")).await, Ok(91));
    assert_eq!(sends(written("x".to_owned())).await, Ok("x".to_owned()));
}
