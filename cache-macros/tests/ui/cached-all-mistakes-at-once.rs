use cache_macros::cached;

#[cached(tll = 60, name = 3, skip(bd))]
const fn menu(db: &Db) -> &Db {
    db
}

struct Db;

fn main() {}
