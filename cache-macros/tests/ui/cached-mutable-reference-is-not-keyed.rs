use cache_macros::cached;

#[cached]
async fn menu(page: &mut u64) -> u64 {
    *page += 1;
    *page
}

fn main() {}
