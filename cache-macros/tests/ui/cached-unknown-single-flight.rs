use cache_macros::cached;

#[cached(single_flight = "none")]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
