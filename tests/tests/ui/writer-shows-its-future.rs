use cache_core::invalidate;

type Later<T> = std::pin::Pin<Box<dyn Future<Output = T> + Send>>;

#[invalidate(type = "menu")]
fn rename(restaurant: u64) -> Later<u64> {
    Box::pin(async move { restaurant })
}

fn main() {}
