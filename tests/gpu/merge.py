"""Merges what a day with a GPU gave into the committed results.

    python3 tests/gpu/merge.py DIR

takes the folder that tests/gpu/day.py left and writes, beside the results that the pages quote, files with a provenance of
their own: CHAPTER.ledger-cuda.json (the ledger's column *dfdx, CUDA*), CHAPTER.first-steps-cuda.json, CHAPTER.full-cuda.json
and speed.cuda.json. A page quotes their numbers as `gan.full-cuda/NAME`. What failed is named, and not merged. So is what does
not belong there: trainings that are not of full scale, anything of smoke scale, of another device than the day's, or made by
other code than is here, which the chapters' programs are asked for; and what is damaged. Then it ends with 1.
"""

import argparse
import contextlib
import io
import json
import math
import subprocess
import sys
import tarfile
import tempfile
import zlib
from pathlib import Path

from day import CHAPTERS, FIRST_STEPS, ROOT, SCALES, TRAININGS, built

# What reading a file may end with, when it is not what a day writes.
DAMAGED = (OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, RecursionError, tarfile.TarError, zlib.error)
PROVENANCE = ["seed", "scale", "device", "seconds", "code", "experiments"]


class Refused(Exception):
    """What is not merged, and why; the reason is the message."""


class Merge:
    def __init__(self, back, to, codes):
        self.back, self.to, self.codes = back, to, codes
        self.day = json.loads((back / "day.json").read_text())
        self.kind = self.day["device"].partition(":")[0]
        self.commands = {done["name"]: done for done in self.day["commands"]}
        self.kept, self.written, self.refused = [], [], 0
        commit, mark, dirty = (self.day.get("pack", {}).get("commit") or "").partition("-")
        self.facts = {**self.day.get("facts", {}), "commit": commit[:12] + mark + dirty}
        for name in ("processor", "processors", *(["gpu", "driver", "commit"] if self.kind == "cuda" else [])):
            if not self.facts.get(name):
                self.refuse("day.json", f"does not say {name}")

    def refuse(self, what, why):
        print(f"{what}: {why}", file=sys.stderr)
        self.refused += 1

    @contextlib.contextmanager
    def naming(self, what):
        """Names what is refused or damaged, and lets the others have their turn."""
        try:
            yield
        except Refused as why:
            self.refuse(what, why)
        except DAMAGED as error:
            self.refuse(what, f"missing or damaged: {type(error).__name__}: {error}")

    def made_with(self, *facts):
        """What a page says of the machine, and of the commit that the programs were built from."""
        known = {fact: self.facts[fact] for fact in (*facts, "commit") if self.facts.get(fact)}
        return {"GPU" if fact == "gpu" else fact: str(value) for fact, value in known.items()}

    def ended(self, step, name):
        """Whether a program came to its end; if not, it is said why."""
        done = self.commands.get(f"{step}-{name}", {"ended": None, "why": "not run"})
        if done["ended"] == 0:
            return True
        why = done.get("unfinished") or done.get("why") or f"failed, see logs/{step}-{name}.txt in results.tar.gz"
        if any(path.startswith(f"runs/{step}/{name}/") for path in self.kept):
            why += "; its checkpoint is in the archive"
        print(f"{step}, {name}: {why}", file=sys.stderr)
        return False

    def experiment(self, folder, step, name, to, scales, wanted=lambda name: True):
        """Merges what an experiment gave, unless it failed, is damaged, or does not belong there."""
        file = f"runs/{step}/{name}/results.json"
        crate = step if name == "training" else name
        with self.naming(file):
            if not self.ended(step, name):
                return
            results = json.loads((folder / file).read_text())
            provenance = results.pop("provenance")
            results.pop("claims", None)  # they are the page's, of its own run
            self.check(provenance, crate, scales)
            numbers(results)
            known = self.made_with(*(["gpu", "driver"] if self.kind == "cuda" else ["processor"]))
            provenance["made_with"] = {**provenance.get("made_with", {}), **known}
            values = {name: value for name, value in results.items() if wanted(name)}
            if not values:
                raise Refused("none of its numbers belongs there")
            self.write(to or f"{crate}.{provenance['scale']}-{self.kind}", provenance, values)

    def check(self, provenance, crate, scales):
        """That results are of the day's device, of a scale that belongs there, and made by the code that is here."""
        if missing := set(PROVENANCE) - provenance.keys():
            raise Refused(f"its provenance lacks {', '.join(sorted(missing))}")
        if provenance["device"] != self.day["device"]:
            raise Refused(f"made on {provenance['device']}, and the day was on {self.day['device']}")
        if self.kind != "cpu" and provenance["scale"] not in scales:  # a rehearsal is of any scale
            raise Refused(f"of {provenance['scale']} scale; what belongs there is of {' or '.join(scales)} scale")
        self.check_code(provenance["code"], crate)

    def check_code(self, code, crate):
        if self.codes is not None and (here := self.codes(crate)) != code:
            raise Refused(f"made by the code {code} of {crate}; here is {here} (--other-code merges it all the same)")

    def write(self, name, provenance, values):
        file = self.to / f"book/pages/results/{name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"provenance": provenance, **dict(sorted(values.items()))}, indent=2, ensure_ascii=False)
        file.write_text(text + "\n", encoding="utf-8")
        self.written.append(file)
        print(f"{file}: {len(values)} numbers")

    def all(self, folder):
        with self.naming("results.tar.gz"), tarfile.open(self.back / "results.tar.gz") as tar:
            tar.extractall(folder, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
        with self.naming("checkpoints.tar.N"):
            self.kept = self.checkpoints()
        for chapter in CHAPTERS:
            here, to = f"/dfdx_{self.kind}", f"{chapter}.ledger-{self.kind}"
            self.experiment(folder, "ledgers", chapter, to, SCALES[1:], lambda name, here=here: name.endswith(here))
            if chapter in FIRST_STEPS:
                self.experiment(folder, "first-steps", chapter, f"{chapter}.first-steps-{self.kind}", SCALES[1:])
            if chapter in TRAININGS:
                self.experiment(folder, chapter, "training", None, ["full"])
        self.experiment(folder, "times", "codebook-lookup", f"codebook-lookup.benchmark-{self.kind}", SCALES[1:])
        self.times(folder)

    def checkpoints(self):
        """The checkpoints that came back."""
        parts = [self.back / f"checkpoints.tar.{n}" for n in range(len(list(self.back.glob("checkpoints.tar.*"))))]
        if not parts:
            return []
        with tarfile.open(fileobj=io.BytesIO(b"".join(part.read_bytes() for part in parts))) as tar:
            return tar.getnames()

    def times(self, folder):
        """The times of steps, as many as there are."""
        file = "runs/times/times.json"
        with self.naming(file):
            if not self.ended("times", "steps") and not (folder / file).exists():
                return
            times = json.loads((folder / file).read_text())
            for side, why in times["lost"].items():
                print(f"{side} was left out: {why}", file=sys.stderr)
            for case in times["not_timed"]:
                print(f"{case} was not timed", file=sys.stderr)
            self.check_code(times["code"], "speed")
            provenance = {
                "seed": 1,
                "scale": "page",
                "device": self.day["device"],
                "seconds": self.commands["times-steps"]["seconds"],
                "code": times["code"],
                "experiments": {},
                "made_with": {**self.made_with("processor"), **times["versions"]},
            }
            if not times["values"]:
                raise Refused("no step was timed")
            values = {**times["values"], **{name: self.facts[name] for name in ["processors"] if name in self.facts}}
            numbers(values)
            self.write(f"speed.{self.kind}", provenance, values)


def numbers(values):
    """That these are numbers, and finite."""
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise Refused(f"`{name}` is {json.dumps(value)}, and no number")


class Codes:
    """Fingerprints of the code that is here: its programs say them, as in the files that they write."""

    def __init__(self):
        self.programs, self.known = None, {}

    def __call__(self, crate):
        if crate not in self.known:
            try:
                self.programs = self.programs or built("test", "--no-run")[0]
                self.known[crate] = self.ask(crate)
            except (*DAMAGED, subprocess.CalledProcessError) as error:
                sys.exit(f"the code that is here could not be asked for: {error}; --other-code merges without")
        return self.known[crate]

    def ask(self, crate):
        if crate == "speed":
            said = subprocess.run([self.programs[crate], "list"], stdout=subprocess.PIPE, text=True, check=True).stdout
            return json.loads(said)["code"]
        with tempfile.TemporaryDirectory() as folder:
            words = ["--experiment", "ledger", "--scale", "smoke", "--quiet", "--out", folder]
            subprocess.run([self.programs[crate], *words], check=True)
            return json.loads((Path(folder) / "results.json").read_text())["provenance"]["code"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR", help="what day.py left")
    parser.add_argument("--to", type=Path, default=ROOT, metavar="ROOT", help="another copy of the workbook")
    parser.add_argument("--other-code", action="store_true", help="merge also what other code made than is here")
    options = parser.parse_args()
    try:
        merge = Merge(options.folder, options.to, None if options.other_code else Codes())
    except DAMAGED as error:
        sys.exit(f"{options.folder / 'day.json'} is missing or damaged: {type(error).__name__}: {error}")
    if merge.kind == "cpu" and options.to.resolve() == ROOT:
        sys.exit("this was made without a GPU: a rehearsal can be merged into another folder, with --to")
    with tempfile.TemporaryDirectory() as folder:
        merge.all(Path(folder))
    return 1 if merge.refused or not merge.written else 0


if __name__ == "__main__":
    sys.exit(main())
