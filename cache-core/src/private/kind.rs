//! Whether values can leave the process.
#![expect(private_interfaces, reason = "generated code names these traits, and only the engine calls them")]

use std::sync::Arc;
use std::time::Duration;

use crate::cache::{Refusal, Request};
use crate::error::{Error, ErrorKind};
use crate::private::demand::{Decodes, Encodes, Shares};
use crate::private::guarded::guarded;
use crate::private::returns::Found;
use crate::protocol::Lives;
use crate::store::{Body, Shared};
use crate::ttl::Ttl;
use crate::value::codec::Codec;
use crate::value::envelope::{Fields, Writer, open_slice, seal_rest};
use crate::value::kind::AnyCodec;

/// How values of a type are put into bodies and taken out.
pub trait Kind<T>: Copy + Send + Sync {
    /// Whether values stay in this process.
    const MEMORY: bool;

    #[doc(hidden)]
    fn pack(
        &self,
        request: &Request,
        value: &T,
        prefix: &[u8; 12],
        load: Duration,
        lives: Lives,
    ) -> Result<Body, Error>;
    /// The body of an entry that says that there is none.
    #[doc(hidden)]
    fn pack_absent(
        &self,
        request: &Request,
        prefix: &[u8; 12],
        load: Duration,
        lives: Lives,
    ) -> Result<Body, Error> {
        seal_rest(prefix, &fields(request, request.codec, 0, load, lives), &[]).map(Body::Encoded)
    }

    #[doc(hidden)]
    fn unpack(&self, request: &Request, prefix: &[u8; 12], body: &Body) -> Result<Found<T>, Refusal>;
    #[doc(hidden)]
    fn weigh(&self, request: &Request, value: &T) -> usize;

    /// Whether a value is stored.
    #[doc(hidden)]
    fn is_stored(&self, _: &T) -> bool {
        true
    }

    /// How long a value lives, if it says so itself.
    #[doc(hidden)]
    fn ttl(&self, _: &T) -> Option<Ttl> {
        None
    }

    /// Whether values say themselves how long they live.
    #[doc(hidden)]
    fn chooses_ttl(&self) -> bool {
        false
    }
}

/// Values are encoded for the store that processes share.
#[derive(Clone, Copy, Debug)]
pub struct Encoded;

/// Values stay in this process as they are, and need no serde.
#[derive(Clone, Copy, Debug)]
pub struct InMemory;

impl<T: Encodes + Decodes + Shares + 'static> Kind<T> for Encoded {
    const MEMORY: bool = false;

    fn pack(
        &self,
        request: &Request,
        value: &T,
        prefix: &[u8; 12],
        load: Duration,
        lives: Lives,
    ) -> Result<Body, Error> {
        let codec = request.codec;
        let payload = guarded("encoding", || codec.encode(value))?;
        seal_rest(prefix, &fields(request, codec, payload.len(), load, lives), &payload).map(Body::Encoded)
    }

    fn unpack(&self, request: &Request, prefix: &[u8; 12], body: &Body) -> Result<Found<T>, Refusal> {
        let rest = match body {
            Body::Shared(shared) => return downcast(shared),
            Body::Encoded(rest) => rest,
        };
        let undecodable = |error: Error| {
            tracing::debug!(target: "cache", %error, key = request.names.entry(), "an entry can't be decoded");
            Refusal::Undecodable
        };
        let (fields, payload) = open_slice(prefix, rest).map_err(undecodable)?;
        if fields.schema != request.schema {
            return Err(Refusal::OtherSchema { started_ms: fields.writer.started_ms });
        }
        let codec = AnyCodec::from_id(fields.codec).map_err(undecodable)?;
        guarded("decoding", || codec.decode(payload)).map(Found::Owned).map_err(undecodable)
    }

    fn weigh(&self, request: &Request, value: &T) -> usize {
        match guarded("encoding", || request.codec.encode(value)) {
            Ok(bytes) => bytes.len(),
            // Without a codec nothing tells how large a value is; what a codec refuses is too large to keep.
            Err(error) if error.kind() == ErrorKind::Config => size_of::<T>(),
            Err(_) => usize::MAX / 2,
        }
    }
}

impl<T: Shares + 'static> Kind<T> for InMemory {
    const MEMORY: bool = true;

    fn pack(&self, _: &Request, _: &T, _: &[u8; 12], _: Duration, _: Lives) -> Result<Body, Error> {
        let message = "a value that stays in the process is never encoded";
        Err(Error::new(ErrorKind::Unexpected, message))
    }

    fn unpack(&self, _: &Request, _: &[u8; 12], body: &Body) -> Result<Found<T>, Refusal> {
        match body {
            Body::Shared(shared) => downcast(shared),
            Body::Encoded(_) => Err(Refusal::Undecodable),
        }
    }

    fn weigh(&self, _: &Request, _: &T) -> usize {
        size_of::<T>()
    }
}

fn downcast<T: Send + Sync + 'static>(shared: &Shared) -> Result<Found<T>, Refusal> {
    Arc::downcast(shared.value.clone()).map(Found::Shared).map_err(|_| Refusal::Undecodable)
}

fn fields(request: &Request, codec: AnyCodec, len: usize, load: Duration, lives: Lives) -> Fields {
    let millis = |life: Duration| u64::try_from(life.as_millis()).unwrap_or(u64::MAX);
    Fields {
        codec: codec.id(),
        compression: 0,
        seal_key: 0,
        soft_ms: millis(lives.fresh),
        hard_ms: millis(lives.longest()),
        load_ms: u32::try_from(load.as_millis()).unwrap_or(u32::MAX),
        plain_len: u32::try_from(len).unwrap_or(u32::MAX),
        schema: request.schema,
        writer: Writer {
            started_ms: request.cache.started_ms.get().copied().unwrap_or(0),
            hash: request.cache.writer,
        },
        tags: request.tags.iter().map(|tag| tag.as_str().into()).collect(),
    }
}
