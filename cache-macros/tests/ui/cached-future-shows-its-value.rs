use cache_macros::cached;

#[cached]
fn menu(restaurant: u64) -> MenuFuture {
    MenuFuture::new(restaurant)
}

fn main() {}
