use cache_macros::cached;

#[cached(skip(token), hashed(token))]
async fn session(token: String) -> u64 {
    token.len() as u64
}

fn main() {}
