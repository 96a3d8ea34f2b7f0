"""The day with a GPU: runs what tests/gpu/build.py packed, and keeps what comes out.

    python3 tests/gpu/day.py --out DIR

needs the NVIDIA driver, Python, and CUDA 13's libraries, which it looks for among Python's `nvidia` packages; no cargo. In at
most eight minutes it runs, in this order, the CUDA tests, every chapter's ledger, the first steps of every training beside the
CPU's, four systems at full scale, the lookup, and the times of a step beside those of PyTorch and JAX. Each of these has a
share of the time, said at the start, and what it gave is in DIR at once, whether or not a later one fails.

    python3 tests/gpu/day.py --resume --out DIR

goes on, on the same machine, with what a call before did not finish: trainings go on from their checkpoints. `--only STEP` does
a step once more and leaves the others as they are. A day that is kept already is replaced only with `--fresh`.

    python3 tests/gpu/day.py --device cpu --scale smoke --fresh --out DIR

rehearses all of it without a GPU, with the programs that cargo builds here.
"""

import argparse
import contextlib
import datetime
import glob
import importlib.metadata
import io
import json
import lzma
import math
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FOLDER = ROOT / "target/gpu"
PACK = FOLDER / "pack/workbook.tar.xz"
TOOLKIT = Path("/tmp/workbook-cuda")  # where the build finds the toolkit, and dfdx at run time the headers
LIBRARIES = ["libcuda.so.1", "libcublas.so.13", "libcublasLt.so.13", "libnvrtc.so.13"]

# The steps in their order, and the seconds of each in a day of eight minutes; any other day is divided in the same proportions.
# What a step leaves of its share goes to those after it, but no training gets more than the first of them.
SHARES = {"facts": 20, "tests": 60, "ledgers": 45, "first-steps": 45}
TRAININGS = {"gan": "digits-dfdx", "vq-vae": "digits-dfdx", "code-prior": "draw-dfdx", "vq-gan": "emoji"}
STEPS = {**SHARES, **dict.fromkeys(TRAININGS, 60), "times": 70}
MINUTES, ON_CPU = 8, 20  # a rehearsal ends by itself in one or two; its limits are for what hangs
GRACE = 10  # seconds between Ctrl-C and the end, for a checkpoint
STOPPED = 130  # how a program ends after Ctrl-C, when it has saved
SCALES = ["smoke", "page", "full"]

# The experiment that trains a few steps in both rooms, or compares them where no training is compared.
FIRST_STEPS = {
    "gradients": "parity",
    "minimax-loss": "climb",
    "discriminator-training": "parity",
    "gan": "first steps",
    "stability": "first steps",
    "codebook-lookup": "agreement",
    "straight-through": "equal",
    "commitment-loss": "parity",
    "vq-vae": "first steps",
    "code-prior": "first steps",
}
CHAPTERS = [*FIRST_STEPS, "vq-gan", "uses"]  # the last two have their tests for that

# What comes back is a few files of moderate size. Checkpoints are large; the smaller ones go first.
PART = 15 << 20
PARTS = 3


class Day:
    """Runs programs, each with a limit, and keeps what they leave."""

    def __init__(self, options, start, root, programs, tests, pack):
        self.options, self.root, self.programs, self.tests = options, root, programs, tests
        self.on_gpu = options.device != "cpu"
        self.out, self.work = Path(options.out).resolve(), FOLDER / ("day" if self.on_gpu else "rehearsed")
        self.start, self.ends, self.share, self.training = start, start, 0, math.inf
        self.step, self.told = "", 0
        self.record = self.taken_up({"device": options.device, "scale": options.scale, "pack": pack})
        libraries, missing = find_libraries() if self.on_gpu else ([], [])
        self.record["facts"] = {"libraries": libraries, "libraries_not_found": missing}
        known = os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
        self.environment = {
            **os.environ,
            "WORKBOOK_ROOT": str(root),
            "LD_LIBRARY_PATH": os.pathsep.join(filter(None, [*libraries, *known])),
            "CUDA_CACHE_PATH": str(self.work / "cache"),  # of compiled kernels, for all programs of the day
        }
        (self.work / "logs").mkdir(parents=True, exist_ok=True)
        self.out.mkdir(parents=True, exist_ok=True)

    def taken_up(self, what):
        """The record of the day that this call goes on with, which must be one of the same device, scale and commit; or of one
        that begins, in place of whatever was kept here."""
        goes_on = self.options.resume or self.options.only
        before, there = recorded(self.work, self.options.fresh), recorded(self.out, self.options.fresh)
        if there and not goes_on:
            sys.exit(f"{self.out} keeps a day: --resume goes on with it, --only STEP does a step once more, --fresh begins again")
        if there and there.get("begun") != (before or {}).get("begun"):
            sys.exit(f"{self.out} keeps another day than {self.work}: name another --out, or begin again with --fresh")
        if self.options.resume and not before:
            sys.exit(f"there is no day to go on with in {self.work}")
        if not (goes_on and before):
            shutil.rmtree(self.work, ignore_errors=True)
            for old in ours(self.out):
                old.unlink()
            begun = datetime.datetime.now(datetime.timezone.utc).isoformat()
            return {**what, "begun": begun, "commands": [], "finished": []}
        for name, now in {"device": what["device"], "scale": what["scale"], "commit": what["pack"].get("commit")}.items():
            then = before["pack"].get("commit") if name == "commit" else before[name]
            if then != now:
                sys.exit(f"the day in {self.work} has {name} {then}, and this call {now}: they do not mix; --fresh begins again")
        return {**before, **what}

    def begin(self, step, ends, later):
        """Gives a step its share of what is left, and removes what it left before, except what a training goes on from."""
        now = time.monotonic()
        self.step, self.share = step, (ends - now) * STEPS[step] / sum(STEPS[name] for name in (step, *later))
        if step in TRAININGS:
            self.share = self.training = min(self.share, self.training)
        self.ends = now + self.share
        self.record["commands"] = [done for done in self.record["commands"] if done["step"] != step]
        self.record["finished"] = [name for name in self.record["finished"] if name != step]
        for log in (self.work / "logs").glob(f"{step}-*.txt"):
            log.unlink()
        if not (self.options.resume and step in TRAININGS):
            shutil.rmtree(self.work / "runs" / step, ignore_errors=True)

    def end(self):
        """Notes whether the step is done with: nothing of it was cut short, and a training came to its end."""
        mine = [done for done in self.record["commands"] if done["step"] == self.step]
        ended = all(done["ended"] == 0 or done["ended"] is not None and not done["at_limit"] for done in mine)
        if ended and not self.told and (self.step not in TRAININGS or all(done["ok"] for done in mine)):
            self.record["finished"].append(self.step)

    def left(self):
        """Seconds until the step has to end."""
        return self.ends - time.monotonic()

    def run(self, name, words, most=None, grace=0, leaves=None):
        """Runs a program, for half of the step's share unless it may take the `most`; whether it did what it should. That is to
        end by itself; or, if it `leaves` such files to go on from, to end so after Ctrl-C."""
        if self.told:
            return False
        done = {"step": self.step, "name": f"{self.step}-{name}", "ended": None, "at_limit": False, "seconds": 0.0}
        self.record["commands"].append(done)
        limit = min(most or self.share / 2, self.left())
        log, begin = self.work / f"logs/{done['name']}.txt", time.monotonic()
        if limit <= grace:
            done["why"] = "not begun, no time was left"
        else:
            with open(log, "w") as file:
                file.write(" ".join(map(str, words)) + "\n")
                file.flush()
                try:
                    done["ended"], done["at_limit"] = self.wait(words, file, limit, grace)
                except OSError as error:
                    done["why"] = str(error)
        done["seconds"] = round(time.monotonic() - begin, 2)
        said = log.read_text(errors="replace") if log.exists() else ""
        if done["ended"] == STOPPED and leaves and list(self.work.glob(leaves)):
            done["unfinished"] = ["stopped", *re.findall(r"stopped (?:at|in|before) [^;\n]*", said)][-1]
        elif done["at_limit"] and self.told:
            done["why"] = "stopped with the day"
        done["ok"] = done["ended"] == 0 or "unfinished" in done
        say(f"[{time.monotonic() - self.start:6.1f} s] {done['name']:36} {done['seconds']:6.1f} s  {state(done)}")
        if not done["ok"]:
            say("    " + "\n    ".join(said.splitlines()[-12:]))
        return done["ok"]

    def wait(self, words, file, limit, grace):
        """How a program ended, and whether it had to be told. What it started and left behind is ended with it."""
        process = subprocess.Popen(
            list(map(str, words)),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            cwd=self.root,
            env=self.environment,
            start_new_session=True,
        )
        ends, at_limit = time.monotonic() + limit - grace, False
        while process.poll() is None and time.monotonic() < ends and not self.told:
            time.sleep(0.02)
        if process.poll() is None:
            at_limit = True
            end_group(process, signal.SIGINT)
            try:
                process.wait(grace)
            except subprocess.TimeoutExpired:
                pass
        end_group(process, signal.SIGKILL)
        return process.wait(), at_limit

    def fail(self, name, why):
        name = f"{self.step}-{name}"
        self.record["commands"].append(
            {"step": self.step, "name": name, "ended": None, "at_limit": False, "ok": False, "why": why}
        )
        say(f"{name}: {why}")

    def experiment(self, crate, experiment, *more, name=None, **limits):
        name = name or crate
        folder = self.work / "runs" / self.step / name
        words = [self.programs[crate], "--experiment", experiment, "--device", self.options.device, "--out", folder]
        return self.run(name, [*words, *more], **limits)

    def keep(self):
        """Puts all there is so far where it is fetched from, each file whole."""
        with whole(self.out / "results.tar.gz") as part, tarfile.open(part, "w:gz", compresslevel=6) as tar:
            for path in files(self.work):
                below = path.relative_to(self.work)
                if below.parts[0] in ("runs", "logs") and "checkpoints" not in below.parts:
                    tar.add(path, below)
        for folder in (self.work, self.out):
            with whole(folder / "day.json") as part:
                part.write_text(json.dumps(self.record, indent=2) + "\n")

    def keep_checkpoints(self):
        """Puts the checkpoints there too, in parts, as many as there is room for."""
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


def state(done):
    """How a program ended, in words."""
    if done["ended"] == 0:
        return "ok"
    if "unfinished" in done:
        return f"unfinished: {done['unfinished']}"
    ended = f"ended with {done['ended']}"
    return done.get("why", f"at its limit, {ended}" if done["at_limit"] else ended)


def recorded(folder, fresh):
    """What the folder keeps of a day, if that is of any use yet."""
    if fresh or not (kept := ours(folder)):
        return None
    try:
        record = json.loads((folder / "day.json").read_text())
        if not {"begun", "device", "scale", "pack", "commands", "finished"} <= record.keys():
            raise ValueError("it is no record of a day")
        return record
    except (OSError, ValueError, AttributeError) as error:
        sys.exit(f"{folder} keeps {kept[0].name} and more, of a day that cannot be read: {error}; --fresh begins again")


def ours(folder):
    """The files that a day puts into a folder."""
    return sorted(path for name in ("day.json", "results.tar.gz", "checkpoints.tar.*") for path in folder.glob(name))


@contextlib.contextmanager
def whole(path):
    """A path to write to, for a file that is there whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    yield part
    os.replace(part, path)


def end_group(process, told):
    """Sends a signal to a program and to all that it started, if any of them is left."""
    try:
        os.killpg(process.pid, told)
    except (ProcessLookupError, PermissionError):  # none; or, on macOS, none but what waits to be asked for its end
        pass


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
            built = day.record["pack"].get("capability", "0")
            if [*map(int, known["capability"].split("."))] < [*map(int, built.split("."))]:
                day.fail("capability", f"the card has {known['capability']}, the programs were built for {built}")
        else:
            day.fail("nvidia-smi", why or f"there is no card {number}: {said}")
    say(json.dumps(known, indent=2))
    day.run("starts", [day.programs["speed"], "list"], most=day.share)


def tests(day):
    """Each chapter's tests of this device."""
    prefix = "cuda_" if day.on_gpu else "every_row_of_the_ledger"
    for crate, program in day.tests.items():
        listed, why = ask([program, "--list", "--format", "terse"], day.environment, max(0.1, min(15, day.left())))
        names = [line.removesuffix(": test") for line in (listed or "").splitlines() if line.endswith(": test")]
        names = [name for name in names if name.rsplit("::", 1)[-1].startswith(prefix)]
        if names:
            day.run(crate, [program, "--exact", "--test-threads=1", *names])
        else:
            day.fail(crate, why or f"no test begins with `{prefix}`")


def ledgers(day):
    scale = min(day.options.scale, "page", key=SCALES.index)
    for crate in CHAPTERS:
        day.experiment(crate, "ledger", "--scale", scale)


def first_steps(day):
    scale = min(day.options.scale, "page", key=SCALES.index)
    for crate, experiment in FIRST_STEPS.items():
        day.experiment(crate, experiment, "--scale", scale)


def training(crate):
    def train(day):
        kept = f"runs/{crate}/training/checkpoints/*.safetensors"
        more = ["--room", "dfdx", "--scale", day.options.scale] + ["--resume"] * any(day.work.glob(kept))
        leaves = None if day.options.scale == "smoke" else kept  # that is seconds of work: it is to end by itself
        grace = min(GRACE, day.share / 2)
        day.experiment(crate, TRAININGS[crate], *more, name="training", most=day.share, grace=grace, leaves=leaves)
        day.keep_checkpoints()

    return train


def times(day):
    scale = min(day.options.scale, "page", key=SCALES.index)
    day.experiment("codebook-lookup", "benchmark", "--scale", scale)
    words = [sys.executable, day.root / "tests/gpu/times.py", "--speed", day.programs["speed"]]
    words += ["--device", day.options.device, "--seconds", f"{0.85 * day.left():.1f}"]
    words += ["--out", day.work / "runs/times/times.json"]
    day.run("steps", words, most=day.share, grace=min(2, day.share / 4), leaves="runs/times/times.json")


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
    root = FOLDER / "unpacked"
    shutil.rmtree(root, ignore_errors=True)
    try:
        with tarfile.open(pack) as tar:
            tar.extractall(root, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
        facts = json.loads((root / "pack.json").read_text())
        programs, tests = facts.pop("programs"), facts.pop("tests")
    except FileNotFoundError as error:
        sys.exit(f"{error.filename} is not there: python3 tests/gpu/build.py makes a pack, where there is cargo")
    except (OSError, EOFError, ValueError, KeyError, lzma.LZMAError, tarfile.TarError) as error:
        sys.exit(f"{pack} is no pack, or is damaged: {error}; python3 tests/gpu/build.py makes one, where there is cargo")
    if TOOLKIT.is_symlink():
        TOOLKIT.unlink()
    if TOOLKIT.exists():
        sys.exit(f"{TOOLKIT} is in the way: the programs look there for CUDA's headers")
    TOOLKIT.symlink_to(root / "toolkit")
    return root, {k: root / v for k, v in programs.items()}, {k: root / v for k, v in tests.items()}, facts


def commit():
    """Of this checkout, marked where a file differs from it; nothing where git does not know."""
    said, _ = ask(["git", "-C", ROOT, "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"])
    return said and said.strip()


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


def command_line():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, metavar="DIR", help="where the results go")
    parser.add_argument("--device", default="cuda:0", help="cuda:N, or cpu for a rehearsal [cuda:0]")
    parser.add_argument("--scale", default="full", choices=SCALES, help="of the trainings [full]")
    parser.add_argument("--minutes", type=float, help=f"for all that this call does [{MINUTES}; {ON_CPU} on the CPU]")
    parser.add_argument("--only", nargs="+", metavar="STEP", help=f"only these of {', '.join(STEPS)}, and the facts")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--resume", action="store_true", help="go on with what an earlier call did not finish")
    how.add_argument("--fresh", action="store_true", help="begin a day, and remove what is kept of another")
    parser.add_argument("--pack", metavar="FILE", help=f"what build.py made [{PACK.relative_to(ROOT)}]")
    options = parser.parse_args()
    if unknown := set(options.only or []) - set(STEPS):
        parser.error(f"there is no step {', '.join(sorted(unknown))}; there are {', '.join(STEPS)}")
    if not re.fullmatch(r"cpu|cuda(:\d+)?", options.device):
        parser.error(f"--device is cpu or cuda:N, and not {options.device}")
    options.device = "cuda:0" if options.device == "cuda" else options.device
    if options.minutes is None:
        options.minutes = ON_CPU if options.device == "cpu" else MINUTES
    if not 0 < options.minutes < math.inf:
        parser.error(f"--minutes must be more than 0, and not {options.minutes}")
    return options


def chosen(options, finished):
    """The steps of this call. The facts are those of the machine that it runs on."""
    if options.only:
        return [name for name in STEPS if name in ("facts", *options.only)]
    return [name for name in STEPS if name == "facts" or not options.resume or name not in finished]


def say_plan(day, steps):
    """How the time is shared."""
    each = 60 * day.options.minutes / sum(STEPS[name] for name in steps)
    say(f"{day.options.minutes:g} minutes: " + ", ".join(f"{name} {each * STEPS[name]:.0f} s" for name in steps))
    if day.options.scale == "full" and set(steps) & set(TRAININGS):
        say(
            "A training that has used its share stops with a checkpoint; another call on this machine, with --resume, goes on\n"
            "from there. On a large GPU the VQ-VAE is to take 3 minutes, and the prior as long after its tokeniser: expect two\n"
            "or three calls. The VQ-GAN is many trainings, and not to be finished in a day."
        )


def listen(day):
    """At Ctrl-C, and when the system asks for the end, the program that runs is ended, and what there is is kept."""

    def hear(number, _):
        day.told = number

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, hear)


def do(day, steps, ends):
    for n, name in enumerate(steps):
        if day.told:
            return
        day.begin(name, ends, steps[n + 1 :])
        try:
            {**WORKERS, **{crate: training(crate) for crate in TRAININGS}}[name](day)
        except Exception as error:  # whatever it is, the next step has its turn
            day.fail("step", f"{type(error).__name__}: {error}")
        day.end()
        day.keep()


WORKERS = {"facts": facts, "tests": tests, "ledgers": ledgers, "first-steps": first_steps, "times": times}


def main():
    options = command_line()
    start = time.monotonic()
    if options.pack or options.device != "cpu":
        root, programs, own, pack = unpacked(options.pack or PACK)
    else:
        root, pack = ROOT, {"commit": commit()}
        programs, own = built("test", "--no-run")
        start = time.monotonic()  # what cargo does is no part of the day
    day = Day(options, start, root, programs, own, pack)
    listen(day)
    steps = chosen(options, day.record["finished"])
    say_plan(day, steps)
    try:
        do(day, steps, start + 60 * options.minutes)
    finally:
        day.keep_checkpoints()
        day.keep()
    return told_of(day)


def told_of(day):
    """Says what failed and what is unfinished; what the program ends with."""
    commands = day.record["commands"]
    failed = [done["name"] for done in commands if not done["ok"]]
    say(f"{len(commands)} programs, {len(failed)} failed: {', '.join(failed) or 'none'}; {day.out}")
    for name in STEPS if not day.options.only else day.options.only:
        if name not in day.record["finished"]:
            stopped = [done["unfinished"] for done in commands if done["step"] == name and "unfinished" in done]
            say(f"not finished: {', '.join([name, *stopped])}; --resume goes on with it")
    return 128 + day.told if day.told else bool(failed)


if __name__ == "__main__":
    sys.exit(main())
