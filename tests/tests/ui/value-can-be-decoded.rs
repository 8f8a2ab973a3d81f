use cache_core::cached;

#[derive(Clone, serde::Serialize)]
struct Menu;

#[cached]
fn menu(restaurant: u64) -> Result<Menu, String> {
    Ok(Menu)
}

fn main() {}
