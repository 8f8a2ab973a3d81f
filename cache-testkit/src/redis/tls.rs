//! Certificates for one server, by an authority of its own.

use std::path::{Path, PathBuf};
use std::{fs, io};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

use crate::ports::free_port;
use crate::redis::config::Config;

/// Where the certificates of a server are that speaks TLS: see [`RedisServer::certificates`]. All are PEM files.
///
/// [`RedisServer::certificates`]: crate::RedisServer::certificates
#[derive(Clone, Debug)]
pub struct Certificates {
    folder: PathBuf,
}

impl Certificates {
    /// The certificate of the authority, which a client has to trust.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.folder.join("ca.crt")
    }

    /// A certificate for a client.
    #[must_use]
    pub fn client(&self) -> PathBuf {
        self.folder.join("client.crt")
    }

    /// The key of the client's certificate.
    #[must_use]
    pub fn client_key(&self) -> PathBuf {
        self.folder.join("client.key")
    }

    fn make(folder: PathBuf, names: &[String]) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let (authority, issuer) = authority().map_err(io::Error::other)?;
        fs::write(folder.join("ca.crt"), authority)?;
        for (who, names, purpose) in [
            ("server", names, ExtendedKeyUsagePurpose::ServerAuth),
            ("client", &[], ExtendedKeyUsagePurpose::ClientAuth),
        ] {
            let (certificate, key) = signed(who, names, purpose, &issuer).map_err(io::Error::other)?;
            fs::write(folder.join(format!("{who}.crt")), certificate)?;
            fs::write(folder.join(format!("{who}.key")), key)?;
        }
        Ok(Self { folder })
    }
}

/// An authority: its certificate, and what signs with it.
fn authority() -> Result<(String, Issuer<'static, KeyPair>), rcgen::Error> {
    let mut params = CertificateParams::new([])?;
    params.distinguished_name.push(DnType::CommonName, "cache-testkit authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?.pem();
    Ok((certificate, Issuer::new(params, key)))
}

fn signed(
    who: &str,
    names: &[String],
    purpose: ExtendedKeyUsagePurpose,
    issuer: &Issuer<'_, KeyPair>,
) -> Result<(String, String), rcgen::Error> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, who);
    params.extended_key_usages = vec![purpose];
    params.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    Ok((params.signed_by(&key, issuer)?.pem(), key.serialize_pem()))
}

/// The port on which a server speaks TLS, and its certificates.
#[derive(Clone, Debug)]
pub(crate) struct Tls {
    pub(crate) port: u16,
    pub(crate) certificates: Certificates,
}

impl Tls {
    pub(crate) fn new(folder: &Path, names: &[String]) -> io::Result<Self> {
        Ok(Self { port: free_port(), certificates: Certificates::make(folder.join("tls"), names)? })
    }

    pub(crate) fn write(&self, config: &mut Config) {
        config.line("tls-port", &self.port.to_string());
        config.line("tls-auth-clients", "optional");
        for (setting, file) in
            [("tls-cert-file", "server.crt"), ("tls-key-file", "server.key"), ("tls-ca-cert-file", "ca.crt")]
        {
            config.words(setting, &[&self.certificates.folder.join(file).to_string_lossy()]);
        }
    }
}
