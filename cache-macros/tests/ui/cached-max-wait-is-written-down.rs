use cache_macros::cached;

#[cached(max_wait = WAIT)]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
