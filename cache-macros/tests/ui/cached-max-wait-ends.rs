use cache_macros::cached;

#[cached(max_wait = "never")]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
