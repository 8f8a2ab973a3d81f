use cache_core::cached;

struct Item {
    id: u64,
}

#[cached(key(item.id), tags("item:{item}"))]
async fn item(item: Item) -> u64 {
    item.id
}

fn main() {}
