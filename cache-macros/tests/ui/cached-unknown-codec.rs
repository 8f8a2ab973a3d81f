use cache_macros::cached;

#[cached(codec = "mesagepack")]
async fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
