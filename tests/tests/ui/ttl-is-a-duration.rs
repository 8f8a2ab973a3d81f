use cache_core::cached;

#[cached(ttl = 1.5 * 60.0)]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
