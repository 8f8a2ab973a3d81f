use cache_macros::cached;

#[cached]
fn menu(pages: u64) -> impl Iterator<Item = u64> {
    0..pages
}

fn main() {}
