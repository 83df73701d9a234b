//! From addresses to storages.

use pollster::block_on;
use sbx_storage::{Expect, Key, StorageAdapterExt as _, open, open_with};

fn key() -> Key {
    Key::parse("x").unwrap()
}

#[test]
fn memory_has_names_inside_the_process() {
    let write = |url: &str| block_on(open(url).unwrap().write(&key(), "x".into(), Expect::Any)).unwrap();
    let is_there = |url: &str| block_on(open(url).unwrap().exists(&key())).unwrap();
    write("memory:");
    assert!(!is_there("memory:"), "each is a new one");
    write("memory:addresses-test");
    assert!(is_there("memory:addresses-test") && is_there("memory://addresses-test"));
    assert!(!is_there("memory:addresses-other"));
}

#[test]
fn paths_are_folders_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("with space");
    let plain = open(path.to_str().unwrap()).unwrap();
    block_on(plain.write(&key(), "x".into(), Expect::Any)).unwrap();
    let url = format!("file://{}", path.to_str().unwrap().replace(' ', "%20"));
    assert!(block_on(open(&url).unwrap().exists(&key())).unwrap(), "{url}");
    assert!(path.join("x=").is_file());
}

#[test]
fn clouds_are_opened_without_asking_them() {
    let aws = [("AWS_REGION", "eu-west-1"), ("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b")];
    let storage = open_with("s3://bucket/some/prefix", aws).unwrap();
    assert!(format!("{storage:?}").contains("some/prefix"), "{storage:?}");
    open_with("gs://bucket", [("GOOGLE_SKIP_SIGNATURE", "true")]).unwrap();
    open_with(
        "az://container",
        [("AZURE_STORAGE_ACCOUNT_NAME", "account"), ("AZURE_SKIP_SIGNATURE", "true")],
    )
    .unwrap();
}

#[test]
fn a_wrong_configuration_is_refused_without_its_secrets() {
    let error = open_with("az://container", [("AZURE_STORAGE_ACCOUNT_KEY", "SECRET")]).unwrap_err();
    assert_eq!(error.code(), "storage.refused");
    assert!(!format!("{error:?}").contains("SECRET"), "{error:?}");
    let error = open_with("s3://bucket/not a prefix", [("AWS_REGION", "x")]).unwrap_err();
    assert!(!error.is_transient(), "{error:?}");
}
