//! Opens the three clouds, with credentials and endpoints from what the environment says.

use std::{sync::Arc, time::Duration};

// Named for its features: `object_store` brings the client, this the TLS without a cryptography of its own.
use reqwest as _;

use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};

use super::{ObjectStorage, errors};
use crate::error::Result;

/// The whole of one request, its body included.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// After the first failure.
const MAX_RETRIES: usize = 4;
const RETRY_TIMEOUT: Duration = Duration::from_secs(60);

/// Names and values, as of the environment.
pub(crate) type Pairs<'a> = &'a [(String, String)];

#[cfg(feature = "s3")]
pub(crate) fn s3(bucket: &str, prefix: &str, pairs: Pairs<'_>) -> Result<ObjectStorage> {
    use object_store::aws::AmazonS3Builder;

    open(prefix, |retry| {
        let builder = AmazonS3Builder::new().with_client_options(options()).with_retry(retry);
        let builder = configured(builder, pairs, "AWS_", AmazonS3Builder::with_config);
        Ok(Arc::new(builder.with_bucket_name(bucket).build()?))
    })
}

#[cfg(feature = "azure")]
pub(crate) fn azure(container: &str, prefix: &str, pairs: Pairs<'_>) -> Result<ObjectStorage> {
    use object_store::azure::MicrosoftAzureBuilder;

    open(prefix, |retry| {
        let builder = MicrosoftAzureBuilder::new().with_client_options(options()).with_retry(retry);
        let builder = configured(builder, pairs, "AZURE_", MicrosoftAzureBuilder::with_config);
        let msi = pairs.iter().find(|(name, _)| name == "IDENTITY_ENDPOINT");
        let builder =
            msi.into_iter().fold(builder, |builder, (_, url)| builder.with_msi_endpoint(url.clone()));
        Ok(Arc::new(builder.with_container_name(container).build()?))
    })
}

#[cfg(feature = "gcs")]
pub(crate) fn gcs(bucket: &str, prefix: &str, pairs: Pairs<'_>) -> Result<ObjectStorage> {
    use object_store::gcp::GoogleCloudStorageBuilder;

    open(prefix, |retry| {
        let builder = GoogleCloudStorageBuilder::new().with_client_options(options()).with_retry(retry);
        let builder = configured(builder, pairs, "GOOGLE_", GoogleCloudStorageBuilder::with_config);
        Ok(Arc::new(builder.with_bucket_name(bucket).build()?))
    })
}

/// Opens it twice: with retries, and without for conditional writes.
fn open<F>(prefix: &str, client: F) -> Result<ObjectStorage>
where
    F: Fn(RetryConfig) -> object_store::Result<Arc<dyn ObjectStore>>,
{
    provide_crypto();
    let retry = |max_retries| RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries,
        retry_timeout: RETRY_TIMEOUT,
    };
    let client = |max_retries| {
        client(retry(max_retries)).map_err(|source| errors::unusable("open the bucket".to_owned(), &source))
    };
    ObjectStorage::with_unretried(client(MAX_RETRIES)?, client(0)?, prefix)
}

/// What pairs whose names begin with `stem` say, as `object_store` understands them; it leaves out what it does not.
fn configured<B, K: std::str::FromStr>(
    builder: B,
    pairs: Pairs<'_>,
    stem: &str,
    with: impl Fn(B, K, String) -> B,
) -> B {
    pairs.iter().filter(|(name, _)| name.starts_with(stem)).fold(builder, |builder, (name, value)| match name
        .to_ascii_lowercase()
        .parse()
    {
        Ok(key) => with(builder, key, value.clone()),
        Err(_not_known) => builder,
    })
}

fn options() -> ClientOptions {
    ClientOptions::new().with_timeout(REQUEST_TIMEOUT).with_connect_timeout(CONNECT_TIMEOUT)
}

/// Makes ring the cryptography of rustls in this process, if the embedder has not chosen: the HTTP client looks there.
fn provide_crypto() {
    // An error means that another thread was faster, which is as good.
    rustls::crypto::ring::default_provider().install_default().ok();
}
