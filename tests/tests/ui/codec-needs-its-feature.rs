use cache_core::cached;

#[cached(codec = "postcard")]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
