use cache_macros::cached;

#[cached(ttl = 0)]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
