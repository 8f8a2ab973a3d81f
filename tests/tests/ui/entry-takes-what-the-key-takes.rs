use cache_core::{cached, invalidate};

#[cached]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

#[invalidate(entry(menu(restaurant, 1)))]
async fn update(restaurant: u64) {
    drop(restaurant);
}

fn main() {}
