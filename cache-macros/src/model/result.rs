//! What a function returns, and whether it is a future in disguise.

use syn::{
    AngleBracketedGenericArguments, GenericArgument, PathArguments, PathSegment, ReturnType, Type,
    TypeParamBound, parse_quote,
};

/// How a function comes to its value.
pub(crate) enum Shape {
    /// A plain function.
    Sync,
    /// An `async fn`.
    Async,
    /// A plain function that returns a boxed future of this type, as `#[async_trait]` makes them.
    Boxed(Box<Type>),
    /// A plain function that returns `impl Future`.
    Opaque,
}

/// Returns the shape of a function and the type of its value.
pub(crate) fn shape(asynchronous: bool, output: &ReturnType) -> (Shape, Type) {
    let ReturnType::Type(_, ty) = output else {
        return (if asynchronous { Shape::Async } else { Shape::Sync }, parse_quote!(()));
    };
    if asynchronous {
        return (Shape::Async, (**ty).clone());
    }
    if let Some(value) = boxed(ty) {
        return (Shape::Boxed(ty.clone()), value);
    }
    match opaque(ty) {
        Some(value) => (Shape::Opaque, value),
        None => (Shape::Sync, (**ty).clone()),
    }
}

/// Whether a type that is taken for a value looks like a future whose output's type is out of sight.
pub(crate) fn is_disguised(shape: &Shape, value: &Type) -> bool {
    let future = |bound: &TypeParamBound| match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last().is_some_and(is_future),
        _ => false,
    };
    let is_future_object = |ty: &Type| match bare(ty) {
        Type::TraitObject(object) => object.bounds.iter().any(future),
        _ => false,
    };
    match (shape, bare(value)) {
        (Shape::Sync, Type::ImplTrait(implementor)) => implementor.bounds.iter().any(future),
        (Shape::Sync, Type::Path(path)) => {
            path.path.segments.last().is_some_and(|last| {
                is_future(last) || last.ident == "Box" && types(last).any(is_future_object)
            })
        }
        _ => false,
    }
}

fn is_future(segment: &PathSegment) -> bool {
    let name = segment.ident.to_string();
    name.ends_with("Future") || name.ends_with("Fut")
}

/// The type inside parentheses and the invisible groups of `macro_rules!`.
pub(crate) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare(&group.elem),
        Type::Paren(paren) => bare(&paren.elem),
        ty => ty,
    }
}

/// `Pin<Box<dyn Future<Output = R> + …>>`, `BoxFuture<'_, R>` or `LocalBoxFuture<'_, R>`.
fn boxed(ty: &Type) -> Option<Type> {
    let last = last_segment(ty)?;
    if last.ident == "BoxFuture" || last.ident == "LocalBoxFuture" {
        return types(last).last().cloned();
    }
    let pinned = (last.ident == "Pin").then(|| types(last).next()).flatten().and_then(last_segment)?;
    match bare((pinned.ident == "Box").then(|| types(pinned).next()).flatten()?) {
        Type::TraitObject(object) => object.bounds.iter().find_map(future),
        _ => None,
    }
}

fn opaque(ty: &Type) -> Option<Type> {
    match bare(ty) {
        Type::ImplTrait(implementor) => implementor.bounds.iter().find_map(future),
        _ => None,
    }
}

/// The `R` of `Future<Output = R>`.
fn future(bound: &TypeParamBound) -> Option<Type> {
    let TypeParamBound::Trait(bound) = bound else { return None };
    let last = bound.path.segments.last().filter(|last| last.ident == "Future")?;
    arguments(last)?.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(assoc) if assoc.ident == "Output" => Some(assoc.ty.clone()),
        _ => None,
    })
}

fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match bare(ty) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// The types among a path segment's arguments.
pub(crate) fn types(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    arguments(segment).into_iter().flat_map(|arguments| &arguments.args).filter_map(|argument| match argument
    {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn arguments(segment: &PathSegment) -> Option<&AngleBracketedGenericArguments> {
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(arguments),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;
    use syn::parse_str;

    use super::*;

    #[track_caller]
    fn check(output: &str, expected: &str) {
        let (shape, value) = shape(false, &parse_str(output).expect("the case is a return type"));
        let shape = match shape {
            Shape::Sync => "sync",
            Shape::Async => "async",
            Shape::Boxed(_) => "boxed",
            Shape::Opaque => "opaque",
        };
        assert_eq!(format!("{shape} {}", value.to_token_stream()), expected);
    }

    #[test]
    fn recognises_what_hides_a_future() {
        let disguised = |output| {
            let (shape, value) = shape(false, &parse_str(output).expect("the case is a return type"));
            is_disguised(&shape, &value)
        };
        for output in [
            "-> MenuFuture<'_>",
            "-> BoxFuture",
            "-> types::Fut",
            "-> Box<dyn Future<Output = u8> + Unpin>",
            "-> impl Future",
        ] {
            assert!(disguised(output), "{output}");
        }
        for output in
            ["-> u8", "-> BoxFuture<'_, u8>", "-> FutureContract", "-> Vec<Future>", "-> Box<dyn Any>"]
        {
            assert!(!disguised(output), "{output}");
        }
    }

    #[test]
    fn recognises_futures() {
        check("-> u8", "sync u8");
        check("", "sync ()");
        check("-> Pin<Box<u8>>", "sync Pin < Box < u8 > >");
        check("-> Pin<Box<dyn Future<Output = u8> + Send + 'a>>", "boxed u8");
        check("-> ::core::pin::Pin<Box<dyn ::core::future::Future<Output = u8>>>", "boxed u8");
        check("-> BoxFuture<'_, u8>", "boxed u8");
        check("-> futures::future::LocalBoxFuture<'a, u8>", "boxed u8");
        check("-> impl Future<Output = u8> + Send", "opaque u8");
        check("-> impl Stream<Item = u8>", "sync impl Stream < Item = u8 >");
    }
}
