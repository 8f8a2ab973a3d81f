use cache_macros::invalidate;

#[invalidate("menu")]
async fn update(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
