//! Names a folder for the compiled probe, as cargo does for integration tests.

fn main() {
    let folder = std::env::var("OUT_DIR").expect("cargo sets it");
    println!("cargo::rustc-env=CARGO_TARGET_TMPDIR={folder}");
    println!("cargo::rerun-if-changed=build.rs");
}
