use cache_macros::CacheType;

#[derive(CacheType)]
#[cache(default_tll = "5m")]
enum Kind {
    #[cache(tenant_awar, encrypt, max_bytes = "100Mb", ttl = "1 h")]
    Menu,
}

fn main() {}
