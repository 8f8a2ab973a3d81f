use cache_core::cached;

#[cached]
async fn menu(restaurant: u64) -> Result<String, std::num::ParseIntError> {
    let parsed: u64 = "1".parse()?;
    Ok(parsed + restaurant)
}

fn main() {}
