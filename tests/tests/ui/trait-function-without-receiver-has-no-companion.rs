use cache_core::cached;

trait Menus {
    async fn menu(restaurant: u64) -> u64;
}

struct Shop;

impl Menus for Shop {
    #[cached]
    async fn menu(restaurant: u64) -> u64 {
        restaurant
    }
}

fn main() {}
