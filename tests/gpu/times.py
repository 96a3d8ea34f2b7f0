"""Times a step of each system, on all processors and on a GPU, beside PyTorch and JAX on the same GPU.

    python3 tests/gpu/times.py --speed PROGRAM --device cuda:0 --seconds 65 --out FILE.json

does what tests/peers/compare.py does on two processors, as long as there is time. A side that is not installed, or ends, is
named in the file and left out. PROGRAM is the crate `workbook-tests`' `speed`.
"""

import argparse
import importlib.metadata
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

PEERS = Path(__file__).resolve().parent.parent / "peers"
sys.path.insert(0, str(PEERS))
from compare import Side, apart, measure  # noqa: E402

ROUNDS = 3


def sides(options, folder):
    """A process for each side: name, command, environment."""
    threads = str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count())
    known = {**os.environ, "RAYON_NUM_THREADS": threads, "PYTHONDONTWRITEBYTECODE": "1", "PEER_DEVICE": options.device}
    known |= {"JAX_PLATFORMS": options.device.partition(":")[0], "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
    # Python's packages know where their own libraries are.
    peers = {name: value for name, value in known.items() if name != "LD_LIBRARY_PATH"}
    return {
        "ours": Side("ours", [options.speed, "serve"], known),
        "dfdx": Side("dfdx", [options.speed, "serve", "--dfdx", "--device", options.device], known),
        "torch": Side("torch", [sys.executable, "torch_side.py"], peers),
        "jax": Side("jax", [sys.executable, "jax_side.py"], peers),
    }


class Times:
    def __init__(self, options):
        self.options, self.ends = options, time.monotonic() + options.seconds
        self.folder = Path(options.out).parent
        self.folder.mkdir(parents=True, exist_ok=True)
        listed = json.loads(subprocess.run([options.speed, "list"], stdout=subprocess.PIPE, text=True, check=True).stdout)
        self.cases = [case for case in listed["cases"] if case["peers"]]
        self.sides = sides(options, self.folder)
        names = [case["name"] for case in self.cases]
        self.made = {"code": listed["code"], "versions": versions(), "lost": {}, "not_timed": names, "values": {}}

    def ask(self, name, *words):
        """What a side answers; one that has ended is lost for what follows."""
        try:
            return self.sides[name].ask(*words)
        except (SystemExit, OSError):
            self.lose(name, f"it ended before: {' '.join(map(str, words))}")

    def lose(self, name, why):
        print(f"{name} is left out from here on: {why}", flush=True)
        self.made["lost"][name] = why
        self.sides.pop(name).process.kill()

    def case(self, case):
        """Lets the sides do the first steps, then times those that can do it."""
        name, inputs = case["name"], self.folder / f"{case['name']}.safetensors"
        given = {side: self.ask(side, "first", name, inputs) for side in list(self.sides)}
        given = {side: numbers for side, numbers in given.items() if numbers is not None}
        inputs.unlink(missing_ok=True)
        ours = given.get("ours")
        seconds = measure(self.sides, {name: list(given)}, ROUNDS)
        values = self.made["values"]
        for (_, side), rounds in seconds.items():
            median = statistics.median(rounds)
            values[f"{name}_{side}_ms"] = 1e3 * median
            if case["multiply_adds"]:
                values[f"{name}_{side}_gflops"] = 2e-9 * case["multiply_adds"] / median
            if side != "ours" and ours is not None:
                values[f"{name}_{side}_apart"] = apart(name, ours, given[side])
                values[f"{name}_{side}_over_ours"] = median / values[f"{name}_ours_ms"] * 1e3
        self.made["not_timed"].remove(name)
        print(f"{name:24}" + "".join(f"  {side} {values[f'{name}_{side}_ms']:.3f} ms" for side in given), flush=True)

    def all(self):
        for n, case in enumerate(self.cases):
            if n > 0 and time.monotonic() > self.ends:
                break
            while not self.tried(case):
                pass
            self.save()

    def tried(self, case):
        """Whether a case is done with; one in which a side ended is done again without it."""
        try:
            self.case(case)
        except (SystemExit, OSError, ArithmeticError) as error:
            time.sleep(0.1)
            ended = [name for name, side in self.sides.items() if side.process.poll() is not None]
            for name in ended:
                self.lose(name, f"it ended while {case['name']} was timed")
            if ended:
                return False
            print(f"{case['name']}: {error}", flush=True)
        return True

    def save(self):
        """Writes what there is, whole or not at all."""
        part = Path(f"{self.options.out}.part")
        part.write_text(json.dumps(self.made, indent=2) + "\n")
        part.replace(self.options.out)


def versions():
    found = {}
    for name, package in {"PyTorch": "torch", "JAX": "jax"}.items():
        try:
            found[name] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            print(f"{name} is not installed here", flush=True)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speed", required=True, type=os.path.abspath, metavar="PROGRAM")
    parser.add_argument("--device", default="cuda:0", help="of dfdx and the peers")
    parser.add_argument("--seconds", type=float, default=65, help="no case but the first begins later")
    parser.add_argument("--out", required=True, type=os.path.abspath, metavar="FILE.json")
    times = Times(parser.parse_args())
    try:
        times.all()
        times.save()
        for side in times.sides.values():
            side.end()
    except KeyboardInterrupt:
        print(f"stopped before {', '.join(times.made['not_timed'])}", flush=True)
        for side in times.sides.values():
            side.process.kill()
        return 130
    return 0 if times.made["values"] and "dfdx" not in times.made["lost"] else 1


if __name__ == "__main__":
    sys.exit(main())
