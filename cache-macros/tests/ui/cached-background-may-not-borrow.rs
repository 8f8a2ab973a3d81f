use cache_macros::cached;

struct Db;
struct Shop;

impl Shop {
    #[cached(skip(self, _db), stale_while_revalidate("10m", background))]
    async fn menu(&self, _db: &Db, restaurant: u64) -> u64 {
        restaurant
    }
}

fn main() {}
