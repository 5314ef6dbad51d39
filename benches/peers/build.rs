//! Keeps the compiler's name and version for the header of the tables.

use std::process::Command;

fn main() {
    let rustc = std::env::var_os("RUSTC").expect("cargo names the compiler");
    let version = Command::new(rustc)
        .arg("--version")
        .output()
        .expect("the compiler can be run");
    let version = String::from_utf8_lossy(&version.stdout);
    println!("cargo:rustc-env=OYEZ_PEERS_RUSTC={}", version.trim());
    println!("cargo:rerun-if-changed=build.rs");
}
