//! From an address to a storage.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use url::Url;

use crate::{
    adapter::StorageAdapter,
    disk::DiskStorage,
    error::{Error, Result},
    memory::MemoryStorage,
};

const KNOWN: &str =
    "use memory:, a path, file:///path, s3://bucket/prefix, az://container/prefix or gs://bucket/prefix";

/// Opens the storage that `url` names:
///
/// | address | storage |
/// |---|---|
/// | `memory:` | [`MemoryStorage`], a new one |
/// | `memory:NAME` | the one of this name in this process, for as long as it lives |
/// | `/path`, `path`, `file:///path` | [`DiskStorage`] |
/// | `s3://bucket/prefix` | `ObjectStorage` (feature `s3`) |
/// | `az://container/prefix`, `azure://…` | `ObjectStorage` (feature `azure`) |
/// | `gs://bucket/prefix` | `ObjectStorage` (feature `gcs`) |
///
/// Credentials and endpoints of clouds come from the environment, under the names that their own tools use
/// (`AWS_ACCESS_KEY_ID`, `AWS_REGION`, `AWS_ENDPOINT`, `AWS_ALLOW_HTTP`, `AZURE_STORAGE_ACCOUNT_NAME`,
/// `GOOGLE_APPLICATION_CREDENTIALS`, …), never from the address. Nothing is sent before the first operation.
///
/// # Errors
/// [`Error::BadUrl`] if it names none; it does not repeat credentials. [`Error::Refused`] if the storage cannot be used
/// as it is configured, otherwise as [`DiskStorage::open`].
pub fn open(url: &str) -> Result<Arc<dyn StorageAdapter>> {
    open_with(
        url,
        std::env::vars_os().filter_map(|(name, value)| {
            // What is not text is no setting of a cloud.
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }),
    )
}

/// As [`open`], with `settings` in place of the environment: `("AWS_REGION", "eu-west-1")`.
///
/// # Errors
/// As [`open`].
pub fn open_with<N, V>(
    url: &str,
    settings: impl IntoIterator<Item = (N, V)>,
) -> Result<Arc<dyn StorageAdapter>>
where
    N: Into<String>,
    V: Into<String>,
{
    let Some((scheme, rest)) = scheme_of(url) else {
        if url.is_empty() {
            return Err(bad("the empty text", KNOWN));
        }
        return Ok(Arc::new(DiskStorage::open(Path::new(url))?));
    };
    match scheme.as_str() {
        "memory" => Ok(Arc::new(memory(rest.strip_prefix("//").unwrap_or(rest))?)),
        "file" => file(url),
        "s3" | "az" | "azure" | "gs" => {
            let settings: Vec<_> =
                settings.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
            cloud(&scheme, url, &settings)
        }
        _ => Err(bad(&format!("{scheme}:…"), KNOWN)),
    }
}

/// The scheme in lower case, and what follows the colon; `None` for a path, `C:\…` included.
fn scheme_of(url: &str) -> Option<(String, &str)> {
    let (scheme, rest) = url.split_once(':')?;
    let mut letters = scheme.chars();
    let is_scheme = scheme.len() > 1
        && letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter));
    is_scheme.then(|| (scheme.to_ascii_lowercase(), rest))
}

fn bad(url: &str, problem: impl Into<String>) -> Error {
    Error::BadUrl { url: url.to_owned(), problem: problem.into() }
}

fn memory(name: &str) -> Result<MemoryStorage> {
    static NAMED: Mutex<BTreeMap<String, MemoryStorage>> = Mutex::new(BTreeMap::new());

    if name.is_empty() {
        return Ok(MemoryStorage::new());
    }
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
        return Err(bad("memory:…", "a name consists of letters, digits, `-`, `_` and `.`"));
    }
    let mut named = NAMED.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(named.entry(name.to_owned()).or_default().clone())
}

fn file(url: &str) -> Result<Arc<dyn StorageAdapter>> {
    let parsed = parse("file", url)?;
    let has_slashes = url.get(5..).is_some_and(|rest| rest.starts_with("//"));
    match parsed.to_file_path() {
        Ok(path) if has_slashes => Ok(Arc::new(DiskStorage::open(path)?)),
        _ => Err(bad("file:…", "write file:///path, with three slashes, or the plain path")),
    }
}

/// Reads it, and refuses what would have to be kept secret.
fn parse(scheme: &str, url: &str) -> Result<Url> {
    let hidden = format!("{scheme}:…");
    let Ok(parsed) = Url::parse(url) else { return Err(bad(&hidden, format!("it cannot be read; {KNOWN}"))) };
    // A secret may have a `/`, and what is before it would be taken for a bucket. No bucket and no prefix has an `@`.
    let may_hide_one = scheme != "file" && url.contains('@');
    if may_hide_one || !parsed.username().is_empty() || parsed.password().is_some() {
        return Err(bad(&hidden, "credentials do not belong in an address: set them in the environment"));
    }
    if parsed.query().is_some() || parsed.fragment().is_some() {
        return Err(bad(&hidden, "it has no options after `?` or `#`: set them in the environment"));
    }
    Ok(parsed)
}

fn cloud(scheme: &str, url: &str, settings: &[(String, String)]) -> Result<Arc<dyn StorageAdapter>> {
    let parsed = parse(scheme, url)?;
    let Some(bucket) = parsed.host_str().filter(|bucket| !bucket.is_empty()) else {
        return Err(bad(
            &format!("{scheme}:…"),
            format!("it names no bucket: write {scheme}://bucket/prefix"),
        ));
    };
    if parsed.port().is_some() {
        return Err(bad(
            &format!("{scheme}://{bucket}:…"),
            "a bucket has no port; endpoints are set in the environment",
        ));
    }
    let prefix = parsed.path().trim_matches('/');
    match scheme {
        #[cfg(feature = "s3")]
        "s3" => Ok(Arc::new(crate::object::cloud::s3(bucket, prefix, settings)?)),
        #[cfg(feature = "azure")]
        "az" | "azure" => Ok(Arc::new(crate::object::cloud::azure(bucket, prefix, settings)?)),
        #[cfg(feature = "gcs")]
        "gs" => Ok(Arc::new(crate::object::cloud::gcs(bucket, prefix, settings)?)),
        _ => {
            let feature = match scheme {
                "s3" => "s3",
                "gs" => "gcs",
                _ => "azure",
            };
            // What a build without this cloud has no use for.
            let _ = (prefix, settings);
            let problem =
                format!("this build does not know it: turn the feature `{feature}` of sbx-storage on");
            Err(bad(&format!("{scheme}://{bucket}"), problem))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(url: &str) -> String {
        open_with(url, [("", ""); 0]).unwrap_err().to_string()
    }

    #[test]
    fn secrets_are_not_repeated() {
        for url in [
            "s3://KEY:SECRET@bucket/x",
            "s3://SECRET@bucket",
            "s3://SECRET/with/slashes@bucket",
            "s3://SECRET:42/x@bucket",
            "s3://bucket/x?sig=SECRET",
            "az://container/#SECRET",
            "s3://[SECRET",
            "ftp://user:SECRET@host/",
            "memory:SECRET?",
            "postgres:SECRET@x",
            "file:SECRET",
            "file://user:SECRET@host/x",
        ] {
            let problem = problem(url);
            assert!(!problem.contains("SECRET") && problem.contains("is no storage"), "{url}: {problem}");
        }
    }

    #[test]
    fn addresses_that_name_nothing_say_what_would() {
        for (url, says) in [
            ("", "use memory:"),
            ("redis://host", "use memory:"),
            ("s3://", "names no bucket"),
            ("file:relative", "three slashes"),
            ("s3://bucket:90/x", "no port"),
            ("gs:///x", "names no bucket"),
        ] {
            assert!(problem(url).contains(says), "{url}: {}", problem(url));
        }
        assert_eq!(scheme_of("C:\\data"), None);
        assert_eq!(scheme_of("./a:b"), None);
    }
}
