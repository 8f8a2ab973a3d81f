use cache_macros::cached;

#[cached]
async fn menu(restaurant: u64) {
    drop(restaurant.to_string());
}

fn main() {}
