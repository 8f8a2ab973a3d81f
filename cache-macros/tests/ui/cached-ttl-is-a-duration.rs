use cache_macros::cached;

#[cached(ttl = "1 hour")]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
