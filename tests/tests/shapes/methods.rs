//! Methods with any receiver, and their companions.

use std::sync::Arc;

use cache_core::{cached, invalidate};

use super::futures::BoxFuture;
use super::loads::Loads;

pub(super) struct Shop {
    pub(super) id: u8,
    pub(super) loads: Loads,
}

impl Shop {
    pub(super) fn new(id: u8) -> Self {
        Self { id, loads: Loads::default() }
    }

    #[cached(key(self.id, item), key_fn, name = "shop_price")]
    async fn price(&self, item: u8) -> u32 {
        u32::from(self.id + item) + self.loads.run() * 100
    }

    #[cached(skip(self))]
    fn plain_price(&self, item: u8) -> u32 {
        u32::from(item) + self.loads.run() * 100
    }

    #[cached(key(self.id), key_fn)]
    async fn consumed(mut self) -> u32 {
        self.id += 1;
        u32::from(self.id)
    }

    #[cached(skip(self))]
    async fn boxed(self: Box<Self>, item: u8) -> u32 {
        u32::from(item) + self.loads.run() * 100
    }

    #[cached(skip(self))]
    async fn shared(self: Arc<Self>, item: u8) -> u32 {
        u32::from(item) + self.loads.run() * 100
    }

    #[cached(skip(self))]
    async fn exclusive(&mut self, item: u8) -> u32 {
        self.id += 1;
        u32::from(item) + self.loads.run() * 100
    }

    #[cached(skip(self))]
    fn later(&self, item: u8) -> BoxFuture<'_, u32> {
        Box::pin(async move { u32::from(item) + self.loads.run() * 100 })
    }

    #[cached]
    async fn associated(item: u8) -> Vec<u8> {
        vec![item; 2]
    }

    #[invalidate(entry(self.price(item)))]
    async fn set_price(&self, item: u8) {
        drop(item.to_string());
    }

    #[invalidate(entry(Self::associated(item), self.price(item)))]
    fn plain_set_price(&self, item: u8) -> u8 {
        self.id + item
    }
}

#[tokio::test]
async fn methods_with_any_receiver() {
    let mut shop = Shop::new(1);
    assert_eq!((shop.price(1).await, shop.price(1).await), (102, 102));
    assert_eq!((shop.plain_price(1), shop.plain_price(1)), (201, 201));
    assert_eq!((shop.exclusive(1).await, shop.exclusive(1).await, shop.id), (301, 301, 2));
    assert_eq!(Shop::new(2).price(1).await, 103);
    assert_eq!((shop.later(1).await, shop.later(1).await), (401, 401));
    assert_eq!(Box::new(Shop::new(1)).boxed(1).await, 101);
    assert_eq!(Arc::new(Shop::new(1)).shared(1).await, 101);
    assert_eq!((Shop::new(7).consumed().await, Shop::new(7).consumed().await), (8, 8));
    assert!(Shop::new(7).consumed_key().is_ok() && Shop::associated_key(1).is_ok());
    assert_eq!((Shop::associated(3).await, Shop::associated(3).await), (vec![3, 3], vec![3, 3]));
}

#[tokio::test]
async fn an_entry_is_invalidated_by_its_call() {
    let shop = Shop::new(50);
    assert_eq!((shop.price(1).await, shop.price(2).await), (151, 252));
    shop.set_price(1).await;
    assert_eq!((shop.price(1).await, shop.price(2).await), (351, 252));
    assert_eq!(shop.plain_set_price(2), 52);
    assert_eq!((shop.price(1).await, shop.price(2).await), (351, 452));
}
