use cache_macros::cached;

#[cached(type = kind())]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
