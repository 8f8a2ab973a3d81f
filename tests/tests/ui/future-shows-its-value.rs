use cache_core::cached;

type Later<T> = std::pin::Pin<Box<dyn Future<Output = T> + Send>>;

#[cached]
fn menu(restaurant: u64) -> Later<u64> {
    Box::pin(async move { restaurant })
}

fn main() {}
