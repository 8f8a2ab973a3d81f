use cache_core::cached;

struct Token;

#[cached(hashed(token))]
async fn session(token: Token) -> u64 {
    1
}

fn main() {}
