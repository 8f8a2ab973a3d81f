use cache_macros::cached;

#[cached]
async fn page<'a>(text: &'a str) -> Page<'a> {
    Page(text)
}

fn main() {}
