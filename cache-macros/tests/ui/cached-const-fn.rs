use cache_macros::cached;

#[cached]
const fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
