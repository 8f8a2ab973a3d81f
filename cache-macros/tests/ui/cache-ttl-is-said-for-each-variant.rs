use cache_macros::CacheTtl;

#[derive(CacheTtl)]
enum MyTtl {
    #[ttl("1m")]
    ApiResponse,
    StaticContent,
}

fn main() {}
