//! The static that holds what is known about a function before it is called.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Ident, Path};

use crate::expand::value::at;
use crate::model::cached::Cached;
use crate::model::who::Who;
use crate::parse::declared::{Declared, SingleFlight, Tiers};
use crate::parse::duration::Duration;

/// Emits `static __CACHED: Function = …;`.
pub(crate) fn declared(cached: &Cached) -> TokenStream {
    let root = &cached.root;
    let (ident, name, type_name) = (cached.function.name(), &cached.name, &cached.type_name);
    let new = quote! {
        #root::__private::Declared::new(#ident, #name, #type_name, #root::__private::location!())
    };
    let fields = fields(cached);
    let declared =
        if fields.is_empty() { new } else { quote!(#root::__private::Declared { #(#fields,)* ..#new }) };
    quote! {
        static __CACHED: #root::__private::Function = #root::__private::Function::new(#declared);
    }
}

/// The fields that differ from the defaults.
fn fields(cached: &Cached) -> Vec<TokenStream> {
    let root = &cached.root;
    let declared = &cached.declared;
    let time = |name: &str, millis: Option<u64>| millis.map(|millis| some(name, &window(millis)));
    let Declared { version, jitter, max_loads, strict, tiers, single_flight, .. } = declared;
    let fields = [
        version.map(|version| quote!(version: #version)),
        declared.ttl.as_ref().and_then(|(_, it)| ttl(root, it)).map(|it| some("ttl", &it)),
        aware(root, &cached.identity.tenant).map(|awareness| quote!(tenant: #awareness)),
        aware(root, &cached.identity.user).map(|awareness| quote!(user: #awareness)),
        time("stale_while_revalidate", declared.stale_while_revalidate),
        time("stale_if_error", declared.stale_if_error),
        jitter.map(|share| some("jitter", &share)),
        keeps_none(declared).then(|| quote!(cache_none: true)),
        negative_ttl(root, declared).map(|it| some("negative_ttl", &it)),
        tiers.map(|tiers| self::tiers(root, tiers)),
        strict.is_some().then(|| quote!(strict: true)),
        codec(root, declared).map(|it| some("codec", &it)),
        single_flight.map(|flight| self::single_flight(root, flight)),
        time("max_wait", declared.max_wait),
        max_loads.map(|loads| some("max_loads", &loads)),
    ];
    fields.into_iter().flatten().collect()
}

fn some(field: &str, value: &impl ToTokens) -> TokenStream {
    let name = Ident::new(field, Span::mixed_site());
    quote!(#name: ::core::option::Option::Some(#value))
}

/// A length of time.
pub(crate) fn window(millis: u64) -> TokenStream {
    quote!(::core::time::Duration::from_millis(#millis))
}

/// A time to live that is known.
pub(crate) fn ttl(root: &Path, ttl: &Duration) -> Option<TokenStream> {
    match ttl {
        Duration::Never => Some(quote!(#root::__private::Ttl::NEVER)),
        Duration::Millis(millis) => Some(quote!(#root::__private::Ttl::from_millis(#millis))),
        Duration::Computed(_) => None,
    }
}

/// How long "there is none" lives.
pub(crate) fn negative_ttl(root: &Path, declared: &Declared) -> Option<TokenStream> {
    declared.negative_ttl.as_ref().and_then(|(_, it)| ttl(root, it))
}

/// Whether "there is none" is kept.
fn keeps_none(declared: &Declared) -> bool {
    declared.cache_none.is_some() || declared.negative_ttl.is_some()
}

/// A constant of the runtime, which has one for each codec that its features make available.
pub(crate) fn codec(root: &Path, declared: &Declared) -> Option<TokenStream> {
    let (constant, span) = declared.codec?;
    let constant = Ident::new(constant, span);
    Some(quote_spanned!(at(span)=> #root::__private::codec::#constant))
}

fn aware(root: &Path, who: &Who) -> Option<TokenStream> {
    (!matches!(who, Who::Anyone)).then(|| awareness(root, who))
}

/// Where the tenant or the user comes from.
pub(crate) fn awareness(root: &Path, who: &Who) -> TokenStream {
    let awareness = match who {
        Who::Anyone => quote!(No),
        Who::Context => quote!(Context),
        Who::Argument(_) => quote!(Argument),
    };
    quote!(#root::__private::Awareness::#awareness)
}

fn tiers(root: &Path, tiers: Tiers) -> TokenStream {
    let tiers = match (tiers.memory, tiers.redis) {
        (true, false) => quote!(MEMORY),
        (false, true) => quote!(REDIS),
        _ => quote!(BOTH),
    };
    quote!(tiers: #root::__private::Tiers::#tiers)
}

fn single_flight(root: &Path, flight: SingleFlight) -> TokenStream {
    let flight = match flight {
        SingleFlight::Fleet => quote!(Fleet),
        SingleFlight::Process => quote!(Process),
        SingleFlight::Off => quote!(Off),
    };
    quote!(single_flight: #root::__private::SingleFlight::#flight)
}
