use cache_macros::cached;

#[cached(key(page, restaurant + 1 as page))]
async fn menu(restaurant: u64, page: u64) -> u64 {
    restaurant + page
}

fn main() {}
