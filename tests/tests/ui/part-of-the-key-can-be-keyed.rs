use cache_core::{Unkeyed, cached};

struct Db;
impl Unkeyed for Db {}

#[cached(key(db))]
async fn menu(db: &Db) -> u64 {
    1
}

fn main() {}
