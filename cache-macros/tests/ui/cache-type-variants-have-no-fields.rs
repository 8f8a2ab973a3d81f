use cache_macros::CacheType;

#[derive(CacheType)]
enum Kind {
    Menu { restaurant: u64 },
}

fn main() {}
