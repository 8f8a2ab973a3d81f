use cache_macros::cached;

#[cached]
unsafe fn menu(restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
