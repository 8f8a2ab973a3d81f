use cache_macros::cached;

#[cached(type = T::KIND)]
async fn menu<T: Copy>(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
