use cache_macros::cached;

#[cached(jitter = 10)]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
