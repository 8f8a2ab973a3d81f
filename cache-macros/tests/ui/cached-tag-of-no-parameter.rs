use cache_macros::cached;

#[cached(tags("menus", "restaurant:{id}"))]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
