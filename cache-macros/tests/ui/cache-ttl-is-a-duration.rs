use cache_macros::CacheTtl;

#[derive(CacheTtl)]
enum MyTtl {
    #[ttl("1y")]
    ApiResponse,
    #[ttl]
    StaticContent,
}

fn main() {}
