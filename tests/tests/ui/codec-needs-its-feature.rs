use cache_core::cached;

#[cached(codec = "json")]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
