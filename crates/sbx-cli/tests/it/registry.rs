//! A registry for npm on this machine's loopback: what packages there are is told by the test.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use serde_json::{Value, json};

/// The packages: by name, by version, what `package.json` says and the archive.
type Packages = BTreeMap<String, BTreeMap<String, (Value, Vec<u8>)>>;

/// Serves until the process ends.
pub(crate) struct Registry {
    address: String,
    packages: Arc<Mutex<Packages>>,
}

impl Registry {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let packages: Arc<Mutex<Packages>> = Arc::default();
        let (shared, own) = (Arc::clone(&packages), address.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (shared, own) = (Arc::clone(&shared), own.clone());
                thread::spawn(move || answer(stream.unwrap(), &shared, &own));
            }
        });
        Self { address, packages }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Offers a package, in place of one of that version; the latest is the one that was offered last.
    pub(crate) fn offer(&self, name: &str, version: &str, more: Value, files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut description = json!({ "name": name, "version": version });
        description.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let text = description.to_string();
        let own: (&str, &[u8]) = ("package.json", text.as_bytes());
        let archive = archive(std::iter::once(&own).chain(files));
        let mut packages = self.packages.lock().unwrap();
        packages
            .entry(name.to_owned())
            .or_default()
            .insert(version.to_owned(), (description, archive.clone()));
        archive
    }
}

fn archive<'a>(files: impl Iterator<Item = &'a (&'a str, &'a [u8])>) -> Vec<u8> {
    let gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(gz);
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, format!("package/{path}"), *bytes).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

fn answer(mut stream: TcpStream, packages: &Mutex<Packages>, address: &str) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let request = lines.next().and_then(Result::ok).unwrap_or_default();
    let path = request.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').replace("%2f", "/");
    // The rest of the request says nothing that matters.
    while lines.next().and_then(Result::ok).is_some_and(|line| !line.is_empty()) {}
    let body = body(&path, &packages.lock().unwrap(), address);
    let (status, body) = body.map_or(("404 Not Found", b"{}".to_vec()), |body| ("200 OK", body));
    let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
    // Who asked may be gone.
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body)).ok();
}

fn body(path: &str, packages: &Packages, address: &str) -> Option<Vec<u8>> {
    if let Some((name, version)) = path.split_once("/-/") {
        return Some(packages.get(name)?.get(version.trim_end_matches(".tgz"))?.1.clone());
    }
    let versions: BTreeMap<&String, Value> = packages
        .get(path)?
        .iter()
        .map(|(version, (description, _))| {
            let mut description = description.clone();
            description["dist"] = json!({ "tarball": format!("{address}/{path}/-/{version}.tgz") });
            (version, description)
        })
        .collect();
    let latest = versions.keys().next_back()?;
    Some(
        json!({ "name": path, "dist-tags": { "latest": latest }, "versions": versions })
            .to_string()
            .into_bytes(),
    )
}
