use cache_macros::cached;

#[cached(background)]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
