use cache_core::cached;

struct Db;

#[cached]
async fn menu(db: &Db, restaurant: u64) -> u64 {
    restaurant
}

fn main() {}
