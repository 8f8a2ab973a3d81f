use cache_macros::cached;

#[cached]
struct Menu {
    pub pages: u64,
}

fn main() {}
