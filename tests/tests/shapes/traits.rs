//! Methods of traits: in implementations, and with a body in the trait itself.

use std::marker::PhantomData;

use cache_core::{cached, invalidate};
use serde::Serialize;

use super::loads::Loads;
use super::methods::Shop;

trait Greet {
    async fn greet(&self, name: &str) -> String;
    fn plain_greet(&self, name: &str) -> String;
    fn opaque_greet(&self, name: String) -> impl Future<Output = String> + Send;
    async fn rename(&self, name: &str);
    fn count(loads: &Loads, id: u8) -> u32;
}

impl Greet for Shop {
    #[cached(type = "shape-greeting", skip(self))]
    async fn greet(&self, name: &str) -> String {
        format!("hello {name} {}", self.loads.run())
    }

    #[cached(skip(self))]
    fn plain_greet(&self, name: &str) -> String {
        format!("hi {name} {}", self.loads.run())
    }

    #[cached(skip(self))]
    fn opaque_greet(&self, name: String) -> impl Future<Output = String> + Send {
        async move { format!("hey {name} {}", self.loads.run()) }
    }

    #[invalidate(type = "shape-greeting")]
    async fn rename(&self, name: &str) {
        drop(name.to_owned());
    }

    #[cached(skip(loads), key_fn = false)]
    fn count(loads: &Loads, id: u8) -> u32 {
        u32::from(id) + loads.run() * 100
    }
}

#[tokio::test]
async fn an_async_method_of_a_trait() {
    let shop = Shop::new(1);
    assert_eq!(
        (shop.greet("ann").await, shop.greet("ann").await),
        ("hello ann 1".into(), "hello ann 1".into())
    );
    assert_eq!(shop.greet("bob").await, "hello bob 2");
    shop.rename("ann").await;
    assert_eq!(shop.greet("ann").await, "hello ann 3");
}

#[test]
fn a_plain_method_of_a_trait() {
    let shop = Shop::new(1);
    assert_eq!((shop.plain_greet("ann"), shop.plain_greet("ann")), ("hi ann 1".into(), "hi ann 1".into()));
    assert_eq!(shop.plain_greet("bob"), "hi bob 2");
}

#[tokio::test]
async fn a_method_of_a_trait_that_returns_an_opaque_future() {
    let shop = Shop::new(1);
    assert_eq!(shop.opaque_greet("ann".into()).await, "hey ann 1");
    assert_eq!(shop.opaque_greet("ann".into()).await, "hey ann 1");
    assert_eq!(shop.opaque_greet("bob".into()).await, "hey bob 2");
}

#[test]
fn a_function_of_a_trait_without_a_receiver() {
    let loads = Loads::default();
    let count = <Shop as Greet>::count;
    assert_eq!((count(&loads, 1), count(&loads, 1), count(&loads, 2)), (101, 101, 202));
}

trait Stocked {
    fn loads(&self) -> &Loads;

    #[cached(skip(self))]
    async fn stock(&self, item: u8) -> u32 {
        u32::from(item) + self.loads().run() * 100
    }

    #[cached(skip(self), key_fn)]
    fn plain_stock(&self, item: u8) -> u32 {
        u32::from(item) + self.loads().run() * 100
    }

    #[invalidate(entry(self.plain_stock(item)))]
    fn restock(&self, item: u8) -> u8 {
        item
    }
}

struct Cellar(Loads);

impl Stocked for Cellar {
    fn loads(&self) -> &Loads {
        &self.0
    }
}

impl Stocked for Shop {
    fn loads(&self) -> &Loads {
        &self.loads
    }
}

#[tokio::test]
async fn an_async_default_method() {
    let cellar = Cellar(Loads::default());
    assert_eq!((cellar.stock(1).await, cellar.stock(1).await, cellar.stock(2).await), (101, 101, 202));
    assert_eq!(Shop::new(1).stock(2).await, 102);
}

#[test]
fn a_plain_default_method() {
    let cellar = Cellar(Loads::default());
    assert_eq!((cellar.plain_stock(1), cellar.plain_stock(1), cellar.plain_stock(2)), (101, 101, 202));
    assert_eq!(Shop::new(1).plain_stock(2), 102);
    assert_eq!((cellar.restock(1), cellar.plain_stock(1), cellar.plain_stock(2)), (1, 301, 202));
}

trait Find<K> {
    type Value;

    async fn find(&self, key: K) -> Option<Self::Value>;
}

struct Table<'a, V>(&'a Loads, PhantomData<V>);

impl<K, V> Find<K> for Table<'_, V>
where
    K: Serialize + Into<u64>,
    V: From<u32> + Clone + Serialize + serde::de::DeserializeOwned + Send + Sync + 'static,
{
    type Value = V;

    #[cached(skip(self))]
    async fn find(&self, key: K) -> Option<V> {
        (key.into() > 0).then(|| V::from(self.0.run()))
    }
}

#[tokio::test]
async fn a_generic_trait_of_a_generic_type() {
    let loads = Loads::default();
    let (numbers, large) = (Table::<u32>(&loads, PhantomData), Table::<u64>(&loads, PhantomData));
    assert_eq!((numbers.find(1_u8).await, numbers.find(1_u8).await), (Some(1), Some(1)));
    assert_eq!((numbers.find(1_u16).await, numbers.find(2_u8).await), (Some(2), Some(3)));
    assert_eq!((large.find(1_u8).await, large.find(1_u8).await), (Some(4), Some(4)));
    assert_eq!((numbers.find(0_u8).await, numbers.find(1_u8).await), (None, Some(1)));
}
