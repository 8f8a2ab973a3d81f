//! A web service whose requests each belong to a tenant: a layer reads it, and cached functions keep tenants apart.
//!
//! ```console
//! $ cargo run --example requests
//! ```
//!
//! The requests are made here, so nothing listens on a port; `axum::serve(listener, app())` would serve the same.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Path;
use axum::http::Request;
use axum::http::request::Parts;
use axum::routing::{get, post};
use cache_core::context::{Context, ContextExt, ContextLayer};
use cache_core::{Cache, cached, invalidate, registry};
use tower::ServiceExt;

type Error = Box<dyn std::error::Error>;

#[cached(type = "menu", ttl = "1h", tenant_aware)]
async fn dish(id: u32) -> String {
    let tenant = Context::current();
    let tenant = tenant.tenant_id().unwrap_or("nobody");
    println!("  the database is asked for dish {id} of {tenant}");
    format!("dish {id} of {tenant}")
}

#[invalidate(type = "menu", tenant_aware)]
async fn rename(id: u32) -> String {
    format!("dish {id} has another name")
}

/// Both at once: a spawned task is handed the request's context.
async fn two_dishes(Path((one, other)): Path<(u32, u32)>) -> String {
    let other = tokio::spawn(dish(other).in_current_context());
    format!("{} and {}", dish(one).await, other.await.unwrap_or_default())
}

/// In earnest the tenant is what authentication found out, for example in `parts.extensions`.
fn context(parts: &Parts) -> Context {
    let tenant = parts.headers.get("x-tenant").and_then(|tenant| tenant.to_str().ok());
    Context::new().tenant(tenant.unwrap_or_default())
}

fn app() -> Router {
    Router::new()
        .route("/dish/{id}", get(async |Path(id)| dish(id).await))
        .route("/dish/{id}", post(async |Path(id)| rename(id).await))
        .route("/dishes/{one}/{other}", get(two_dishes))
        .layer(ContextLayer::new(context))
}

async fn send(app: &Router, method: &str, path: &str, tenant: &str) -> Result<String, Error> {
    let request = Request::builder().method(method).uri(path).header("x-tenant", tenant);
    let response = app.clone().oneshot(request.body(Body::empty())?).await?;
    let body = to_bytes(response.into_body(), 1000).await?;
    let answer = String::from_utf8_lossy(&body).into_owned();
    println!("{method} {path} by {tenant}: {answer}");
    Ok(answer)
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let cache = Cache::builder().memory_only().install().await?;
    for function in registry::functions() {
        println!("{:?}: {} at {}", function.role, function.path, function.location);
    }
    let app = app();
    send(&app, "GET", "/dish/1", "aurora").await?;
    send(&app, "GET", "/dish/1", "boreas").await?;
    send(&app, "GET", "/dishes/1/2", "aurora").await?;
    send(&app, "POST", "/dish/1", "aurora").await?;
    send(&app, "GET", "/dish/1", "aurora").await?;
    send(&app, "GET", "/dish/1", "boreas").await?;
    println!("{}", cache.stats().of("menu"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn tenants_are_kept_apart() -> Result<(), Error> {
        let (app, cache) = (app(), Cache::builder().memory_only().build()?);
        cache
            .scope(async {
                assert_eq!(send(&app, "GET", "/dish/1", "aurora").await?, "dish 1 of aurora");
                assert_eq!(
                    send(&app, "GET", "/dishes/1/2", "boreas").await?,
                    "dish 1 of boreas and dish 2 of boreas"
                );
                send(&app, "POST", "/dish/1", "aurora").await?;
                send(&app, "GET", "/dish/1", "aurora").await?;
                send(&app, "GET", "/dish/1", "boreas").await
            })
            .await?;
        assert_eq!((cache.stats().of("menu").loads, cache.stats().of("menu").hits), (4, 1));
        Ok(())
    }
}
