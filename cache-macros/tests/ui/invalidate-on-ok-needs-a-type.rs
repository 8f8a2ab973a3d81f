use cache_macros::invalidate;

#[invalidate(type = "menu", on = "ok")]
fn update(pages: u64) -> impl Iterator<Item = u64> {
    0..pages
}

fn main() {}
