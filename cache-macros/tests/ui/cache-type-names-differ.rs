use cache_macros::CacheType;

#[derive(CacheType)]
enum Kind {
    Menu,
    #[cache(name = "menu")]
    Card,
}

fn main() {}
