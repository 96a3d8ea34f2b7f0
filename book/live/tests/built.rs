//! What is committed is made of what is here.

use std::collections::BTreeMap;
use std::fs;

use md5::{Digest, Md5};
use serde_json::Value;

fn built() -> Value {
    let file = record::root().join("book/live/built/live.json");
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

fn digest(bytes: &[u8]) -> String {
    let digest = Md5::digest(bytes);
    digest.iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn the_compiled_functions_are_those_of_the_sources() {
    let built = built();
    let sources: BTreeMap<String, String> =
        serde_json::from_value(built["sources"].clone()).unwrap();
    assert!(sources.len() > 40, "{}", sources.len());
    let changed = sources.iter().filter(|(path, known)| {
        // A checkout may write line ends as CRLF.
        let text = fs::read_to_string(record::root().join(path));
        let text = text.unwrap_or_default().replace("\r\n", "\n");
        digest(text.as_bytes()) != **known
    });
    let changed: Vec<_> = changed.map(|(path, _)| path).collect();
    assert!(
        changed.is_empty(),
        "changed since live.wasm was made: {changed:?}; python3 book/live/build.py makes it anew"
    );
}

#[test]
fn the_compiled_functions_are_whole() {
    let file = record::root().join("book/live/built/live.wasm");
    let (bytes, built) = (fs::read(file).unwrap(), built());
    assert_eq!(built["bytes"], bytes.len());
    assert_eq!(built["digest"], digest(&bytes));
}

#[test]
fn they_are_compiled_with_the_crates_of_the_lock_file() {
    let lock = fs::read_to_string(record::root().join("Cargo.lock")).unwrap();
    let lock = lock.replace("\r\n", "\n");
    for package in built()["packages"].as_array().unwrap() {
        let (name, version) =
            package.as_str().unwrap().split_once(' ').unwrap();
        let entry = format!("name = \"{name}\"\nversion = \"{version}\"\n");
        assert!(lock.contains(&entry), "{package} is not in Cargo.lock");
    }
}
