"""Merges what a day with a GPU gave into the committed results.

    python3 tests/gpu/merge.py DIR

takes the folder that tests/gpu/day.py left and writes, beside the results that the pages quote, files with a provenance of
their own: CHAPTER.ledger-cuda.json (the ledger's column *dfdx, CUDA*), CHAPTER.first-steps-cuda.json, CHAPTER.full-cuda.json
and speed.cuda.json. A page quotes their numbers as `gan.full-cuda/NAME`. What failed is named, and not merged.
"""

import argparse
import json
import sys
import tarfile
import tempfile
from pathlib import Path

from day import FIRST_STEPS, ROOT, TRAININGS


class Merge:
    def __init__(self, back, to):
        self.back, self.to = back, to
        self.day = json.loads((back / "day.json").read_text())
        self.kind = self.day["device"].partition(":")[0]
        known = {"GPU": "gpu", "driver": "driver"} if self.kind == "cuda" else {"processor": "processor"}
        self.made_with = {name: self.day["facts"][fact] for name, fact in known.items() if fact in self.day["facts"]}
        self.commands = {done["name"]: done for done in self.day["commands"]}
        self.written = []

    def results(self, folder, step, name):
        """What an experiment gave, unless it failed."""
        done = self.commands.get(f"{step}-{name}", {"ended": None, "why": "not run"})
        file = folder / f"runs/{step}/{name}/results.json"
        if done["ended"] == 0 and file.exists():
            return json.loads(file.read_text())
        why = "stopped at its time limit; its checkpoint is in the archive" if done.get("at_limit") else done.get("why")
        print(f"{step}, {name}: {why or f'failed, see logs/{step}-{name}.txt in results.tar.gz'}", file=sys.stderr)
        return None

    def write(self, name, results, wanted=lambda name: True):
        provenance = results.pop("provenance")
        values = {name: value for name, value in results.items() if wanted(name)}
        provenance["made_with"] = {**provenance.get("made_with", {}), **self.made_with}
        file = self.to / f"book/pages/results/{name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"provenance": provenance, **dict(sorted(values.items()))}, indent=2, ensure_ascii=False)
        file.write_text(text + "\n", encoding="utf-8")
        self.written.append(file)
        print(f"{file}: {len(values)} numbers")

    def all(self, folder):
        for chapter in FIRST_STEPS:
            if results := self.results(folder, "ledgers", chapter):
                self.write(f"{chapter}.ledger-{self.kind}", results, lambda name: name.endswith(f"/dfdx_{self.kind}"))
            if results := self.results(folder, "first-steps", chapter):
                self.write(f"{chapter}.first-steps-{self.kind}", results)
            if chapter in TRAININGS and (results := self.results(folder, chapter, "training")):
                self.write(f"{chapter}.full-{self.kind}", results)
        self.times(folder)

    def times(self, folder):
        """The lookup on the device, and the times of steps."""
        if results := self.results(folder, "times", "codebook-lookup"):
            self.write(f"codebook-lookup.benchmark-{self.kind}", results)
        file, done = folder / "runs/times/times.json", self.commands.get("times-steps")
        if done is None or not file.exists():
            print("no step was timed", file=sys.stderr)
            return
        times = json.loads(file.read_text())
        for side, why in times["lost"].items():
            print(f"{side} was left out: {why}", file=sys.stderr)
        provenance = {
            "seed": 1,
            "scale": "page",
            "device": self.day["device"],
            "seconds": done["seconds"],
            "code": times["code"],
            "experiments": {},
            "made_with": {"processor": self.day["facts"]["processor"], **times["versions"]},
        }
        values = {**times["values"], "processors": self.day["facts"]["processors"]}
        self.write(f"speed.{self.kind}", {"provenance": provenance, **values})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR", help="what day.py left")
    parser.add_argument("--to", type=Path, default=ROOT, metavar="ROOT", help="another copy of the workbook")
    options = parser.parse_args()
    merge = Merge(options.folder, options.to)
    if merge.kind == "cpu" and options.to.resolve() == ROOT:
        sys.exit("this was made without a GPU: a rehearsal can be merged into another folder, with --to")
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(options.folder / "results.tar.gz") as tar:
            tar.extractall(folder, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
        merge.all(Path(folder))
    return 0 if merge.written else 1


if __name__ == "__main__":
    sys.exit(main())
