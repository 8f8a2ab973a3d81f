use std::path::Path;

use proc_macro2::TokenStream;

use crate::attribute;

type Attribute = fn(TokenStream, TokenStream) -> TokenStream;

/// Compares what an attribute makes of a function with `snapshots/<name>.rs`; with `UPDATE_SNAPSHOTS` set it
/// writes that file instead.
#[track_caller]
fn check(name: &str, attribute: Attribute, arguments: &str, item: &str) {
    let tokens = |text: &str| text.parse::<TokenStream>().expect("the case consists of tokens");
    let file =
        syn::parse2(attribute(tokens(arguments), tokens(item))).expect("what is emitted consists of items");
    let emitted = prettyplease::unparse(&file);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/attribute/snapshots/{name}.rs"));
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &emitted).expect("the snapshot can be written");
    }
    let expected = std::fs::read_to_string(&path).expect("there is a snapshot; UPDATE_SNAPSHOTS writes it");
    assert_eq!(emitted, expected, "{name}");
}

#[test]
fn a_typical_function() {
    check(
        "typical",
        attribute::cached,
        "type = \"menu\", ttl = \"1h\", tenant_aware, skip(db)",
        "/// Reads a page.
        pub async fn get_menu_items(db: &Db, restaurant_id: u64, page: u32) -> Result<Vec<MenuItem>, DbError> {
            let rows = db.rows(restaurant_id, page).await?;
            rows.into_iter().map(MenuItem::read).collect()
        }",
    );
}

#[test]
fn a_plain_function_with_every_argument() {
    check(
        "every_argument",
        attribute::cached,
        "type = Kind::Menu, ttl = ttl_of(r#type), tenant = account.tenant, user = account.id(), version = 2, strict,
         name = \"of\", tiers(redis), max_wait = \"2s\", cache = CACHE, crate = renamed, hashed(token), jitter = 0.1,
         stale_while_revalidate = \"10m\", stale_if_error = \"1h\", weight = |text| text.len(), negative_ttl = \"30s\",
         when = r#type > 0, unless = |text| text.is_empty(), codec = \"bincode\", single_flight = \"process\",
         max_loads = 64, tags(\"all\", \"{r#type}:{account.id}%\")",
        "fn of_type(account: &Account, r#type: u8, token: &str) -> Option<String> { None }",
    );
}

#[test]
fn a_generic_function() {
    check(
        "generic",
        attribute::cached,
        "key(number, items.len() as count, extra), tiers(memory)",
        "async fn count<'a, T: Entity<D>, D: Database, const N: usize>(
            db: &'a D,
            Page { number, .. }: Page,
            mut items: [T; N],
            #[cfg(test)] extra: impl Display,
        ) -> usize where T: 'a, D: Send { N }",
    );
}

#[test]
fn a_method_that_reloads_in_the_background() {
    check(
        "background",
        attribute::cached,
        "skip(self), stale_while_revalidate(\"10m\", background), unless = |pages| pages.is_empty()",
        "async fn menu(self: Arc<Self>, mut pages: Range<u32>) -> Result<Vec<Page>, E> {
            self.pages(pages.by_ref()).await
        }",
    );
}

#[test]
fn a_method_of_an_async_trait() {
    check(
        "async_trait",
        attribute::cached,
        "key(self.id, id)",
        "fn find<'life0, 'async_trait>(&'life0 self, id: u32)
            -> ::core::pin::Pin<Box<dyn ::core::future::Future<Output = Result<String, E>> + Send + 'async_trait>>
        where 'life0: 'async_trait, Self: 'async_trait
        {
            Box::pin(async move { let __self = self; Ok(__self.name(id)) })
        }",
    );
}

#[test]
fn a_writer() {
    check(
        "writer",
        attribute::invalidate,
        "type = \"menu\", tenant_aware, user = item.owner, tags(\"item:{item.id}\"), on = \"ok\",
         entry(get_menu_items(restaurant_id, 1), self.page::<T>(1))",
        "pub async fn update(&self, restaurant_id: u64, item: Item) -> Result<Item, DbError> { Ok(item) }",
    );
}

#[test]
fn a_writer_with_tags_from_its_result() {
    check(
        "late_writer",
        attribute::invalidate,
        "type = \"menu\", tags_from = |items| { items.iter().map(Item::tag) }, wait = \"global\"",
        "async fn import(menu: Menu) -> Vec<Item> { menu.read() }",
    );
}

#[test]
fn a_plain_writer_without_a_type() {
    check(
        "plain_writer",
        attribute::invalidate,
        "tenant = tenant, on = |left| *left == 0",
        "fn log_out(tenant: &str) -> impl Iterator<Item = u8> { [].into_iter() }",
    );
}
