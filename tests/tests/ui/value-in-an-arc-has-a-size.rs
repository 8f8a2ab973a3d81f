use cache_core::cached;

use std::sync::Arc;

#[cached]
async fn menu(restaurant: u64) -> Result<Arc<str>, String> {
    Ok(restaurant.to_string().into())
}

fn main() {}
