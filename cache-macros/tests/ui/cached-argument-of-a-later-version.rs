use cache_macros::cached;

#[cached(compress, encrypt)]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
