use cache_macros::invalidate;

#[invalidate(type = "menu", wait = "globl")]
async fn update(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
