use cache_macros::cached;

#[cached(skip(db), skip_all)]
async fn menu(db: &Db, restaurant: u64) -> u64 {
    restaurant + db.0
}

struct Db(u64);

fn main() {}
