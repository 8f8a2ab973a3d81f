use cache_macros::cached;

#[cached(type = Kind::<u8>::MENU)]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
