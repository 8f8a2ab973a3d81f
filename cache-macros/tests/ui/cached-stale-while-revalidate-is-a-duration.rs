use cache_macros::cached;

#[cached(stale_while_revalidate(background))]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
