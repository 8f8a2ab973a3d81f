use cache_macros::invalidate;

#[invalidate(type = "menu", crash_safe)]
async fn update(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
