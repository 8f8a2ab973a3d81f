use cache_macros::cached;

#[cached]
async fn menu(_: u64, page: u64) -> u64 {
    page
}

fn main() {}
