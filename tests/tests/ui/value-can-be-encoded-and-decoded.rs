use cache_core::cached;

#[derive(Clone)]
struct Menu;

#[cached]
async fn menu(restaurant: u64) -> Option<Menu> {
    Some(Menu)
}

fn main() {}
