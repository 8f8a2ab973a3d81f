use cache_macros::cached;

struct Shop;

impl Shop {
    #[cached]
    async fn menu(&self, page: u64) -> u64 {
        page
    }
}

fn main() {}
