use cache_macros::cached;

#[cached(skip("db"))]
async fn menu(db: &str, restaurant: u64) -> u64 {
    restaurant + db.len() as u64
}

fn main() {}
