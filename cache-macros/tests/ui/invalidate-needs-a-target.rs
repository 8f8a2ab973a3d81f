use cache_macros::invalidate;

#[invalidate(on = "ok")]
async fn update(restaurant: u64) -> Result<u64, ()> {
    Ok(restaurant)
}

fn main() {}
