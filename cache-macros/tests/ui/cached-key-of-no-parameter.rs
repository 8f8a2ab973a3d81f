use cache_macros::cached;

#[cached(key(resturant.id))]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
