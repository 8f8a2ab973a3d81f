use cache_macros::invalidate;

#[invalidate(tags_from = |items| items.tags())]
async fn import(menu: u64) -> u64 {
    menu
}

fn main() {}
