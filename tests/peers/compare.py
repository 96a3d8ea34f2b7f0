"""Times this workbook's functions beside PyTorch and JAX on two threads of this machine's CPU.

    python3 tests/peers/compare.py

makes an environment with the peers in cargo's target folder (their download is large; with
PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu pip takes PyTorch's build for the CPU, which is smaller; an
installation that was cut off goes on where it stopped), builds
the Rust side with the reader's profile, lets all sides do the same first steps from the same numbers and compares what
they give, and then times them in turns. At last two systems are trained, here and in PyTorch, and judged on the way by
one measure. It writes book/pages/results/speed.json and draws the figures. Needs Python and
cargo, and some fifteen minutes on a machine that does nothing else.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SIDES = ["ours", "dfdx", "torch", "jax"]
THREADS = 2
TIMED = ["digits_gan", "ring_gan", "lookup", "vq_vae", "prior_step", "prior_draw"]
SEED = 1
# What the page says of the times, decided by those that were recorded (`chapters/record/src/claims.rs`).
CLAIMS = [
    ("size_hides_costs", {"rises": [f"digits_gan_width_{w}_ours_share" for w in [32, 128, 512]]}),
    ("the_same_for_batches", {"rises": [f"digits_gan{b}_ours_share" for b in ["_batch_16", "", "_batch_512"]]}),
    ("torch_gains_from_size", {"times": [1.25, ["digits_gan_batch_512_torch_over_ours"], ["digits_gan_batch_16_torch_over_ours"]]}),
    ("jax_gains_less", {"less": [["digits_gan_batch_16_jax_over_ours"], ["digits_gan_batch_16_torch_over_ours"]]}),
    ("jax_is_ahead_with_large_batches", {"less": [["digits_gan_batch_512_jax_ms"], ["digits_gan_batch_512_ours_ms"]]}),
    ("gemm_copies_less", {"less": [["part_small_ours_ms"], ["part_small_of_ndarray_ours_ms"]]}),
    ("two_threads_for_a_large_product", {"times": [1.5, ["product_ours_ms"], ["part_one_thread_ours_ms"]]}),
    ("an_exponential_is_quicker", {"times": [2, ["part_tanh_ours_ms"], ["part_exact_tanh_ours_ms"]]}),
    ("no_gradient_at_the_data_saves", {"less": [["part_backward_ours_ms"], ["part_backward_to_data_ours_ms"]]}),
    ("dfdx_is_slow_here", {"less": [[1, 1, 1, 1, 1, 1], [f"{c}_dfdx_over_ours" for c in TIMED]]}),
]
BURST = 0.1  # seconds that one side works at a time
PAUSE = 0.05  # seconds for its threads to fall asleep


class Side:
    """A process that does work on demand."""

    def __init__(self, name, command, environment):
        self.name = name
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=HERE, env=environment)

    def ask(self, *words):
        asked = " ".join(map(str, words))
        try:
            print(asked, file=self.process.stdin, flush=True)
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            sys.exit(f"{self.name} ended with {self.process.wait()} when it was asked for `{asked}`; what it said is above")
        return json.loads(line)

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def done(command, what, hint, **more):
    """What a command says; the end, if it fails."""
    try:
        return subprocess.run(command, check=True, text=True, **more).stdout
    except FileNotFoundError:
        sys.exit(f"{what}: there is no program `{command[0]}`; {hint}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"{what} failed with {error.returncode}; {hint}")


def environment(folder, use_installed):
    """The Python of an environment that has the peers. What is installed is noted package by package."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp, wanted = folder / "installed.txt", (HERE / "requirements.txt").read_text().split()
    if not stamp.exists():
        try:
            venv.create(folder, with_pip=True, clear=folder.exists(), system_site_packages=use_installed)
        except subprocess.CalledProcessError:
            sys.exit(f"{folder}: no environment could be made; on Debian and Ubuntu the package python3-venv is missing")
        stamp.touch()
    there = stamp.read_text().split()
    for package in wanted:
        if package not in there:
            print(f"installing {package} into {folder}", file=sys.stderr)
            hint = "the same command goes on from here; --use-installed takes what Python has already"
            done([python, "-m", "pip", "install", "--quiet", package], f"installing {package}", hint)
            there.append(package)
            stamp.write_text("\n".join(there) + "\n")
    return python


def target():
    """Cargo's target folder."""
    command = ["cargo", "metadata", "--no-deps", "--format-version", "1"]
    said = done(command, "reading the workspace", "cargo comes from https://rustup.rs", cwd=ROOT, stdout=subprocess.PIPE)
    return Path(json.loads(said)["target_directory"])


def build():
    """The program of the Rust side."""
    command = ["cargo", "build", "-p", "workbook-tests", "--bin", "speed"]
    command += ["--message-format", "json-render-diagnostics"]
    said = done(command, "compiling this side", "what the compiler says is above", cwd=ROOT, stdout=subprocess.PIPE)
    messages = map(json.loads, said.splitlines())
    return next(m["executable"] for m in messages if m.get("executable") and m["target"]["name"] == "speed")


def two_threads():
    """Binds this process, and those it starts, to two processors; gives the variables that say so to libraries."""
    if hasattr(os, "sched_setaffinity"):
        mine = sorted(os.sched_getaffinity(0))
        if len(mine) < THREADS:
            sys.exit(f"two threads are compared; this process may use {len(mine)} processor")
        os.sched_setaffinity(0, mine[:THREADS])
    names = ["RAYON_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"]
    more = {"JAX_PLATFORMS": "cpu", "PYTHONDONTWRITEBYTECODE": "1"}
    return {**os.environ, **{name: str(THREADS) for name in names}, **more}


def processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def versions(python):
    names = {"PyTorch": "torch", "JAX": "jax"}
    ask = f"import importlib.metadata as m; print(*[m.version(n) for n in {list(names.values())}])"
    said = done([python, "-c", ask], "asking for versions", "is the environment whole?", stdout=subprocess.PIPE)
    return dict(zip(names, said.split()))


def apart(case, ours, theirs):
    """How far two answers are from each other: the share of indices, or the largest relative difference."""
    if len(ours) != len(theirs):
        sys.exit(f"{case}: {len(ours)} numbers and {len(theirs)}")
    if case == "lookup":
        return sum(a != b for a, b in zip(ours, theirs)) / len(ours)
    return max((abs(a - b) / abs(a) for a, b in zip(ours, theirs)), default=0)


def agree(case, sides, folder):
    """Lets these sides do the first steps; those that do this case, and how far they are from ours."""
    inputs = folder / f"{case}.safetensors"
    given = {name: side.ask("first", case, inputs) for name, side in sides.items()}
    given = {name: numbers for name, numbers in given.items() if numbers is not None}
    far = {name: apart(case, given["ours"], numbers) for name, numbers in given.items() if name != "ours"}
    for name, error in far.items():
        if not error <= 1e-4:
            sys.exit(f"{case}: {name} does other work: {error} apart\n{given['ours'][:6]}\n{given[name][:6]}")
    return list(given), far


def burst(side, case, pieces):
    """The median time of one piece, those of the warm-up left out."""
    warm = max(2, pieces // 5)
    return statistics.median(side.ask("time", case, warm + pieces)[warm:])


def measure(sides, doing, rounds):
    """Seconds of each case and side, one for each round."""
    pieces = {}
    for case, order in doing.items():
        for name in order:
            seconds = statistics.median(sides[name].ask("time", case, 4)[1:])
            pieces[case, name] = min(200, max(3, round(BURST / seconds)))
    seconds = {key: [] for key in pieces}
    for n in range(rounds):
        for case, order in doing.items():
            first = n % len(order)
            for name in order[first:] + order[:first]:
                time.sleep(PAUSE)
                seconds[case, name].append(burst(sides[name], case, pieces[case, name]))
    return seconds


def summary(cases, sittings, far):
    """The numbers by name. A side's time is the median of its best sitting; ratios are of one round, and of all."""
    work = {case["name"]: 2 * case["multiply_adds"] for case in cases}
    best = {key: min(statistics.median(s[key]) for s in sittings) for key in sittings[0]}
    worst = {key: max(statistics.median(s[key]) for s in sittings) for key in sittings[0]}
    rounds = {key: [t for s in sittings for t in s[key]] for key in sittings[0]}
    speed = {(case, name): work[case] / t / 1e9 for (case, name), t in best.items()}
    fastest = max(gflops for (case, _), gflops in speed.items() if case == "product")
    values = {"threads": THREADS, "sittings": len(sittings), "rounds": len(rounds["product", "ours"])}
    values["product_fastest_gflops"] = fastest
    for (case, name), seconds in best.items():
        values[f"{case}_{name}_ms"] = 1e3 * seconds
        values[f"{case}_{name}_worst_ms"] = 1e3 * worst[case, name]
        if work[case]:
            values[f"{case}_{name}_gflops"] = speed[case, name]
            values[f"{case}_{name}_share"] = speed[case, name] / fastest
        if name != "ours":
            ratios = sorted(a / b for a, b in zip(rounds[case, name], rounds[case, "ours"]))
            tenth = len(ratios) // 10
            values[f"{case}_{name}_over_ours"] = seconds / best[case, "ours"]
            values[f"{case}_{name}_over_ours_low"] = ratios[tenth]
            values[f"{case}_{name}_over_ours_high"] = ratios[-1 - tenth]
            values[f"{case}_{name}_apart"] = far[case][name]
    for case, operations in work.items():
        if operations:
            values[f"{case}_gflop"] = operations / 1e9
            values[f"{case}_products_ms"] = operations / fastest / 1e6
    return values


def compiled(commands, folder, rounds, variables):
    """PyTorch's GAN beside itself through `torch.compile`, by the seconds of their rounds."""
    print("compiling PyTorch's step", file=sys.stderr)
    commands = {"ours": commands["ours"], "torch": commands["torch"], "compiled": [*commands["torch"], "--compiled"]}
    sides = {name: Side(name, command, variables) for name, command in commands.items()}
    agree("digits_gan", sides, folder)
    seconds = measure(sides, {"digits_gan": ["torch", "compiled"]}, rounds)
    for side in sides.values():
        side.end()
    eager, with_compiler = (seconds["digits_gan", name] for name in ["torch", "compiled"])
    return {
        "compiled_eager_ms": 1e3 * statistics.median(eager),
        "compiled_ms": 1e3 * statistics.median(with_compiler),
        "compiled_over_eager": statistics.median(c / e for c, e in zip(with_compiler, eager)),
    }


def quality(system, program, python, folder, variables):
    """Seconds of training and quality at each mark, of this workbook's run and of its twin."""
    start = folder / f"{system}-start.safetensors"
    subprocess.run([program, "start", system, start], check=True, env=variables)
    commands = {
        "ours": [program, "train", system, folder],
        "torch": [python, HERE / "torch_quality.py", system, start, folder],
    }
    values = {}
    for name, command in commands.items():
        print(f"training {system}, {name}", file=sys.stderr)
        said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=HERE, env=variables).stdout
        marks, seconds, files = zip(*json.loads(said))
        values[f"quality_{system}_steps"] = marks[-1]
        judge = [program, "judge", system, *files]
        judged = json.loads(subprocess.run(judge, stdout=subprocess.PIPE, text=True, check=True, env=variables).stdout)
        for n, (at, worth) in enumerate(zip(seconds, judged)):
            values[f"quality_{system}_{name}_{n}_s"] = at
            values[f"quality_{system}_{name}_{n}"] = worth
        print(f"{system}, {name}: " + ", ".join(f"{a:.0f} s {w:.4g}" for a, w in zip(seconds, judged)), file=sys.stderr)
    return {name.replace("-", "_"): value for name, value in values.items()}


def show(names, values):
    print(f"{'ms':24}" + "".join(f"{name:>10}" for name in SIDES))
    for case in names:
        times = (values.get(f"{case}_{name}_ms") for name in SIDES)
        print(f"{case:24}" + "".join(f"{ms:10.3f}" if ms else f"{'-':>10}" for ms in times))


def save(name, values, start, code, versions):
    """Writes a page's results, with what they came from."""
    provenance = {
        "seed": SEED,
        "scale": "page",
        "device": "cpu",
        "seconds": round(time.monotonic() - start, 1),
        "code": code,
        "experiments": {},
        "made_with": {"processor": processor(), **versions},
    }
    claims = {"claims": dict(CLAIMS)} if name == "speed" else {}
    write(name, {"provenance": provenance, **claims, **dict(sorted(values.items()))})


def state():
    """Writes the claims anew beside the times that were recorded."""
    results = json.loads((ROOT / "book/pages/results/speed.json").read_text(encoding="utf-8"))
    provenance = results.pop("provenance")
    write("speed", {"provenance": provenance, **results, "claims": dict(CLAIMS)})


def write(name, results):
    file = ROOT / f"book/pages/results/{name}.json"
    file.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sittings", type=int, default=3, help="how often all sides start anew")
    parser.add_argument("--rounds", type=int, default=4, help="rounds of each sitting")
    parser.add_argument("--only", nargs="+", metavar="CASE", help="only these, beside the product; nothing is written")
    parser.add_argument("--state", action="store_true", help="time nothing: state the claims of the recorded times anew")
    parser.add_argument("--use-installed", action="store_true", help="take what of the peers is installed already")
    options = parser.parse_args()
    if options.state:
        state()
        return
    start = time.monotonic()
    folder = target() / "peers"
    python = environment(folder, options.use_installed)
    program = build()
    if hasattr(os, "getloadavg") and os.getloadavg()[0] > 1:
        print("the machine is busy with something else: the times will be too long, and not fair", file=sys.stderr)
    variables = two_threads()
    listed = json.loads(subprocess.run([program, "list"], stdout=subprocess.PIPE, text=True, check=True).stdout)
    names = [c["name"] for c in listed["cases"]]
    if unknown := set(options.only or []) - set(names):
        sys.exit(f"there is no case {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    cases = [c for c in listed["cases"] if not options.only or c["name"] in ["product", *options.only]]
    commands = {
        "ours": [program, "serve"],
        "dfdx": [program, "serve", "--dfdx"],
        "torch": [python, "torch_side.py"],
        "jax": [python, "jax_side.py"],
    }
    sittings, far = [], {}
    for n in range(options.sittings):
        sides = {name: Side(name, commands[name], variables) for name in SIDES}
        doing = {}
        for case in cases:
            asked = sides if case["peers"] else {"ours": sides["ours"]}
            name = case["name"]
            doing[name], far[name] = agree(name, asked, folder)
        sittings.append(measure(sides, doing, options.rounds))
        for side in sides.values():
            side.end()
        print(f"sitting {n + 1} of {options.sittings}, {time.monotonic() - start:.0f} s", file=sys.stderr)
    values = summary(cases, sittings, far)
    show([case["name"] for case in cases], values)
    if options.only:
        return
    values |= compiled(commands, folder, 3 * options.rounds, variables)
    for system in ["gan", "vq-vae"]:
        values |= quality(system, program, python, folder, variables)
    save("speed", values, start, listed["code"], versions(python))
    subprocess.run([program, "draw"], check=True)


if __name__ == "__main__":
    main()
