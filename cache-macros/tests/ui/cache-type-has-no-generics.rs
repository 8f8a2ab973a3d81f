use cache_macros::CacheType;

#[derive(CacheType)]
enum Kind<const N: usize> {
    Menu,
}

fn main() {}
