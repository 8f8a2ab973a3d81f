use cache_macros::invalidate;

#[invalidate(tags("restaurant:{resturant.id}"))]
async fn update(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
