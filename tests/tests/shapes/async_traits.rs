//! Methods under `#[async_trait]`, which arrive as plain functions that return a boxed future.

use async_trait::async_trait;
use cache_core::{cached, invalidate};
use serde::Serialize;

use super::loads::{Failure, Loads};
use super::methods::Shop;

#[async_trait]
trait Repository: Sync {
    async fn find(&self, id: u32) -> Result<String, Failure>;
    async fn save(&self, id: u32, name: String) -> Result<(), Failure>;
    async fn take(self: Box<Self>, id: u32) -> u32;
    async fn change(&mut self, id: u32) -> u32;
    async fn unattached(loads: &Loads, id: u32) -> u32
    where
        Self: Sized;

    #[cached(skip(self))]
    async fn name(&self, id: u32) -> String {
        format!("{id} {}", self.loads().run())
    }

    fn loads(&self) -> &Loads;
}

#[async_trait]
impl Repository for Shop {
    #[cached(type = "repository", key(self.id, id))]
    async fn find(&self, id: u32) -> Result<String, Failure> {
        if id == 0 {
            return Err(Failure("zero".to_owned()));
        }
        let parsed: u32 = "3".parse()?;
        Ok(format!("{id} {parsed} {}", self.loads.run()))
    }

    #[invalidate(type = "repository")]
    #[invalidate(tags("shape-repository:{id}"))]
    async fn save(&self, id: u32, name: String) -> Result<(), Failure> {
        drop((id, name));
        Ok(())
    }

    #[cached(skip(self))]
    async fn take(self: Box<Self>, id: u32) -> u32 {
        id + self.loads.run() * 100
    }

    #[cached(skip(self))]
    async fn change(&mut self, id: u32) -> u32 {
        self.id += 1;
        id + self.loads.run() * 100
    }

    #[cached(skip(loads), key_fn = false)]
    async fn unattached(loads: &Loads, id: u32) -> u32 {
        id + loads.run() * 100
    }

    fn loads(&self) -> &Loads {
        &self.loads
    }
}

#[tokio::test]
async fn a_method_of_an_async_trait() {
    let shop = Shop::new(61);
    let repository: &dyn Repository = &shop;
    assert_eq!(repository.find(1).await.as_deref(), Ok("1 3 1"));
    assert_eq!(repository.find(1).await.as_deref(), Ok("1 3 1"));
    assert_eq!(repository.find(2).await.as_deref(), Ok("2 3 2"));
    assert!(repository.find(0).await.is_err());
    assert_eq!(repository.save(1, "x".to_owned()).await, Ok(()));
    assert_eq!(repository.find(1).await.as_deref(), Ok("1 3 3"));
}

#[tokio::test]
async fn a_default_method_of_an_async_trait() {
    let shop = Shop::new(62);
    let repository: &dyn Repository = &shop;
    assert_eq!((repository.name(1).await, repository.name(1).await), ("1 1".into(), "1 1".into()));
    assert_eq!(repository.name(2).await, "2 2");
}

#[tokio::test]
async fn a_boxed_receiver_of_an_async_trait() {
    let used: Box<dyn Repository> = Box::new(Shop::new(63));
    used.loads().run();
    assert_eq!((Box::new(Shop::new(63)).take(1).await, used.take(1).await), (101, 101));
    assert_eq!(Box::new(Shop::new(63)).take(2).await, 102);
}

#[tokio::test]
async fn a_mutable_receiver_of_an_async_trait() {
    let mut shop = Shop::new(1);
    assert_eq!((shop.change(1).await, shop.change(1).await, shop.change(2).await), (101, 101, 202));
    assert_eq!(shop.id, 3);
}

#[tokio::test]
async fn a_function_of_an_async_trait_without_a_receiver() {
    let loads = Loads::default();
    let call = |id| Shop::unattached(&loads, id);
    assert_eq!((call(1).await, call(1).await, call(2).await), (101, 101, 202));
}

#[async_trait]
trait Lookup<'q, K> {
    async fn lookup<'a, V>(&'a self, key: K, prefix: &'q str, values: &'a [V]) -> Option<String>
    where
        V: Serialize + Sync,
        K: 'async_trait;
}

struct Index<'i, const N: usize>(&'i Loads);

#[async_trait]
impl<'i: 'q, 'q, K, const N: usize> Lookup<'q, K> for Index<'i, N>
where
    K: Serialize + Send + Sync + ToString,
{
    #[cached(skip(self))]
    async fn lookup<'a, V>(&'a self, key: K, prefix: &'q str, values: &'a [V]) -> Option<String>
    where
        V: Serialize + Sync,
        K: 'async_trait,
    {
        Some(format!("{prefix}{}{N}{} {}", key.to_string(), values.len(), self.0.run()))
    }
}

#[tokio::test]
async fn an_async_trait_with_generics_and_lifetimes() {
    let loads = Loads::default();
    let (one, two) = (Index::<1>(&loads), Index::<2>(&loads));
    assert_eq!(one.lookup(7_u8, "a", &[1_u8]).await.as_deref(), Some("a711 1"));
    assert_eq!(one.lookup(7_u8, "a", &[1_u8]).await.as_deref(), Some("a711 1"));
    assert_eq!(one.lookup(7_u8, "b", &[1_u8]).await.as_deref(), Some("b711 2"));
    assert_eq!(one.lookup(7_u8, "a", &[2_u8]).await.as_deref(), Some("a711 3"));
    assert_eq!(two.lookup(7_u8, "a", &[1_u8]).await.as_deref(), Some("a721 4"));
}

#[async_trait(?Send)]
trait Local {
    async fn local(&self, id: u8) -> u32;
}

#[async_trait(?Send)]
impl Local for std::rc::Rc<Loads> {
    #[cached(skip(self))]
    async fn local(&self, id: u8) -> u32 {
        u32::from(id) + self.run() * 100
    }
}

#[tokio::test]
async fn an_async_trait_that_is_not_send() {
    let loads = std::rc::Rc::new(Loads::default());
    assert_eq!((loads.local(1).await, loads.local(1).await, loads.local(2).await), (101, 101, 202));
}
