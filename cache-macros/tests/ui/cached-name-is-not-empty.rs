use cache_macros::cached;

#[cached(name = "")]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
