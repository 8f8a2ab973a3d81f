use cache_macros::cached;

#[cached(unless = menu == 0)]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
