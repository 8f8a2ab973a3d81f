use cache_macros::cached;

struct Shop;

#[cached]
impl Shop {}

fn main() {}
