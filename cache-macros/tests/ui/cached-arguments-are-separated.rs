use cache_macros::cached;

#[cached(type = "menu" ttl = 60)]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
