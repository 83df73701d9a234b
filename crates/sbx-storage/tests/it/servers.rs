//! Servers of S3 and Azure on this machine, installed once into the cache folder and started by each test.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const MOTO: &str = "5.2.5";
/// The last that runs on every node that is still in use; 3.36 needs version 21.
const AZURITE: &str = "3.35.0";
/// Starts moto as its own command does, but lets one request in at a time: it looks at a condition and writes in two
/// steps, and others get in between.
const ONE_AT_A_TIME: &str = r#"
import os, sys, threading
os.environ["MOTO_PORT"] = sys.argv[1]
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

moto, lock = DomainDispatcherApplication(create_backend_app), threading.Lock()

def application(environ, start_response):
    with lock:
        return [b"".join(moto(environ, start_response))]

run_simple("127.0.0.1", int(sys.argv[1]), application, threaded=True)
"#;
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// The account that every Azure emulator has, with the key that its documentation prints.
pub(crate) const AZURE_ACCOUNT: &str = "devstoreaccount1";
pub(crate) const AZURE_KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// A server at work; killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
}

impl Server {
    pub(crate) fn moto() -> Self {
        let tools = installed("moto", MOTO, |folder| {
            run("python3 with the module venv", Command::new("python3").args(["-m", "venv"]).arg(folder));
            let pip = folder.join("bin/python");
            let package = format!("moto[server]=={MOTO}");
            let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", &package];
            run("pip, and a package index that it can reach", Command::new(pip).args(install));
        });
        Self::start(|port| {
            let mut command = Command::new(tools.join("bin/python"));
            command.args(["-c", ONE_AT_A_TIME, &port.to_string()]);
            command
        })
    }

    /// `None`, said aloud, without npm.
    pub(crate) fn azurite() -> Option<Self> {
        let has = |tool: &str| Command::new(tool).arg("--version").stdout(Stdio::null()).status().is_ok();
        if !has("npm") || !has("node") {
            eprintln!("not tested: Azure. Its emulator needs node and npm, which are not installed here");
            return None;
        }
        let tools = installed("azurite", AZURITE, |folder| {
            let mut command = Command::new("npm");
            command.args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"]).arg(folder);
            run("npm, and a registry that it can reach", command.arg(format!("azurite@{AZURITE}")));
        });
        let script = tools.join("node_modules/azurite/dist/src/blob/main.js");
        Some(Self::start(|port| {
            let mut command = Command::new("node");
            command.arg(&script).args(["--blobHost", "127.0.0.1", "--blobPort", &port.to_string()]);
            command.args([
                "--inMemoryPersistence",
                "--silent",
                "--skipApiVersionCheck",
                "--disableTelemetry",
            ]);
            command
        }))
    }

    fn start(command: impl Fn(u16) -> Command) -> Self {
        // Somebody else may take a free port before the server does; then there is another.
        for _ in 0..3 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let mut command = command(port);
            let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
            let mut server =
                Self { child: child.unwrap_or_else(|error| panic!("{command:?}: {error}")), port };
            let start = Instant::now();
            while start.elapsed() < START_TIMEOUT && server.child.try_wait().unwrap().is_none() {
                if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                    return server;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        panic!("the server does not start: {:?}", command(0));
    }

    /// The answer to one plain request, its head included.
    pub(crate) fn request(&self, method: &str, path: &str, headers: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let host = format!("127.0.0.1:{}", self.port);
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n{headers}\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The folder of a tool, installed there if it is not yet. Tests of several processes wait for the first.
fn installed(tool: &str, version: &str, install: impl FnOnce(&Path)) -> PathBuf {
    let all = cache_folder().join("test-servers");
    fs::create_dir_all(&all).unwrap();
    let lock = File::create(all.join(format!("{tool}.lock"))).unwrap();
    lock.lock().unwrap();
    let folder = all.join(format!("{tool}-{version}"));
    let complete = folder.join(".complete");
    if !complete.exists() {
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        eprintln!("installing {tool} {version} for tests into {}", folder.display());
        install(&folder);
        File::create(complete).unwrap();
    }
    folder
}

fn run(needs: &str, command: &mut Command) {
    let status = command.stdin(Stdio::null()).status();
    let good = status.as_ref().is_ok_and(std::process::ExitStatus::success);
    assert!(good, "cannot install a server for this test; it needs {needs}: {command:?} gives {status:?}");
}

/// Where the rest of the project caches, too.
fn cache_folder() -> PathBuf {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(cache) = folder("SBX_CACHE") {
        return cache;
    }
    let base = if cfg!(windows) {
        folder("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join("Library/Caches"))
    } else {
        folder("XDG_CACHE_HOME")
            .filter(|path| path.is_absolute())
            .or_else(|| folder("HOME").map(|home| home.join(".cache")))
    };
    private(base.expect("no home folder to keep test servers in: set SBX_CACHE").join("sbx"))
}

/// Made closed to others, as the cache itself wants it.
fn private(folder: PathBuf) -> PathBuf {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(&folder).unwrap();
    folder
}
