use cache_macros::invalidate;

#[invalidate(type = "menu", ttl = 60)]
async fn update(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
