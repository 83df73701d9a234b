//! The protocols of S3 and Azure, spoken with servers of their own.

use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;

use pollster::block_on;
use sbx_storage::conformance;
use sbx_storage::{Expect, Key, StorageAdapter, StorageAdapterExt as _, open_with};

use crate::servers::{AZURE_ACCOUNT, AZURE_KEY, Server};

fn s3(port: u16, address: &str) -> Arc<dyn StorageAdapter> {
    let endpoint = format!("http://127.0.0.1:{port}");
    let settings = [
        ("AWS_ENDPOINT", endpoint.as_str()),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "SECRET"),
        ("UNRELATED", "x"),
    ];
    open_with(address, settings).unwrap()
}

fn azure(port: u16, key: &str, address: &str) -> Arc<dyn StorageAdapter> {
    let endpoint = format!("http://127.0.0.1:{port}/{AZURE_ACCOUNT}");
    let settings = [
        ("AZURE_STORAGE_ENDPOINT", endpoint.as_str()),
        ("AZURE_ALLOW_HTTP", "true"),
        ("AZURE_STORAGE_ACCOUNT_NAME", AZURE_ACCOUNT),
        ("AZURE_STORAGE_ACCOUNT_KEY", key),
    ];
    open_with(address, settings).unwrap()
}

fn key(text: &str) -> Key {
    Key::parse(text).unwrap()
}

fn code_of_read(storage: &dyn StorageAdapter) -> &'static str {
    let error = block_on(storage.read(&key("x"))).unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(!text.contains("SECRET") && !text.contains(AZURE_KEY), "{text}");
    error.code()
}

/// What a storage in a bucket does besides what every storage does.
fn works_in_its_prefix(whole: &dyn StorageAdapter, part: &dyn StorageAdapter) {
    block_on(async {
        part.write(&key("x"), "inside".into(), Expect::Absent).await.unwrap();
        whole.write(&key("x"), "outside".into(), Expect::Absent).await.unwrap();
        whole.write(&key("some/prefixed"), "outside".into(), Expect::Absent).await.unwrap();
        assert_eq!(whole.get(&key("some/prefix/x")).await.unwrap(), b"inside"[..]);
        assert_eq!(part.list_all("").await.unwrap().len(), 1);
        assert_eq!(part.list_all("x").await.unwrap().len(), 1);
    });
}

#[test]
fn s3_conforms() {
    let server = Server::moto();
    let made = server.request("PUT", "/sbx-test", "");
    assert!(made.starts_with("HTTP/1.1 200"), "{made}");
    block_on(conformance::run(s3(server.port, "s3://sbx-test"))).unwrap();
    let part = s3(server.port, "s3://sbx-test/some/prefix/");
    block_on(conformance::run_with(Arc::clone(&part), conformance::Limits::default().with_n_keys(20)))
        .unwrap();
    works_in_its_prefix(&s3(server.port, "s3://sbx-test"), &part);

    let missing = s3(server.port, "s3://no-such-bucket");
    assert_eq!(code_of_read(&missing), "storage.refused");
    for error in [
        block_on(missing.write(&key("x"), "x".into(), Expect::Any)).unwrap_err(),
        block_on(missing.write(&key("x"), "x".into(), Expect::Absent)).unwrap_err(),
        block_on(missing.list("", None)).unwrap_err(),
    ] {
        assert!(error.to_string().contains("there is no such bucket"), "{error:?}");
    }
}

#[test]
fn s3_keeps_what_it_has_over_an_outage() {
    let server = Server::moto();
    server.request("PUT", "/sbx-test", "");
    let storage = s3(server.port, "s3://sbx-test/x");
    block_on(storage.write(&key("x"), "x".into(), Expect::Absent)).unwrap();
    // It works from inside of any other runtime, too, and may be dropped there.
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let inside = Arc::clone(&storage);
    runtime.block_on(async move { assert_eq!(inside.get(&key("x")).await.unwrap(), b"x"[..]) });
    let port = server.port;
    drop(server);
    let error = block_on(storage.read(&key("x"))).unwrap_err();
    assert_eq!((error.code(), error.is_transient()), ("storage.unavailable", true), "{error:?}");
    assert!(error.to_string().contains("cannot be connected"), "{error}");
    runtime.block_on(async move { drop(storage) });
    drop(TcpListener::bind(("127.0.0.1", port)));
}

#[test]
fn azure_conforms() {
    let Some(server) = Server::azurite() else { return };
    make_container(server.port, "sbx-test");
    block_on(conformance::run(azure(server.port, AZURE_KEY, "az://sbx-test"))).unwrap();
    let part = azure(server.port, AZURE_KEY, "azure://sbx-test/some/prefix");
    block_on(conformance::run_with(Arc::clone(&part), conformance::Limits::default().with_n_keys(20)))
        .unwrap();
    works_in_its_prefix(&azure(server.port, AZURE_KEY, "az://sbx-test"), &part);

    assert_eq!(code_of_read(&azure(server.port, AZURE_KEY, "az://no-such-container")), "storage.refused");
    let wrong = format!("AAAA{}", &AZURE_KEY[4..]);
    assert_eq!(code_of_read(&azure(server.port, &wrong, "az://sbx-test")), "storage.refused");
}

/// Azure makes containers for signed requests only; node is here anyway.
fn make_container(port: u16, name: &str) {
    const SCRIPT: &str = r#"
        const [port, account, key, name] = process.argv.slice(1);
        const headers = { "x-ms-date": new Date().toUTCString(), "x-ms-version": "2021-12-02" };
        const signed = "PUT\n" + "\n".repeat(11) +
            `x-ms-date:${headers["x-ms-date"]}\nx-ms-version:${headers["x-ms-version"]}\n` +
            `/${account}/${account}/${name}\nrestype:container`;
        const hmac = require("crypto").createHmac("sha256", Buffer.from(key, "base64"));
        headers.authorization = `SharedKey ${account}:${hmac.update(signed, "utf8").digest("base64")}`;
        const path = `/${account}/${name}?restype=container`;
        require("http").request({ host: "127.0.0.1", port, method: "PUT", path, headers },
            (answer) => process.exit(answer.statusCode === 201 ? 0 : 1)).end();
    "#;
    let arguments = [port.to_string().as_str(), AZURE_ACCOUNT, AZURE_KEY, name].map(str::to_owned);
    let status = Command::new("node").args(["-e", SCRIPT]).args(arguments).status().unwrap();
    assert!(status.success(), "the container {name} cannot be made");
}
