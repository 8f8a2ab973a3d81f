use cache_macros::cached;

#[cached(version = "2")]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
