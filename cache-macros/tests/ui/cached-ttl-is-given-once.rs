use cache_macros::cached;

#[cached(ttl = "1h", ttl_from = |menu| menu.ttl)]
async fn menu(restaurant: u64) -> Menu {
    Menu::new(restaurant)
}

fn main() {}
