use cache_core::cached;

#[cached(weight = |menu| menu.len() as u32, tiers(memory))]
fn menu(restaurant: u64) -> Vec<u64> {
    vec![restaurant]
}

fn main() {}
