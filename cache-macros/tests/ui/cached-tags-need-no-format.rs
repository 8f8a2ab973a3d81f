use cache_macros::cached;

#[cached(tags = format!("item:{item}"))]
async fn item(item: u64) -> u64 {
    item
}

fn main() {}
