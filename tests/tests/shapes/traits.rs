//! Methods of traits, with and without `#[async_trait]`.

use async_trait::async_trait;
use cache_core::{cached, invalidate};

use super::loads::Failure;
use super::methods::Shop;

trait Greet {
    async fn greet(&self, name: &str) -> String;
    fn plain_greet(&self, name: &str) -> String;
    fn opaque_greet(&self, name: String) -> impl Future<Output = String> + Send;
}

impl Greet for Shop {
    #[cached(skip(self))]
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
}

#[tokio::test]
async fn methods_of_a_trait() {
    let shop = Shop::new(1);
    assert_eq!(
        (shop.greet("ann").await, shop.greet("ann").await),
        ("hello ann 1".into(), "hello ann 1".into())
    );
    assert_eq!((shop.plain_greet("ann"), shop.plain_greet("ann")), ("hi ann 2".into(), "hi ann 2".into()));
    assert_eq!(shop.opaque_greet("ann".into()).await, "hey ann 3");
    assert_eq!(shop.opaque_greet("ann".into()).await, "hey ann 3");
}

#[async_trait]
trait Repository: Sync {
    async fn find(&self, id: u32) -> Result<String, Failure>;
    async fn save(&self, id: u32, name: String) -> Result<(), Failure>;
    async fn plain_default(&self, id: u32) -> u32 {
        id
    }
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
    async fn save(&self, id: u32, name: String) -> Result<(), Failure> {
        drop((id, name));
        Ok(())
    }
}

#[tokio::test]
async fn methods_of_an_async_trait() {
    let shop = Shop::new(61);
    let repository: &dyn Repository = &shop;
    assert_eq!(repository.find(1).await.as_deref(), Ok("1 3 1"));
    assert_eq!(repository.find(1).await.as_deref(), Ok("1 3 1"));
    assert!(repository.find(0).await.is_err());
    assert_eq!(repository.save(1, "x".to_owned()).await, Ok(()));
    assert_eq!(repository.find(1).await.as_deref(), Ok("1 3 2"));
    assert_eq!(repository.plain_default(1).await, 1);
}
