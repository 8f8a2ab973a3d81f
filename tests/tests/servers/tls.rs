//! Servers that speak TLS, and whom their certificates convince.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use cache_testkit::{Certificates, RedisServer};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// Says PING over TLS to a server that is called `localhost`.
fn ping(server: &RedisServer, trusted: &Path, shown: Option<&Certificates>) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(trusted).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots);
    let config = match shown {
        None => config.with_no_client_auth(),
        Some(certificates) => {
            let chain = vec![CertificateDer::from_pem_file(certificates.client()).unwrap()];
            let key = PrivateKeyDer::from_pem_file(certificates.client_key()).unwrap();
            config.with_client_auth_cert(chain, key).unwrap()
        }
    };
    let name = "localhost".try_into().unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(("127.0.0.1", server.tls_port()))?);
    stream.write_all(b"PING\r\n")?;
    let mut reply = [0; 7];
    stream.read_exact(&mut reply)?;
    Ok(String::from_utf8_lossy(&reply).into_owned())
}

#[test]
fn who_trusts_the_authority_is_answered() {
    let server = RedisServer::options().tls().start();
    let certificates = server.certificates();
    assert_eq!(ping(&server, &certificates.authority(), None).unwrap(), "+PONG\r\n");
    assert_eq!(server.tls_url(), format!("rediss://127.0.0.1:{}", server.tls_port()));
    assert_eq!(server.command(&["PING"]), "PONG", "it speaks plainly too, on its other port");
    server.restart();
    assert_eq!(ping(&server, &certificates.authority(), None).unwrap(), "+PONG\r\n");
}

#[test]
fn another_authority_is_not_trusted() {
    let (server, other) = (RedisServer::options().tls().start(), RedisServer::options().tls().start());
    let refused = ping(&server, &other.certificates().authority(), None).unwrap_err();
    assert!(refused.to_string().contains("certificate"), "{refused}");
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let server = RedisServer::options().tls_for(["redis.example"]).start();
    let refused = ping(&server, &server.certificates().authority(), None).unwrap_err();
    assert!(refused.to_string().contains("not valid for name"), "{refused}");
}

#[test]
fn a_server_can_ask_clients_for_a_certificate() {
    let server = RedisServer::options().tls().config("tls-auth-clients", "yes").start();
    let certificates = server.certificates();
    assert!(ping(&server, &certificates.authority(), None).is_err());
    assert_eq!(ping(&server, &certificates.authority(), Some(certificates)).unwrap(), "+PONG\r\n");
}
