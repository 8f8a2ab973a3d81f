use cache_core::cached;

struct Menu;

#[cached(type = Menu)]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
