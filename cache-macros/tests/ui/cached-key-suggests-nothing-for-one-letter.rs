use cache_macros::cached;

#[cached(key(c))]
async fn sum(a: u64, b: u64) -> u64 {
    a + b
}

fn main() {}
