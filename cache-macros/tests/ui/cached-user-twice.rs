use cache_macros::cached;

#[cached(user = restaurant, user_aware)]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
