use cache_macros::cached;

#[cached(key(restaurant + 1))]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
