use cache_macros::cached;

#[cached(ttl = 3_600_000_000)]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
