"""Times what a reader waits for: the README's two commands in a fresh clone, cold and warm.

    python3 tests/peers/reader.py

clones what is committed into a new folder with nothing built, compiles and runs `cargo run` in its two halves (the book,
then the chapters), then `cargo test`, then both once more; then a chapter by itself, and its exercises. Crates are
downloaded beforehand: that time is the network's. It writes book/pages/results/reader.json. Needs git and cargo, and some
ten minutes on a machine that does nothing else.
"""

import json
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path

from compare import ROOT, save

CHAPTER = "minimax-loss"
PAGE = "the book: "  # what `cargo run` says when there is something to read
GROUPS = {"gemm": r"gemm|pulp|nano-gemm|private-gemm", "dfdx": r"dfdx"}


def main():
    start = time.monotonic()
    values = {}
    variables = {k: v for k, v in os.environ.items() if k != "CARGO_TARGET_DIR"}
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        commit = say("git", "-C", clone, "rev-parse", "--short=16", "HEAD").strip()

        def run(name, *words, unsolved=False):
            """Times a command, and gives the seconds until it said that there is a page."""
            print(f"{name}: cargo {' '.join(words)}", flush=True)
            begin, page, said = time.monotonic(), None, []
            pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
            with subprocess.Popen(["cargo", *words], cwd=clone, env=variables, **pipe) as process:
                for line in process.stdout:
                    said.append(line)
                    if page is None and line.startswith(PAGE):
                        page = time.monotonic() - begin
            values[f"{name}_s"] = time.monotonic() - begin
            if (process.returncode != 0) != unsolved:
                raise SystemExit(f"cargo {' '.join(words)} ended with {process.returncode}:\n{''.join(said[-40:])}")
            return page

        def compiled(name, program):
            run(name, "build", "--bin", program, "--timings")
            built.extend(units(clone / "target/cargo-timings/cargo-timing.html"))

        subprocess.run(["cargo", "fetch"], cwd=clone, check=True)
        built = []
        compiled("book_compile", "book")
        compiled("chapters_compile", "reproduce")
        values |= work(built)
        values["run_compile_s"] = values["book_compile_s"] + values["chapters_compile_s"]
        values["page_s"] = run("run_cold", "run")
        values["first_page_s"] = values["book_compile_s"] + values["page_s"]
        run("test_compile", "test", "--no-run")
        run("test_cold", "test")
        run("run_warm", "run")
        run("test_warm", "test")
        run("chapter", "run", "--package", CHAPTER)
        run("exercises", "test", "--package", CHAPTER, "--test", "exercises", unsolved=True)
        # Programs are linked into a second place; a file counts once.
        files = [f.lstat() for f in (clone / "target").rglob("*")]
        values["target_gb"] = sum({f.st_ino: f.st_size for f in files}.values()) / 1e9
    values["threads"] = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    cargo = say("cargo", "--version").split()[1]
    save("reader", values, start, commit, {"cargo": cargo})


def units(report):
    """What a build compiled, from cargo's report."""
    found = re.search(r"const UNIT_DATA = (\[.*?\]);\n", report.read_text(), re.DOTALL)
    if not found:
        raise SystemExit(f"{report}: expected the line `const UNIT_DATA = [...]`, found none")
    return json.loads(found[1])


def work(built):
    """Seconds of a thread spent on compiling, for all crates and for some of them, and how many crates there are."""
    metadata = say("cargo", "metadata", "--no-deps", "--format-version=1", "--manifest-path", ROOT / "Cargo.toml")
    own = {p["name"] for p in json.loads(metadata)["packages"]}
    seconds = lambda test: sum(u["duration"] for u in built if test(u["name"]))
    values = {f"{group}_thread_s": seconds(lambda n, p=p: re.match(p, n)) for group, p in GROUPS.items()}
    values["workbook_thread_s"] = seconds(lambda n: n in own)
    values["all_thread_s"] = seconds(lambda n: True)
    values["crates"] = len({(u["name"], u["version"]) for u in built})
    return values


def say(*words):
    return subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True).stdout


if __name__ == "__main__":
    main()
