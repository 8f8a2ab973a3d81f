use cache_core::cached;

#[cached(ttl_from = |menu| menu.len())]
async fn menu(restaurant: u64) -> Vec<u64> {
    vec![restaurant]
}

fn main() {}
