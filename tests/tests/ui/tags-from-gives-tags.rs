use cache_core::invalidate;

#[invalidate(type = "menu", tags_from = |id| [*id])]
async fn update(id: u64) -> u64 {
    id
}

fn main() {}
