use cache_macros::cached;

#[cached(when = |restaurant| restaurant > 1)]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
