use cache_macros::cached;

struct Shop;

impl Shop {
    #[cached]
    async fn menu(&mut self, restaurant: u64) -> u64 {
        restaurant
    }
}

fn main() {}
