//! Methods with any receiver, and their companions.

use std::pin::{Pin, pin};
use std::rc::Rc;
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
        u32::from(self.id) + self.loads.run() * 100
    }

    #[cached(skip(self))]
    fn plainly_consumed(self, item: u8) -> u32 {
        u32::from(item) + self.loads.run() * 100
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
    async fn shared_by_reference(self: &Arc<Self>, item: u8) -> u32 {
        u32::from(item) + self.loads.run() * 100
    }

    #[cached(key(self.id, item))]
    fn counted(self: Rc<Self>, item: u8) -> u32 {
        u32::from(item) + self.loads.run() * 100
    }

    #[cached(skip(self))]
    async fn pinned(self: Pin<&mut Self>, item: u8) -> u32 {
        u32::from(item) + self.loads.run() * 100
    }

    #[cached(skip(self))]
    async fn exclusive(&mut self, item: u8) -> u32 {
        self.id += 1;
        u32::from(item) + self.loads.run() * 100
    }

    #[cached(skip(self))]
    fn plainly_exclusive(&mut self, item: u8) -> u32 {
        self.id += 1;
        u32::from(item) + self.loads.run() * 100
    }

    #[cached(skip(self))]
    fn later(&self, item: u8) -> BoxFuture<'_, u32> {
        Box::pin(async move { u32::from(item) + self.loads.run() * 100 })
    }

    #[cached(skip(loads))]
    async fn associated(loads: &Loads, item: u8) -> Vec<u32> {
        vec![loads.run(); usize::from(item)]
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
async fn a_method_by_reference() {
    let shop = Shop::new(1);
    assert_eq!((shop.price(1).await, shop.price(1).await, shop.price(2).await), (102, 102, 203));
    assert_eq!(Shop::new(2).price(1).await, 103);
}

#[test]
fn a_plain_method() {
    let shop = Shop::new(1);
    assert_eq!((shop.plain_price(1), shop.plain_price(1), shop.plain_price(2)), (101, 101, 202));
}

#[tokio::test]
async fn a_method_by_value() {
    assert_eq!((Shop::new(7).consumed().await, Shop::new(8).consumed().await), (108, 109));
    let shop = Shop::new(7);
    shop.loads.run();
    assert_eq!(shop.consumed().await, 108);
    assert!(Shop::new(7).consumed_key().is_ok());
}

#[test]
fn a_plain_method_by_value() {
    let used = || {
        let shop = Shop::new(1);
        shop.loads.run();
        shop
    };
    assert_eq!((Shop::new(1).plainly_consumed(1), used().plainly_consumed(1)), (101, 101));
    assert_eq!(used().plainly_consumed(2), 202);
}

#[tokio::test]
async fn a_boxed_receiver() {
    let used = || {
        let shop = Box::new(Shop::new(1));
        shop.loads.run();
        shop
    };
    assert_eq!((Box::new(Shop::new(1)).boxed(1).await, used().boxed(1).await), (101, 101));
    assert_eq!(used().boxed(2).await, 202);
}

#[tokio::test]
async fn a_shared_receiver() {
    let shop = Arc::new(Shop::new(1));
    let call = |item| Arc::clone(&shop).shared(item);
    assert_eq!((call(1).await, call(1).await, call(2).await), (101, 101, 202));
}

#[tokio::test]
async fn a_reference_to_a_shared_receiver() {
    let shop = Arc::new(Shop::new(1));
    assert_eq!((shop.shared_by_reference(1).await, shop.shared_by_reference(1).await), (101, 101));
    assert_eq!(shop.shared_by_reference(2).await, 202);
}

#[test]
fn a_receiver_that_is_not_send() {
    let shop = Rc::new(Shop::new(1));
    let call = |item| Rc::clone(&shop).counted(item);
    assert_eq!((call(1), call(1), call(2)), (101, 101, 202));
}

#[tokio::test]
async fn a_pinned_receiver() {
    let mut shop = pin!(Shop::new(1));
    assert_eq!((shop.as_mut().pinned(1).await, shop.as_mut().pinned(1).await), (101, 101));
    assert_eq!(shop.as_mut().pinned(2).await, 202);
}

#[tokio::test]
async fn a_method_by_mutable_reference() {
    let mut shop = Shop::new(1);
    assert_eq!((shop.exclusive(1).await, shop.exclusive(1).await, shop.id), (101, 101, 2));
    assert_eq!((shop.exclusive(2).await, shop.id), (202, 3));
}

#[test]
fn a_plain_method_by_mutable_reference() {
    let mut shop = Shop::new(1);
    assert_eq!((shop.plainly_exclusive(1), shop.plainly_exclusive(1), shop.id), (101, 101, 2));
    assert_eq!((shop.plainly_exclusive(2), shop.id), (202, 3));
}

#[tokio::test]
async fn a_method_that_returns_a_future() {
    let shop = Shop::new(1);
    assert_eq!((shop.later(1).await, shop.later(1).await, shop.later(2).await), (101, 101, 202));
}

#[tokio::test]
async fn an_associated_function() {
    let loads = Loads::default();
    assert_eq!(Shop::associated(&loads, 3).await, [1, 1, 1]);
    assert_eq!((Shop::associated(&loads, 3).await, Shop::associated(&loads, 1).await), (vec![1; 3], vec![2]));
    assert!(Shop::associated_key(1).is_ok());
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
