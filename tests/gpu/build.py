"""Builds, on a machine without a GPU, what tests/gpu/day.py runs on one that has it.

    python3 tests/gpu/build.py

puts CUDA's compiler, headers and libraries from Python's `nvidia` packages into target/gpu (their download is large), builds one
program for all chapters, their tests and `speed` with the feature `cuda` into target/gpu/cargo, and packs them, stripped, with the
data, the reference values and the sources whose fingerprints they take, into target/gpu/pack/workbook.tar.xz. Needs Python,
cargo and a C++ compiler, and some twenty minutes on two processors.
"""

import argparse
import ctypes
import functools
import itertools
import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path

from day import CHAPTERS, FOLDER, PACK, ROOT, TOOLKIT, built, commit, files

VERSION = "13.0"
PACKAGES = ["cuda-nvcc", "cuda-crt", "nvvm", "cuda-runtime", "cuda-nvrtc", "cublas", "cuda-cccl"]
LINKED = ["cublas", "cublasLt", "nvrtc"]
MOST = 56 << 20  # bytes of a pack

# What a chapter reads when it runs.
DATA = [
    "book/pages/results/*.json",
    "chapters/*/reference/*.npz",
    "chapters/*/src/**/*.rs",
    "datasets/emoji/*.png",
    "datasets/emoji/*.tsv",
    "datasets/mnist/*.gz",
    "datasets/src/**/*.rs",
    "tests/gpu/*.py",
    "tests/peers/*.py",
    "tests/src/**/*.rs",
]

# Kernels that dfdx compiles when it runs, and what it puts in for their types. Where a kernel adds, it is for the first two:
# `concat_along` of whole numbers or truth values compiles on no GPU.
AT_RUN_TIME = ["concat", "concat_along", "reshape_to", "stack", "to_dtype"]
TYPES = ["float", "double", "bool", "size_t"]


def toolkit():
    """CUDA's compiler, headers and libraries, where dfdx's and cudarc's build scripts look for them."""
    python = FOLDER / "venv/bin/python"
    wanted = [f"nvidia-{name}=={VERSION}.*" for name in PACKAGES]
    stamp = FOLDER / "venv/installed.txt"
    if not stamp.exists() or stamp.read_text().split() != wanted:
        print(f"installing CUDA {VERSION} into {FOLDER / 'venv'}", file=sys.stderr)
        venv.create(FOLDER / "venv", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
        stamp.write_text("\n".join(wanted))
    installed = next((FOLDER / "venv").glob(f"lib/python3*/site-packages/nvidia/cu{VERSION.partition('.')[0]}"))
    folder = FOLDER / "toolkit"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "lib64/stubs").mkdir(parents=True)
    (folder / "include").symlink_to(installed / "include")
    for name in LINKED:
        library = next((installed / "lib").glob(f"lib{name}.so.*"))
        (folder / f"lib64/lib{name}.so").symlink_to(library)
    driver(folder / "lib64/stubs/libcuda.so")
    if TOOLKIT.is_symlink():
        TOOLKIT.unlink()
    TOOLKIT.symlink_to(folder)
    return installed


def say(*words, **more):
    return subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, **more).stdout


@functools.cache
def crates():
    """The folders of the dependencies, by name."""
    host = re.search(r"host: (\S+)", say("rustc", "-vV"))[1]
    more = ["--filter-platform", host, "--features", "lab/cuda"]
    packages = json.loads(say("cargo", "metadata", "--locked", "--format-version=1", *more))["packages"]
    return {package["name"]: Path(package["manifest_path"]).parent for package in packages}


def driver(path):
    """Something to link with in place of the driver's library, which comes with a GPU: the functions' names."""
    text = (crates()["cudarc"] / "src/driver/sys.rs").read_text()
    names = sorted(set(re.findall(r"pub fn (cu[A-Z]\w*)", text)))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "cuda.c"
        source.write_text("".join(f"int {name}(void) {{ return 999; }}\n" for name in names))
        command = [os.environ.get("CC", "cc"), "-shared", "-fPIC", "-Wl,-soname,libcuda.so.1", "-o", path, source]
        subprocess.run(command, check=True)


def environment(installed, capability):
    """For cargo. dfdx asks nvidia-smi for the capability, before it looks at CUDA_COMPUTE_CAP: this one answers."""
    folder = FOLDER / "bin"
    folder.mkdir(exist_ok=True)
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\necho compute_cap\necho {capability}\n")
    program.chmod(0o755)
    path = os.pathsep.join([str(folder), str(installed / "bin"), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "CUDA_PATH": str(TOOLKIT), "CUDA_COMPUTE_CAP": capability.replace(".", "")}


def headers(installed, capability, to):
    """Copies the headers that kernels include at run time, and compiles all such kernels with nothing but them."""
    source = crates()["dfdx"] / "src"
    to.mkdir(parents=True)
    waiting = ["cuda_utils.cuh"]
    places = [installed / "include", source / "tensor_ops/utilities"]
    while waiting:
        name = waiting.pop()
        found = next((place / name for place in places if (place / name).exists()), None)
        if found is None or (to / name).exists():
            continue
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(found, to / name)
        included = re.findall(r'^\s*#\s*include\s*[<"]([^">]+)', found.read_text(errors="replace"), re.MULTILINE)
        waiting += [other for i in included for other in (i, str(Path(name).parent / i))]
    for name in ("nvrtc-builtins", "nvrtc"):  # the second asks for the first by its name
        library = ctypes.CDLL(str(next((installed / "lib").glob(f"lib{name}.so.*"))))
    architecture = "sm_" + capability.replace(".", "")
    count = 0
    for kernel in AT_RUN_TIME:
        text = (source / f"tensor_ops/{kernel}/cuda_kernel.rs").read_text()
        for code in re.findall(r'const \w*KERNEL: &str = "(.*?)(?<!\\)";', text, re.DOTALL):
            types = TYPES[:2] if "atomicAdd" in code else TYPES
            for a, b in itertools.product(types, types if "$Src" in code else [""]):
                ready = code.replace('\\"', '"')
                for mark, kind in {"$Ty": a, "$T": a, "$Src": a, "$Dst": b}.items():
                    ready = ready.replace(mark, kind)
                compile_at_run_time(library, ready, [f"--gpu-architecture={architecture}", f"--include-path={to}"])
                count += 1
    print(f"{count} kernels compile at run time, with {len(files(to))} headers", file=sys.stderr)


def compile_at_run_time(library, code, options):
    """What cudarc does with NVRTC."""
    program, size = ctypes.c_void_p(), ctypes.c_size_t()
    library.nvrtcCreateProgram(ctypes.byref(program), code.encode(), None, 0, None, None)
    words = (ctypes.c_char_p * len(options))(*(option.encode() for option in options))
    if library.nvrtcCompileProgram(program, len(options), words) != 0:
        library.nvrtcGetProgramLogSize(program, ctypes.byref(size))
        log = ctypes.create_string_buffer(size.value)
        library.nvrtcGetProgramLog(program, log)
        sys.exit(f"{code}\n{log.value.decode()}")
    library.nvrtcDestroyProgram(ctypes.byref(program))


def cargo(variables):
    """One program for all chapters, `speed`, and the chapters' tests."""
    chapters = [word for name in CHAPTERS for word in ("--package", name)]
    where = ["--features", "cuda", "--target-dir", str(FOLDER / "cargo")]
    _, tests = built("test", "--no-run", "--test", "chapter", *chapters, *where, env=variables)
    wanted = ["--package", "reproduce", "--bin", "reproduce", "--package", "workbook-tests", "--bin", "speed"]
    programs, _ = built("build", *wanted, *where, env=variables)
    return programs, tests


def pack(programs, tests, facts, to):
    """Strips the programs and puts everything into one archive."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        root = Path(folder)
        facts = {**facts, "programs": {}, "tests": {}}
        (root / "bin").mkdir()
        for kind, named, suffix in (("programs", programs, ""), ("tests", tests, "-test")):
            for name, program in named.items():
                facts[kind][name] = f"bin/{name}{suffix}"
                shutil.copy(program, root / facts[kind][name])
                subprocess.run([os.environ.get("STRIP", "strip"), root / facts[kind][name]], check=True)
        for name in CHAPTERS:  # called so, it is that chapter's
            facts["programs"][name] = f"bin/{name}"
            (root / facts["programs"][name]).symlink_to("reproduce")
        headers(facts.pop("installed"), facts["capability"], root / "toolkit/include")
        (root / "pack.json").write_text(json.dumps(facts, indent=2) + "\n")
        to.parent.mkdir(parents=True, exist_ok=True)
        # The programs have much in common, further apart than the usual window.
        window = [{"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 192 << 20}]
        with lzma.open(to, "wb", filters=window) as stream, tarfile.open(fileobj=stream, mode="w") as tar:
            for path in files(root):
                tar.add(path, path.relative_to(root))
            for path in sorted({path for pattern in DATA for path in ROOT.glob(pattern)}):
                tar.add(path, path.relative_to(ROOT))
    size = to.stat().st_size
    print(f"{to}: {size / 2**20:.1f} MiB")
    if size > MOST:
        sys.exit(f"that is more than {MOST >> 20} MiB")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--capability", default="9.0", help="compute capability of the GPU [9.0]")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    installed = toolkit()
    variables = environment(installed, options.capability)
    programs, tests = cargo(variables)
    facts = {"capability": options.capability, "cuda": VERSION, "commit": commit(), "installed": installed}
    pack(programs, tests, facts, PACK)


if __name__ == "__main__":
    main()
