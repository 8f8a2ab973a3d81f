use cache_core::cached;

#[cached(cache = "menus")]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
