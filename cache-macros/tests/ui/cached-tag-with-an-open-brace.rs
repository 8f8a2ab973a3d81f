use cache_macros::cached;

#[cached(tags("restaurant:{restaurant"))]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
