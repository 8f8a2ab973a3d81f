use cache_macros::invalidate;

#[invalidate(type = "menu")]
fn update(restaurant: u64) -> Box<dyn Future<Output = u64> + Unpin> {
    Box::new(std::future::ready(restaurant))
}

fn main() {}
