use cache_macros::cached;

#[cached(skip(db))]
async fn menu(db: &Db, restaurant: u64) -> Result<Option<&Menu>, Error> {
    db.menu(restaurant)
}

fn main() {}
