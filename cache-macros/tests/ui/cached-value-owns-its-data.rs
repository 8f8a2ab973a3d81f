use cache_macros::cached;

#[cached]
fn menu(restaurant: &str) -> &str {
    restaurant
}

fn main() {}
