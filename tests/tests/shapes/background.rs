//! Functions whose old values a task reloads: whatever they take is cloned for it.

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use cache_core::cached;

use super::futures::BoxFuture;
use super::loads::{Failure, Loads};

struct Pair {
    left: String,
    right: String,
}

#[cached(skip(loads, pages), stale_while_revalidate("10m", background))]
async fn reloaded(
    loads: Arc<Loads>,
    mut pages: Range<u32>,
    (mut a, b): (u32, u32),
    Pair { left, right: mut other }: Pair,
    #[cfg(test)] c: u8,
    #[cfg(not(test))] c: Missing,
) -> Result<String, Failure> {
    a += b + u32::from(c);
    other.push_str(&left);
    let parsed: u32 = left.parse()?;
    if parsed == 0 {
        return Err(Failure(other));
    }
    Ok(format!("{a} {other} {:?} {}", pages.next(), loads.run()))
}

#[tokio::test]
async fn arguments_are_cloned_for_each_load() {
    let loads = Arc::new(Loads::default());
    let pair = |left: &str| Pair { left: left.to_owned(), right: "r".to_owned() };
    for _ in 0..2 {
        let text = reloaded(Arc::clone(&loads), 1..3, (1, 2), pair("7"), 3).await;
        assert_eq!(text.as_deref(), Ok("6 r7 Some(1) 1"));
    }
    assert!(reloaded(Arc::clone(&loads), 1..3, (1, 2), pair("x"), 3).await.is_err());
}

#[cached(background, stale_while_revalidate = 600, skip(loads, limit), unless = |number| *number > limit)]
fn plainly_reloaded(loads: Arc<Loads>, mut text: String, limit: u32) -> Result<u32, Failure> {
    text.push('1');
    Ok(text.parse::<u32>()? + loads.run())
}

#[test]
fn arguments_of_plain_functions_are_cloned() {
    let loads = Arc::new(Loads::default());
    assert_eq!(plainly_reloaded(Arc::clone(&loads), "1".to_owned(), 99), Ok(12));
    assert_eq!(plainly_reloaded(Arc::clone(&loads), "1".to_owned(), 99), Ok(12));
}

#[derive(Clone)]
struct Shop {
    loads: Arc<Loads>,
}

impl Shop {
    #[cached(skip(self), stale_while_revalidate("1m", background))]
    async fn price(self: Arc<Self>, item: u32) -> u32 {
        struct Inner(u32);
        impl Inner {
            fn get(&self) -> u32 {
                self.0
            }
        }
        let this = &self;
        Inner(item).get() + self.loads.run() * 10 + this.loads.run() * 100
    }

    #[cached(skip(self), stale_while_revalidate("1m", background))]
    fn plain_price(mut self, item: u32) -> u32 {
        self.loads = Arc::default();
        item + self.loads.run() * 10
    }

    #[cached(skip(self), stale_while_revalidate("1m", background))]
    fn boxed_price(self: Arc<Self>, item: u32) -> BoxFuture<'static, u32> {
        Box::pin(async move { item + self.loads.run() * 10 })
    }

    #[cached(skip(self), stale_while_revalidate("1m", background))]
    fn opaque_price(self: Arc<Self>, item: u32) -> impl Future<Output = u32> + Send {
        async move { item + self.loads.run() * 10 }
    }
}

#[async_trait]
trait Prices: Send + Sync + 'static {
    async fn listed(self: Arc<Self>, item: u32) -> Result<u32, Failure>;
}

#[async_trait]
impl Prices for Shop {
    #[cached(skip(self), stale_while_revalidate("1m", background))]
    async fn listed(self: Arc<Self>, item: u32) -> Result<u32, Failure> {
        Ok(item + self.loads.run() * 10)
    }
}

#[cached(skip(of), stale_while_revalidate("1m", background))]
async fn generic<T: ToString + Clone + Send + Sync + 'static>(of: T, item: u8) -> String {
    format!("{} {item}", of.to_string())
}

#[tokio::test]
async fn methods_are_given_to_a_task() {
    let shop = Arc::new(Shop { loads: Arc::default() });
    let sends = |future: BoxFuture<'static, u32>| future;
    assert_eq!(sends(Box::pin(Arc::clone(&shop).price(1))).await, 211);
    assert_eq!(Arc::clone(&shop).price(1).await, 211);
    assert_eq!((*shop).clone().plain_price(1), 11);
    assert_eq!(Arc::clone(&shop).boxed_price(1).await, 31);
    assert_eq!(Arc::clone(&shop).opaque_price(1).await, 41);
    assert_eq!(Arc::clone(&shop).listed(1).await, Ok(51));
    assert_eq!((generic('a', 1).await, generic('b', 1).await), ("a 1".to_owned(), "a 1".to_owned()));
}
