//! `#[invalidate]`, once or several times, on each kind of function.

use std::fmt::Display;
use std::rc::Rc;
use std::sync::Arc;

use async_trait::async_trait;
use cache_core::{cached, invalidate};

use super::futures::BoxFuture;
use super::loads::{Failure, Loads};

#[cached(type = "shape-writers", tags("shape-writers:{writer}:{item}"), skip(loads))]
fn read(loads: &Loads, writer: &str, item: u8) -> u32 {
    loads.run() * 100 + u32::from(item)
}

#[cached(type = "shape-writers-list", tags("shape-writers:{writer}"), skip(loads))]
fn list(loads: &Loads, writer: &str) -> u32 {
    loads.run() * 100
}

/// The loads after three calls, of which only the one in the middle was not seen before.
#[track_caller]
fn loads_of(loads: &Loads, writer: &str) -> (u32, u32, u32) {
    (read(loads, writer, 1), read(loads, writer, 2), list(loads, writer))
}

const BEFORE: (u32, u32, u32) = (101, 202, 300);
/// Only item 1 is loaded anew.
const ONE: (u32, u32, u32) = (401, 202, 300);
/// Item 1 and the list are.
const BOTH: (u32, u32, u32) = (401, 202, 500);

#[invalidate(entry(read("plain", item)))]
#[invalidate(tags("shape-writers:plain"))]
fn plain(item: u8) -> u8 {
    item
}

#[test]
fn several_on_a_plain_function() {
    let loads = Loads::default();
    assert_eq!(loads_of(&loads, "plain"), BEFORE);
    assert_eq!((plain(1), loads_of(&loads, "plain")), (1, BOTH));
}

#[invalidate(tags("shape-writers:async:{item}"), on = "ok")]
#[invalidate(tags("shape-writers:async"), on = Result::is_err)]
async fn asynchronous(item: u8, fails: bool) -> Result<u8, Failure> {
    if fails { Err(Failure(item.to_string())) } else { Ok(item) }
}

#[tokio::test]
async fn several_with_conditions_on_an_async_function() {
    let loads = Loads::default();
    assert_eq!(loads_of(&loads, "async"), BEFORE);
    assert_eq!((asynchronous(1, false).await, loads_of(&loads, "async")), (Ok(1), ONE));
    assert!(asynchronous(1, true).await.is_err());
    assert_eq!(loads_of(&loads, "async"), (401, 202, 500));
}

#[invalidate(entry(read(writer, 1)), tags("shape-writers:{writer}"))]
async fn generic<T, const N: usize>(writer: &str, values: [&T; N]) -> String
where
    T: Display + PartialEq + ?Sized,
{
    values.iter().fold(writer.to_owned(), |text, value| format!("{text}{value}"))
}

#[tokio::test]
async fn on_a_generic_function() {
    let loads = Loads::default();
    assert_eq!(loads_of(&loads, "generic"), BEFORE);
    assert_eq!(
        (generic("generic", ["a", "b"]).await, loads_of(&loads, "generic")),
        ("genericab".into(), BOTH)
    );
}

struct Store(Loads);

impl Store {
    #[cached(skip(self), key_fn)]
    async fn held(&self, item: u8) -> u32 {
        self.0.run() * 100 + u32::from(item)
    }

    #[invalidate(entry(self.held(item)))]
    #[invalidate(entry(read("method", item)))]
    async fn by_reference(&self, item: u8) {
        drop(item.to_string());
    }

    #[invalidate(entry(read("mutable", item)), tags("shape-writers:mutable"))]
    async fn by_mutable_reference(&mut self, item: u8) -> &mut Loads {
        drop(item.to_string());
        &mut self.0
    }

    #[invalidate(entry(read("value", 1)))]
    async fn by_value(self) -> Loads {
        self.0
    }

    #[invalidate(entry(read("shared", 1)))]
    fn shared(self: Arc<Self>) -> Arc<Self> {
        self
    }
}

#[tokio::test]
async fn on_a_method() {
    let (loads, store) = (Loads::default(), Store(Loads::default()));
    assert_eq!(loads_of(&loads, "method"), BEFORE);
    assert_eq!((store.held(1).await, store.held(2).await), (101, 202));
    store.by_reference(1).await;
    assert_eq!((store.held(1).await, store.held(2).await), (301, 202));
    assert_eq!(loads_of(&loads, "method"), ONE);
}

#[tokio::test]
async fn on_a_method_that_lends() {
    let (loads, mut store) = (Loads::default(), Store(Loads::default()));
    assert_eq!(loads_of(&loads, "mutable"), BEFORE);
    assert_eq!(store.by_mutable_reference(1).await.run(), 1);
    assert_eq!(loads_of(&loads, "mutable"), BOTH);
}

#[tokio::test]
async fn on_methods_by_value() {
    let loads = Loads::default();
    assert_eq!((loads_of(&loads, "value"), loads_of(&loads, "shared")), (BEFORE, (401, 502, 600)));
    assert_eq!(Store(Loads::default()).by_value().await.run(), 1);
    assert_eq!(loads_of(&loads, "value"), (701, 202, 300));
    assert_eq!(Arc::new(Store(Loads::default())).shared().0.run(), 1);
    assert_eq!(loads_of(&loads, "shared"), (801, 502, 600));
}

trait Write {
    async fn write(&self, item: u8) -> u8;
    fn write_plainly(&self, item: u8) -> u8;

    #[invalidate(entry(read("default", item)))]
    async fn write_by_default(&self, item: u8) -> u8 {
        Self::write(self, item).await
    }
}

impl Write for Store {
    #[invalidate(entry(read("trait", item)))]
    #[invalidate(tags("shape-writers:trait"))]
    async fn write(&self, item: u8) -> u8 {
        item
    }

    #[invalidate(tags("shape-writers:plain-trait:{item}"))]
    fn write_plainly(&self, item: u8) -> u8 {
        item
    }
}

#[tokio::test]
async fn on_methods_of_a_trait() {
    let (loads, store) = (Loads::default(), Store(Loads::default()));
    assert_eq!(loads_of(&loads, "trait"), BEFORE);
    assert_eq!((Write::write(&store, 1).await, loads_of(&loads, "trait")), (1, BOTH));
}

#[test]
fn on_a_plain_method_of_a_trait() {
    let (loads, store) = (Loads::default(), Store(Loads::default()));
    assert_eq!(loads_of(&loads, "plain-trait"), BEFORE);
    assert_eq!((store.write_plainly(1), loads_of(&loads, "plain-trait")), (1, ONE));
}

#[tokio::test]
async fn on_a_default_method() {
    let (loads, store) = (Loads::default(), Store(Loads::default()));
    assert_eq!(loads_of(&loads, "default"), BEFORE);
    assert_eq!((store.write_by_default(1).await, loads_of(&loads, "default")), (1, ONE));
}

#[async_trait]
trait AsyncWrite {
    async fn write<T: Display + Sync>(&self, item: u8, value: &T) -> Result<String, Failure>;
}

#[async_trait]
impl AsyncWrite for Store {
    #[invalidate(entry(read("async-trait", item)))]
    #[invalidate(tags("shape-writers:async-trait"), on = "ok")]
    async fn write<T: Display + Sync>(&self, item: u8, value: &T) -> Result<String, Failure> {
        if item == 0 {
            return Err(Failure(value.to_string()));
        }
        Ok(format!("{item} {value}"))
    }
}

#[tokio::test]
async fn several_on_a_method_of_an_async_trait() {
    let (loads, store) = (Loads::default(), Store(Loads::default()));
    assert_eq!(loads_of(&loads, "async-trait"), BEFORE);
    assert!(AsyncWrite::write(&store, 0, &1).await.is_err());
    assert_eq!(loads_of(&loads, "async-trait"), BEFORE);
    assert_eq!(AsyncWrite::write(&store, 1, &1).await.as_deref(), Ok("1 1"));
    assert_eq!(loads_of(&loads, "async-trait"), BOTH);
}

#[invalidate(entry(read("boxed", item)))]
fn boxed(item: u8) -> BoxFuture<'static, u8> {
    Box::pin(async move { item })
}

#[invalidate(entry(read("opaque", *item)))]
fn opaque(item: Rc<u8>) -> impl Future<Output = Rc<u8>> {
    async move { item }
}

#[tokio::test]
async fn on_a_function_that_returns_a_boxed_future() {
    let loads = Loads::default();
    assert_eq!(loads_of(&loads, "boxed"), BEFORE);
    drop(boxed(1));
    assert_eq!(loads_of(&loads, "boxed"), BEFORE);
    assert_eq!((boxed(1).await, loads_of(&loads, "boxed")), (1, ONE));
}

#[tokio::test]
async fn on_a_function_that_returns_an_opaque_future() {
    let loads = Loads::default();
    assert_eq!(loads_of(&loads, "opaque"), BEFORE);
    assert_eq!((*opaque(Rc::new(1)).await, loads_of(&loads, "opaque")), (1, ONE));
}

#[cached(type = "shape-changed", skip(loads))]
fn changed(loads: &Loads, (a, b): (u8, u8)) -> u32 {
    u32::from(a + b) + loads.run() * 100
}

#[invalidate(entry(changed((*a, *b))))]
fn change((ref a, b): (u8, &u8), _: u8) -> u8 {
    a + b
}

#[test]
fn on_a_function_with_patterns() {
    let loads = Loads::default();
    assert_eq!((changed(&loads, (1, 2)), changed(&loads, (2, 1))), (103, 203));
    assert_eq!(change((1, &2), 0), 3);
    assert_eq!((changed(&loads, (1, 2)), changed(&loads, (2, 1))), (303, 203));
}
