use cache_core::{CacheType, cached};

#[derive(CacheType)]
enum Kind {
    Menu,
}

#[cached(type = Kind::Menuu)]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
