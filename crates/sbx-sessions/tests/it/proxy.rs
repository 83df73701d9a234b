//! S3 over a line that is cut, reset, delayed, garbled and silent: an error in bounded time, and the same session goes on
//! once the line is good again.
//!
//! The server is a real one (`sbx-storage/tests/it/servers.rs`), and so is the client; between them is a proxy that passes
//! bytes on until it is told otherwise. `SBX_CHAOS=1` repeats each fault, and waits for one that never answers.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sbx_sessions::{SessionState, SessionStore, TurnSummary};

use crate::common::*;
use crate::servers::Server;

/// What the line does to a connection.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    None,
    /// Nobody listens, as it looks: closed before anything is read, which resets it.
    Reset,
    /// Every answer comes so much later.
    Delay(Duration),
    /// The answer ends after so many bytes.
    Truncate(usize),
    /// The request ends after so many bytes.
    CutRequest(usize),
    /// The request arrives, and the answer does not.
    LoseAnswer,
    /// Something answers that does not speak the protocol.
    Garble,
    /// Something on the way says that the server is not there.
    Unavailable,
    /// Nothing is ever answered.
    Silence,
}

/// A line to a server that can be told what to do.
struct Proxy {
    port: u16,
    fault: Arc<Mutex<Fault>>,
    n_connections: Arc<AtomicU64>,
    is_closed: Arc<AtomicBool>,
}

impl Proxy {
    fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self {
            port: listener.local_addr().unwrap().port(),
            fault: Arc::new(Mutex::new(Fault::None)),
            n_connections: Arc::default(),
            is_closed: Arc::default(),
        };
        let (fault, n, is_closed) =
            (Arc::clone(&proxy.fault), Arc::clone(&proxy.n_connections), Arc::clone(&proxy.is_closed));
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if is_closed.load(Ordering::SeqCst) {
                    return;
                }
                n.fetch_add(1, Ordering::SeqCst);
                let fault = Arc::clone(&fault);
                // A connection that breaks is what this is for.
                std::thread::spawn(move || serve(&client, server, &fault).ok());
            }
        });
        proxy
    }

    fn set(&self, fault: Fault) {
        *self.fault.lock().unwrap() = fault;
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.is_closed.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(("127.0.0.1", self.port)));
    }
}

/// Passes bytes on in both directions, as the fault of the moment lets it, until one side is gone.
fn serve(client: &TcpStream, server: u16, fault: &Mutex<Fault>) -> std::io::Result<()> {
    let upstream = TcpStream::connect(("127.0.0.1", server))?;
    std::thread::scope(|scope| {
        // Whichever direction ends first ends the other one.
        let both = [client.try_clone()?, upstream.try_clone()?];
        let to = &upstream;
        scope.spawn(move || {
            up(client, to, fault).ok();
            both.iter().for_each(|side| drop(side.shutdown(Shutdown::Both)));
        });
        down(&upstream, client, fault).ok();
        [client, &upstream].iter().for_each(|side| drop(side.shutdown(Shutdown::Both)));
        Ok(())
    })
}

/// Requests.
fn up(mut client: &TcpStream, mut upstream: &TcpStream, fault: &Mutex<Fault>) -> std::io::Result<()> {
    let mut bytes = vec![0; 64 << 10];
    loop {
        let n = client.read(&mut bytes)?;
        let now = *fault.lock().unwrap();
        match now {
            _ if n == 0 => return Ok(()),
            Fault::Reset => return Ok(()),
            Fault::CutRequest(keep) => return upstream.write_all(&bytes[..n.min(keep)]),
            Fault::Garble => {
                return client.write_all(b"\x16\x03\x01\xff\xfe\0\0 this is not the protocol\r\n\r\n");
            }
            Fault::Unavailable => return client.write_all(UNAVAILABLE),
            Fault::Silence => {}
            Fault::None | Fault::Delay(_) | Fault::Truncate(_) | Fault::LoseAnswer => {
                upstream.write_all(&bytes[..n])?;
            }
        }
    }
}

/// Answers.
fn down(mut upstream: &TcpStream, mut client: &TcpStream, fault: &Mutex<Fault>) -> std::io::Result<()> {
    let mut bytes = vec![0; 64 << 10];
    loop {
        let n = upstream.read(&mut bytes)?;
        let now = *fault.lock().unwrap();
        match now {
            _ if n == 0 => return Ok(()),
            Fault::LoseAnswer => return Ok(()),
            Fault::Truncate(keep) => return client.write_all(&bytes[..n.min(keep)]),
            Fault::Delay(by) => std::thread::sleep(by),
            Fault::None
            | Fault::Reset
            | Fault::CutRequest(_)
            | Fault::Garble
            | Fault::Unavailable
            | Fault::Silence => {}
        }
        client.write_all(&bytes[..n])?;
    }
}

const UNAVAILABLE: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

fn store_over(proxy: &Proxy) -> SessionStore {
    let endpoint = format!("http://127.0.0.1:{}", proxy.port);
    let settings = [
        ("AWS_ENDPOINT", endpoint.as_str()),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "SECRET"),
    ];
    SessionStore::new(sbx_storage::open_with("s3://sbx-chaos/x", settings).unwrap())
}

#[test]
fn a_session_goes_on_once_the_line_is_good_again() {
    let is_long = std::env::var_os("SBX_CHAOS").is_some();
    let server = Server::moto();
    let made = server.request("PUT", "/sbx-chaos", "");
    assert!(made.starts_with("HTTP/1.1 200"), "{made}");
    let proxy = Proxy::to(server.port);
    let store = store_over(&proxy);
    let begin = with_memory(SessionState::new(base()), snapshot((0..20).map(|n| (n, u64::from(n)))));
    let mut held = create(&store, "s", begin);
    let mut faults = vec![
        Fault::Reset,
        Fault::Truncate(0),
        Fault::Truncate(30),
        Fault::Truncate(200),
        Fault::CutRequest(0),
        Fault::CutRequest(100),
        Fault::CutRequest(5_000),
        Fault::LoseAnswer,
        Fault::Garble,
        Fault::Unavailable,
    ];
    if is_long {
        faults = faults.repeat(5);
        faults.push(Fault::Silence);
    }
    let (mut n_turns, mut longest, mut n_failed) = (0_u64, Duration::ZERO, 0);
    for fault in &faults {
        let next = put(held.state().clone(), "n", n_turns.to_string().as_bytes());
        let next = put(next, "large", &noise(n_turns, 100_000));
        held.stage(TurnSummary::new(), Some(next.clone()));
        n_turns += 1;
        proxy.set(*fault);
        let begun = Instant::now();
        let result = block_on(held.flush());
        let took = begun.elapsed();
        longest = longest.max(took);
        let bound = if *fault == Fault::Silence { 140 } else { 30 };
        assert!(took < Duration::from_secs(bound), "{fault:?} took {took:?}");
        if let Err(error) = result {
            assert_eq!(error.code(), "storage.unavailable", "{fault:?}: {error}");
            assert!(error.is_transient() && !error.to_string().contains("SECRET"), "{fault:?}: {error}");
            assert!(facts(held.state()) == facts(&next), "it is kept here");
            n_failed += 1;
        }
        // Reading over the same line: an error of the same kind, or the state before or after.
        if *fault != Fault::Silence {
            match block_on(store.info(&id("s"))) {
                Ok(info) => {
                    assert!(info.turn == n_turns || info.turn + 1 == n_turns, "{fault:?}: {}", info.turn);
                }
                Err(error) => assert_eq!(error.code(), "storage.unavailable", "{fault:?}: {error}"),
            }
        }
        proxy.set(Fault::None);
        block_on(held.flush()).unwrap_or_else(|error| panic!("after {fault:?}: {error}"));
        assert!(facts(&block_on(store.state(&id("s"), None, &base())).unwrap()) == facts(&next), "{fault:?}");
        assert_eq!(block_on(store.info(&id("s"))).unwrap().turn, n_turns, "{fault:?}: each turn once");
    }
    // A slow line is no broken one.
    proxy.set(Fault::Delay(Duration::from_millis(200)));
    write(&mut held, "slow", b"and well");
    proxy.set(Fault::None);
    block_on(held.release()).unwrap();
    assert!(n_failed > 0 && n_failed < faults.len() + 1);
    println!(
        "chaos: S3 over a bad line: {} faults on {} connections, {n_failed} turns were told at once and none was lost; \
         the longest took {:.1} s",
        faults.len(),
        proxy.n_connections.load(Ordering::SeqCst),
        longest.as_secs_f64()
    );
}
