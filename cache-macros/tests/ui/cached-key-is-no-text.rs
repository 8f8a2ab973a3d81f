use cache_macros::cached;

#[cached(key("menu:{restaurant}", format!("{restaurant}")))]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
