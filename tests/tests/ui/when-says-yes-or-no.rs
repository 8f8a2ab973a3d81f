use cache_core::cached;

#[cached(when = restaurant)]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
