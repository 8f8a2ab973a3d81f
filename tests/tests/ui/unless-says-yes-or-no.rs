use cache_core::cached;

#[cached(unless = |menu| menu.len())]
async fn menu(restaurant: u64) -> Vec<u64> {
    vec![restaurant]
}

fn main() {}
