use cache_core::cached;

#[derive(serde::Serialize, serde::Deserialize)]
struct Menu;

#[cached]
async fn menu(restaurant: u64) -> Result<Menu, String> {
    Ok(Menu)
}

fn main() {}
