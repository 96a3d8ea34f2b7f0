"""Compiles what runs in a page, and writes it down where the book takes it from.

    python3 book/live/build.py           # writes book/live/built
    python3 book/live/build.py --check   # compiles, and compares the bytes with what is there

needs Python, cargo, and Rust's target wasm32-unknown-unknown, which rustup adds if it is not there. book/live/built/live.json
says with which compiler live.wasm was made, and of which sources: a test compares those. Another compiler makes other bytes: with
one, --check compiles, says so, and compares nothing; without any, it says that too.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUILT = ROOT / "book/live/built"
TARGET = "wasm32-unknown-unknown"
FLAGS = ['--cfg=getrandom_backend="unsupported"', "-Ctarget-feature=+simd128"]


def say(*words, **more):
    return subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, **more).stdout


def compiler():
    """The compiler's version, with its target in place; nothing if it cannot be had."""
    here = Path(say("rustc", "--print", "sysroot").strip()) / "lib/rustlib" / TARGET / "lib"
    if not here.exists():
        print(f"adding the target {TARGET}", file=sys.stderr)
        try:
            subprocess.run(["rustup", "target", "add", TARGET], cwd=ROOT, check=True, timeout=600)
        except (OSError, subprocess.SubprocessError) as error:
            print(f"*** this compiler has no {TARGET}, and cannot get it: {error} ***")
            return None
    return say("rustc", "--version").strip()


def compiled(folder):
    """The program, and the sources that it is made of. The paths of this machine are left out of it."""
    cargo = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
    shown = [f"--remap-path-prefix={ROOT}=.", f"--remap-path-prefix={cargo}=cargo"]
    flags = "\x1f".join([*FLAGS, *shown])
    words = ["cargo", "build", "--locked", "--package", "live", "--lib", "--profile", "page", "--target", TARGET]
    where = {**os.environ, "CARGO_ENCODED_RUSTFLAGS": flags, "CARGO_TARGET_DIR": str(folder)}
    where.pop("RUSTFLAGS", None)
    subprocess.run(words, cwd=ROOT, env=where, check=True)
    made = folder / TARGET / "page"
    listed = (made / "live.d").read_text().replace("\\ ", "\0").split()[1:]
    sources = {Path(path.replace("\0", " ")).resolve().relative_to(ROOT) for path in listed}
    crates = {next(p for p in source.parents if (ROOT / p / "Cargo.toml").exists()) for source in sources}
    return (made / "live.wasm").read_bytes(), sorted(sources | {crate / "Cargo.toml" for crate in crates})


def packages():
    """Name and version of what it is compiled with from elsewhere."""
    words = ["tree", "--locked", "--package", "live", "--edges", "normal", "--target", TARGET, "--prefix", "none"]
    lines = say("cargo", *words).splitlines()
    found = (re.match(r"(\S+) v(\S+)", line) for line in lines if "(/" not in line)
    return sorted({" ".join(of.groups()) for of in found if of})


def digest(content):
    return hashlib.md5(content.replace(b"\r\n", b"\n")).hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    options = parser.parse_args()
    rustc = compiler()
    if rustc is None:
        print("*** live.wasm is not compiled ***")
        return 0 if options.check else 1
    made, sources = compiled(ROOT / "target/live")
    facts = {
        "compiler": rustc,
        "bytes": len(made),
        "digest": hashlib.md5(made).hexdigest(),
        "packages": packages(),
        "sources": {source.as_posix(): digest((ROOT / source).read_bytes()) for source in sources},
    }
    if not options.check:
        BUILT.mkdir(parents=True, exist_ok=True)
        (BUILT / "live.wasm").write_bytes(made)
        (BUILT / "live.json").write_text(json.dumps(facts, indent=2) + "\n")
        print(f"{BUILT / 'live.wasm'}: {len(made)} bytes, {rustc}")
        return 0
    kept = json.loads((BUILT / "live.json").read_text())
    if kept["compiler"] != rustc:
        print(f"*** live.wasm was made with {kept['compiler']}, and here is {rustc}: its bytes are not compared ***")
        return 0
    same = made == (BUILT / "live.wasm").read_bytes()
    print(f"live.wasm: {len(made)} bytes, " + ("the same" if same else "others than are committed: run book/live/build.py"))
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
