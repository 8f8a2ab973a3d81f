use cache_macros::cached;

#[cached("menu", 60)]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
