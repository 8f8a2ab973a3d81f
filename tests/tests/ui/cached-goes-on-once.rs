use cache_core::cached;

#[cached(type = "menu")]
#[cached(ttl = 60)]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
