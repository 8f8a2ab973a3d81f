use cache_macros::cached;

#[cached(strict, tiers(memory))]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
