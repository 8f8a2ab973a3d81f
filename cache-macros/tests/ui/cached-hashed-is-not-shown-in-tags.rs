use cache_macros::cached;

#[cached(hashed(token), tags("session:{token}"))]
async fn session(token: String) -> u64 {
    token.len() as u64
}

fn main() {}
