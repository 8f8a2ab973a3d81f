use cache_core::{cached, invalidate};

struct Shop;

impl Shop {
    #[cached(skip(self))]
    async fn menu(&self, restaurant: u64) -> u64 {
        restaurant
    }

    #[invalidate(entry(self.menu(restaurant)))]
    async fn update(&self, restaurant: u64) {
        drop(restaurant);
    }
}

fn main() {}
