use cache_macros::cached;

#[cached(tiers(memroy))]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
