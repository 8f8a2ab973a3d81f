use cache_macros::cached;

#[cached(negative_ttl = "30s")]
async fn menu(restaurant: u64) -> Result<Vec<u64>, Error> {
    Ok(vec![restaurant])
}

fn main() {}
