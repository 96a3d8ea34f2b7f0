"""The day with a GPU: runs what tests/gpu/build.py packed, and keeps what comes out.

    python3 tests/gpu/day.py --out DIR

needs the NVIDIA driver, Python, and CUDA 13's libraries, which it looks for among Python's `nvidia` packages; no cargo. In at
most eight minutes it runs, in this order, the CUDA tests, every chapter's ledger, the first steps of every training beside the
CPU's, three systems at full scale, the lookup, and the times of a step beside those of PyTorch and JAX. Each of these has a
time limit of its own, and what it gave is in DIR at once, whether or not a later one fails.

    python3 tests/gpu/day.py --device cpu --scale smoke --out DIR

rehearses all of it without a GPU, with the programs that cargo builds here.
"""

import argparse
import glob
import importlib.metadata
import io
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PACK = ROOT / "target/gpu/pack/workbook.tar.xz"
TOOLKIT = Path("/tmp/workbook-cuda")  # where the build finds the toolkit, and dfdx at run time the headers
LIBRARIES = ["libcuda.so.1", "libcublas.so.13", "libcublasLt.so.13", "libnvrtc.so.13"]

# What is done, and how many seconds it has. The trainings share what is left of the time.
STEPS = {"facts": 20, "tests": 60, "ledgers": 45, "first-steps": 45}
TRAININGS = {"gan": "digits-dfdx", "vq-vae": "digits-dfdx", "code-prior": "draw-dfdx"}
TIMES = 70
ONE = 30  # of these seconds, at most so many go to one program
GRACE = 10  # seconds between Ctrl-C and the end, for a checkpoint

# The experiment that trains a few steps in both rooms, or compares them where no training is compared.
FIRST_STEPS = {
    "gradients": "parity",
    "minimax-loss": "climb",
    "discriminator-training": "parity",
    "gan": "first steps",
    "codebook-lookup": "agreement",
    "straight-through": "equal",
    "commitment-loss": "parity",
    "vq-vae": "first steps",
    "code-prior": "first steps",
}

# What comes back is a few files of moderate size. Checkpoints are large; the smaller ones go first.
PART = 15 << 20
PARTS = 3


class Day:
    """Runs programs, each with a limit, and keeps what they leave."""

    def __init__(self, options, steps, root, programs, tests, pack):
        self.options, self.root, self.programs, self.tests, self.pack = options, root, programs, tests, pack
        self.on_gpu = options.device != "cpu"
        self.out = Path(options.out).resolve()
        self.work = ROOT / "target/gpu/day"
        self.start, self.ends = time.monotonic(), time.monotonic()
        self.record = {"device": options.device, "scale": options.scale, "pack": pack, "facts": {}, "commands": []}
        self.step = ""
        libraries, missing = find_libraries() if self.on_gpu else ([], [])
        self.record["facts"] |= {"libraries": libraries, "libraries_not_found": missing}
        known = os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
        self.environment = {
            **os.environ,
            "WORKBOOK_ROOT": str(root),
            "LD_LIBRARY_PATH": os.pathsep.join(filter(None, [*libraries, *known])),
            "CUDA_CACHE_PATH": str(self.work / "cache"),  # of compiled kernels, for all programs of the day
        }
        if options.resume and (self.work / "day.json").exists():
            before = json.loads((self.work / "day.json").read_text())["commands"]
            again = tuple(f"{step}-" for step in steps)
            self.record["commands"] = [done for done in before if not done["name"].startswith(again)]
        else:
            for folder in ("runs", "logs"):
                shutil.rmtree(self.work / folder, ignore_errors=True)
        (self.work / "logs").mkdir(parents=True, exist_ok=True)
        self.out.mkdir(parents=True, exist_ok=True)

    def left(self):
        """Seconds until the step has to end."""
        return self.ends - time.monotonic()

    def run(self, name, words, most=ONE, grace=0, outlast=False):
        """Runs a program; whether it did what it should. One that may `outlast` its time is sent Ctrl-C in time to save."""
        name = f"{self.step}-{name}"
        limit = min(most, self.left())
        done = {"name": name, "ended": None, "at_limit": False, "seconds": 0.0}
        self.record["commands"].append(done)
        log, begin = self.work / f"logs/{name}.txt", time.monotonic()
        if limit <= grace:
            done["why"] = "no time was left"
        else:
            with open(log, "w") as file:
                file.write(" ".join(map(str, words)) + "\n")
                file.flush()
                try:
                    done["ended"], done["at_limit"] = self.wait(words, file, limit, grace)
                except OSError as error:
                    done["why"] = str(error)
        done["seconds"] = round(time.monotonic() - begin, 2)
        done["ok"] = done["ended"] == 0 or outlast and done["at_limit"]
        state = "at its limit" if done["at_limit"] else done.get("why", f"ended with {done['ended']}")
        state = "ok" if done["ended"] == 0 else state
        say(f"[{time.monotonic() - self.start:6.1f} s] {name:36} {done['seconds']:6.1f} s  {state}")
        if done["ended"] != 0 and log.exists():
            say("    " + "\n    ".join(log.read_text(errors="replace").splitlines()[-12:]))
        return done["ok"]

    def wait(self, words, file, limit, grace):
        """How a program ended, and whether it had to be told."""
        process = subprocess.Popen(
            list(map(str, words)),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            cwd=self.root,
            env=self.environment,
            start_new_session=True,
        )
        at_limit = False
        for patience, told in ((limit - grace, signal.SIGINT), (grace, signal.SIGKILL)):
            try:
                return process.wait(patience), at_limit
            except subprocess.TimeoutExpired:
                at_limit = True
                os.killpg(process.pid, told)
        return process.wait(), at_limit

    def fail(self, name, why):
        name = f"{self.step}-{name}"
        self.record["commands"].append({"name": name, "ended": None, "ok": False, "why": why})
        say(f"{name}: {why}")

    def experiment(self, crate, experiment, *more, name=None, **limits):
        name = name or crate
        folder = self.work / "runs" / self.step / name
        words = [self.programs[crate], "--experiment", experiment, "--device", self.options.device, "--out", folder]
        return self.run(name, [*words, *more], **limits)

    def keep(self):
        """Puts all there is so far where it is fetched from."""
        self.record["seconds"] = round(time.monotonic() - self.start, 1)
        with tarfile.open(self.out / "results.tar.gz", "w:gz", compresslevel=6) as tar:
            for path in files(self.work):
                below = path.relative_to(self.work)
                if below.parts[0] in ("runs", "logs") and "checkpoints" not in below.parts:
                    tar.add(path, below)
        for folder in (self.work, self.out):
            (folder / "day.json").write_text(json.dumps(self.record, indent=2) + "\n")

    def keep_checkpoints(self):
        for old in self.out.glob("checkpoints.tar.*"):
            old.unlink()
        stream, left_out = io.BytesIO(), []
        found = [path for path in files(self.work / "runs") if "checkpoints" in path.parts]
        with tarfile.open(fileobj=stream, mode="w") as tar:
            for path in sorted(found, key=lambda path: path.stat().st_size):
                if stream.tell() + path.stat().st_size + (64 << 10) < PARTS * PART:
                    tar.add(path, path.relative_to(self.work))
                else:
                    left_out.append(str(path.relative_to(self.work)))
        for path in set(left_out) - set(self.record.get("checkpoints_left_out", [])):
            say(f"too large to take along: {path}")
        self.record["checkpoints_left_out"] = left_out
        content = stream.getvalue()
        for n, at in enumerate(range(0, len(content), PART) if found else []):
            (self.out / f"checkpoints.tar.{n}").write_bytes(content[at : at + PART])


def say(words):
    print(words, flush=True)


def files(folder):
    return sorted(path for path in Path(folder).rglob("*") if path.is_file())


def find_libraries():
    """Folders with CUDA's libraries, and the libraries that are in none."""
    packages = [f"{place}/nvidia/*/lib" for place in sys.path if place]
    packages += glob.glob("/opt/*/lib/python3*/site-packages/nvidia/*/lib")
    system = ["/usr/local/cuda*/lib64", "/usr/local/nvidia/lib*", "/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib/wsl/lib"]
    candidates = [folder for pattern in packages + system for folder in sorted(glob.glob(pattern))]
    folders, missing = [], []
    for name in LIBRARIES:
        holder = next((folder for folder in candidates if Path(folder, name).exists()), None)
        if holder is None:
            missing.append(name)
        elif holder not in folders and not holder.startswith("/usr/lib"):  # the loader knows those
            folders.append(holder)
    return folders, missing


def ask(words, environment=None, seconds=15):
    """The output of a program, or why there is none."""
    try:
        done = subprocess.run(
            list(map(str, words)), capture_output=True, text=True, timeout=seconds, env=environment, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, str(error)
    return (done.stdout, "") if done.returncode == 0 else (None, (done.stderr or done.stdout).strip()[-2000:])


def facts(day):
    known = day.record["facts"]
    known |= {"machine": platform.platform(), "python": platform.python_version(), "processors": processors()}
    known["processor"] = processor()
    for name in ("torch", "jax", "nvidia-cublas", "nvidia-cuda-nvrtc"):
        try:
            known[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            pass
    if day.on_gpu:
        fields = ["name", "driver_version", "compute_cap", "memory.total"]
        said, why = ask(["nvidia-smi", f"--query-gpu={','.join(fields)}", "--format=csv,noheader"])
        number = int(day.options.device.partition(":")[2] or 0)
        cards = (said or "").splitlines()
        if number < len(cards):
            known |= dict(zip(["gpu", "driver", "capability", "memory"], map(str.strip, cards[number].split(","))))
            built = day.pack.get("capability", "0")
            if [*map(int, known["capability"].split("."))] < [*map(int, built.split("."))]:
                day.fail("capability", f"the card has {known['capability']}, the programs were built for {built}")
        else:
            day.fail("nvidia-smi", why or f"there is no card {number}: {said}")
    say(json.dumps(known, indent=2))
    day.run("starts", [day.programs["speed"], "list"])


def tests(day):
    """Each chapter's tests of this device."""
    prefix = "cuda_" if day.on_gpu else "every_row_of_the_ledger"
    for crate, program in day.tests.items():
        listed, why = ask([program, "--list", "--format", "terse"], day.environment)
        names = [line.removesuffix(": test") for line in (listed or "").splitlines() if line.endswith(": test")]
        names = [name for name in names if name.rsplit("::", 1)[-1].startswith(prefix)]
        if names:
            day.run(crate, [program, "--exact", "--test-threads=1", *names])
        else:
            day.fail(crate, why or f"no test begins with `{prefix}`")


def ledgers(day):
    scale = min(day.options.scale, "page", key=["smoke", "page", "full"].index)
    for crate in FIRST_STEPS:
        day.experiment(crate, "ledger", "--scale", scale)


def first_steps(day):
    scale = min(day.options.scale, "page", key=["smoke", "page", "full"].index)
    for crate, experiment in FIRST_STEPS.items():
        day.experiment(crate, experiment, "--scale", scale)


def training(crate):
    def train(day):
        more = ["--room", "dfdx", "--scale", day.options.scale] + ["--resume"] * day.options.resume
        grace = min(GRACE, day.left() / 2)
        day.experiment(crate, TRAININGS[crate], *more, name="training", most=day.left(), grace=grace, outlast=True)
        day.keep_checkpoints()

    return train


def times(day):
    scale = min(day.options.scale, "page", key=["smoke", "page", "full"].index)
    day.experiment("codebook-lookup", "benchmark", "--scale", scale)
    seconds = day.left() - 5
    words = [sys.executable, day.root / "tests/gpu/times.py", "--speed", day.programs["speed"]]
    words += ["--device", day.options.device, "--seconds", f"{seconds:.0f}", "--out", day.work / "runs/times/times.json"]
    day.run("steps", words, most=day.left(), outlast=True)  # it saves after each case


def processors():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def unpacked(pack):
    """The root, the programs, the tests and the facts of a pack."""
    root = ROOT / "target/gpu/unpacked"
    shutil.rmtree(root, ignore_errors=True)
    with tarfile.open(pack) as tar:
        tar.extractall(root, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    facts = json.loads((root / "pack.json").read_text())
    if TOOLKIT.is_symlink():
        TOOLKIT.unlink()
    if TOOLKIT.exists():
        sys.exit(f"{TOOLKIT} is in the way: the programs look there for CUDA's headers")
    TOOLKIT.symlink_to(root / "toolkit")
    programs, tests = facts.pop("programs"), facts.pop("tests")
    return root, {k: root / v for k, v in programs.items()}, {k: root / v for k, v in tests.items()}, facts


def built(*words, **more):
    """What cargo has built, or builds now: the chapters' programs with `speed`, and the chapters' tests, by crate."""
    command = ["cargo", *words, "--locked", "--message-format=json-render-diagnostics"]
    said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, **more).stdout
    programs, tests = {}, {}
    for message in map(json.loads, said.splitlines()):
        target, program = message.get("target", {}), message.get("executable")
        if program and target["kind"] == ["bin"] and not message["profile"]["test"]:
            programs[target["name"]] = program
        elif program and target["name"] == "chapter":
            manifest = Path(message["manifest_path"]).read_text()
            tests[manifest.split('name = "', 1)[1].split('"', 1)[0]] = program
    return programs, tests


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, metavar="DIR", help="where the results go")
    parser.add_argument("--device", default="cuda:0", help="cuda:N, or cpu for a rehearsal [cuda:0]")
    parser.add_argument("--scale", default="full", choices=["smoke", "page", "full"], help="of the trainings [full]")
    parser.add_argument("--minutes", type=float, help="for everything [8; 1.5 on the CPU]")
    parser.add_argument("--only", nargs="+", metavar="STEP", help="only these steps, and the facts")
    parser.add_argument("--resume", action="store_true", help="go on with the trainings from their last checkpoints")
    parser.add_argument("--pack", metavar="FILE", help=f"what build.py made [{PACK.relative_to(ROOT)}]")
    options = parser.parse_args()
    steps = {"facts": facts, "tests": tests, "ledgers": ledgers, "first-steps": first_steps}
    steps |= {crate: training(crate) for crate in TRAININGS} | {"times": times}
    unknown = set(options.only or []) - set(steps)
    if unknown:
        parser.error(f"there is no step {', '.join(unknown)}; there are {', '.join(steps)}")

    minutes = options.minutes or (1.5 if options.device == "cpu" else 8)
    if options.pack or options.device != "cpu":
        root, programs, own, pack = unpacked(options.pack or PACK)
    else:
        root, pack = ROOT, {}
        programs, own = built("test", "--no-run")
    chosen = [name for name in steps if name in ["facts", *(options.only or steps)]]
    day = Day(options, chosen, root, programs, own, pack)
    ends = day.start + 60 * minutes
    for_times = min(TIMES, TIMES * minutes / 8)
    for n, name in enumerate(chosen):
        day.step, now = name, time.monotonic()
        trainings = sum(later in TRAININGS for later in chosen[n:])
        after = for_times * ("times" in chosen)
        share = (ends - after - now) / max(1, trainings)
        day.ends = now + (share if name in TRAININGS else STEPS.get(name, for_times))
        try:
            steps[name](day)
        except Exception as error:  # whatever it is, the next step has its turn
            day.fail("step", f"{type(error).__name__}: {error}")
        day.keep()
    failed = [done["name"] for done in day.record["commands"] if not done["ok"]]
    say(f"{len(day.record['commands'])} programs, {len(failed)} failed: {', '.join(failed) or 'none'}; {day.out}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
