"""What the day with a GPU must hold to, tried in seconds with stand-ins for the programs.

    python3 tests/gpu/test_day.py
"""

import argparse
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import day  # noqa: E402

CHAPTERS = ["gradients", "gan", "codebook-lookup", "vq-vae", "code-prior", "vq-gan"]
STEPPING = CHAPTERS[:-1]  # with first steps of their own
WAIT = 600  # seconds that no test needs, however slow the machine

# A chapter's program. Its training goes as the file of its name in `ways` says: `slow` trains until Ctrl-C, and comes to its
# end when it is resumed.
CHAPTER = r"""#!/bin/sh
name=${0##*/} home=${0%/bin/*} device=cpu resumed=0 way=
while [ $# -gt 0 ]; do
  case $1 in
    --list) echo 'cuda_agrees: test'; echo 'every_row_of_the_ledger_passes: test'; exit ;;
    --experiment) experiment=$2 ;;
    --scale) scale=$2 ;;
    --device) device=$2 ;;
    --out) out=$2 ;;
    --resume) resume=1 ;;
    --quiet) WORKBOOK_ROOT=$home ;; # where it was built
  esac
  shift
done
[ "$out" ] || exit 0
[ "$WORKBOOK_ROOT/bin/$name" -ef "$0" ] || exit 1
mkdir -p "$out"
kept=$out/checkpoints/training.safetensors
save() { mkdir -p "$out/checkpoints"; echo weights >"$kept"; }
work() { sleep 300 & echo $$ >"$home/begun"; wait; }
case $experiment in *-dfdx | emoji)
  [ "$resume" ] && [ -e "$kept" ] && resumed=1
  [ -e "$home/ways/$name" ] && read -r way <"$home/ways/$name"
  case $way$resumed in
    hang*) trap '' INT; save; work ;;
    empty*) trap 'exit 130' INT; work ;;
    slow0) trap 'save; echo "$name: stopped at step 12 of training; the same command goes on"; exit 130' INT; work ;;
    crash*) echo 'out of memory'; exit 1 ;;
  esac
  save ;;
esac
cat >"$out/results.json" <<END
{"provenance": {"seed": 1, "scale": "$scale", "device": "$device", "seconds": 0.1, "code": "c0de", "experiments": {}},
 "claims": {"rises": {"rises": ["loss", "other"]}},
"ledger/f/dfdx_${device%%:*}": 1e-9, "resumed": $resumed, "at": $$}
END
"""

TIMES = """
import sys
made = '{"code": "c0de", "versions": {"PyTorch": "2"}, "lost": {}, "not_timed": ["draw"], "values": {"gan_ours_ms": 1.5}}'
open(sys.argv[sys.argv.index("--out") + 1], "w").write(made)
"""

# day.py and merge.py, in a workbook of stand-ins. When a training has begun that does not end, the clock leaps: no test depends on
# how fast a program starts.
DRIVER = """
import sys, time, types
from pathlib import Path
sys.path.insert(0, {here!r})
import day, merge
root = Path(__file__).parent
day.ROOT = merge.ROOT = root
day.FOLDER, day.TOOLKIT = root / "target/gpu", root / "toolkit"
day.PACK = day.FOLDER / "pack.tar"
chapters = {chapters!r}
for name in set(day.FIRST_STEPS) - set(chapters):  # fewer do
    del day.FIRST_STEPS[name]
day.CHAPTERS[:] = chapters
programs = {{name: root / "bin" / name for name in [*chapters, "speed"]}}
day.built = merge.built = lambda *_: (programs, {{name: root / "bin" / name for name in chapters}})
day.GRACE, leap = 5, int((root / "leap").read_text())
now = lambda: time.monotonic() + leap * (root / "begun").exists()
day.time = types.SimpleNamespace(sleep=time.sleep, monotonic=now)
day.commit = lambda: (root / "commit").read_text()
sys.exit({{"day": day, "merge": merge}}[sys.argv.pop(1)].main())
"""


class Workbook(unittest.TestCase):
    """A folder with stand-ins for everything that is built."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        self.work, self.out = self.root / "target/gpu", self.root / "back"
        self.work.mkdir(parents=True)
        for name in CHAPTERS:
            self.write(f"bin/{name}", CHAPTER)
        self.write("bin/speed", "#!/bin/sh\necho '{\"code\": \"c0de\", \"cases\": []}'\n")
        self.write("path/nvidia-smi", "#!/bin/sh\necho 'A card, 580.1, 9.0, 80000 MiB'\n")
        self.write("tests/gpu/times.py", TIMES)
        self.write("driver.py", DRIVER.format(here=str(HERE), chapters=CHAPTERS))
        self.write("commit", "0123456789abcdef0123")
        self.leap(0)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def ways(self, **ways):
        shutil.rmtree(self.root / "ways", ignore_errors=True)
        for name, way in ways.items():
            self.write(f"ways/{name.replace('_', '-')}", f"{way}\n")

    def leap(self, seconds):
        """Lets so much time pass once a training has begun that does not end."""
        (self.root / "begun").unlink(missing_ok=True)
        self.write("leap", str(seconds))

    def pack(self):
        programs = {name: f"bin/{name}" for name in [*CHAPTERS, "speed"]}
        facts = {"capability": "9.0", "commit": (self.root / "commit").read_text()}
        self.write("pack.json", json.dumps({**facts, "programs": programs, "tests": {n: f"bin/{n}" for n in CHAPTERS}}))
        with tarfile.open(self.work / "pack.tar", "w") as tar:
            for name in ("pack.json", "bin", "tests"):
                tar.add(self.root / name, name)

    def start(self, *words):
        known = {**os.environ, "PATH": f"{self.root / 'path'}{os.pathsep}{os.environ['PATH']}"}
        words = [sys.executable, self.root / "driver.py", *map(str, words)]
        return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=known)

    def ran(self, status, *words):
        """What a program says, which is to end so."""
        process = self.start(*words)
        said, _ = process.communicate(timeout=WAIT)
        self.assertNotIn("Traceback", said)
        self.assertEqual(process.returncode, status, said)
        return said

    def rehearse(self, status, *words, scale="full", out=None):
        return self.ran(status, "day", "--device", "cpu", "--scale", scale, "--out", out or self.out, *words)

    def merge(self, status, *words, back=None):
        return self.ran(status, "merge", back or self.out, *words)

    def record(self, folder=None):
        return json.loads(((folder or self.out) / "day.json").read_text())

    def command(self, name):
        return next(done for done in self.record()["commands"] if done["name"] == name)

    def kept(self, folder=None):
        """The files in results.tar.gz, with their content."""
        with tarfile.open((folder or self.out) / "results.tar.gz") as tar:
            return {member.name: tar.extractfile(member).read() for member in tar.getmembers()}

    def checkpoints(self):
        content = b"".join(path.read_bytes() for path in sorted(self.out.glob("checkpoints.tar.*")))
        return tarfile.open(fileobj=io.BytesIO(content)).getnames() if content else []

    def repack(self, change):
        """Changes what came back, under runs."""
        with tempfile.TemporaryDirectory() as folder:
            with tarfile.open(self.out / "results.tar.gz") as tar:
                tar.extractall(folder)
            change(Path(folder) / "runs")
            with tarfile.open(self.out / "results.tar.gz", "w:gz") as tar:
                for path in day.files(folder):
                    tar.add(path, path.relative_to(folder))

    def assertGone(self, pid):
        """No process of this group is left, but for what nobody has asked for its end yet."""
        said = subprocess.run(["ps", "-A", "-o", "pgid=,stat="], stdout=subprocess.PIPE, text=True, check=True).stdout
        left = [line for line in said.splitlines() if line.split()[0] == pid.strip() and not line.split()[1].startswith("Z")]
        self.assertEqual(left, [])


class WhatIsKept(Workbook):
    def test_one_more_step_replaces_its_own_and_nothing_else(self):
        self.rehearse(0)
        before, commands = self.kept(), self.record()["commands"]
        self.assertEqual(len(commands), 2 * len(CHAPTERS) + len(STEPPING) + 1 + 4 + 2)
        self.rehearse(0, "--only", "gan", "first-steps")
        after = self.kept()
        self.assertEqual(before.keys(), after.keys())
        changed = {name.split("/")[1] for name in before if name.endswith("results.json") and before[name] != after[name]}
        self.assertEqual(changed, {"gan", "first-steps"})
        names = [sorted(done["name"] for done in some) for some in (commands, self.record()["commands"])]
        self.assertEqual(*names)
        self.assertIn("runs/vq-vae/training/checkpoints/training.safetensors", self.checkpoints())

    def test_a_day_that_is_kept_is_replaced_only_when_that_is_asked_for(self):
        self.rehearse(0, "--only", "gan", "ledgers")
        before = {path.name: path.read_bytes() for path in day.files(self.out)}
        self.assertIn("--fresh begins again", self.rehearse(1))
        self.assertEqual(before, {path.name: path.read_bytes() for path in day.files(self.out)})
        self.rehearse(0, "--fresh", "--only", "tests")
        self.assertEqual({done["step"] for done in self.record()["commands"]}, {"facts", "tests"})
        self.assertEqual([path.name for path in day.files(self.out)], ["day.json", "results.tar.gz"], "no checkpoint stays")
        self.assertFalse([name for name in self.kept() if name.startswith("runs/")])

    def test_an_empty_folder_begins_a_day(self):
        self.rehearse(0, "--only", "gan")
        self.rehearse(0, "--only", "ledgers", out=self.root / "other")
        self.assertIn("runs/gan/training/results.json", self.kept(self.root / "other"), "this goes on with the day")
        self.rehearse(0, out=self.root / "third")
        self.assertNotEqual(self.record()["begun"], self.record(self.root / "third")["begun"])

    def test_the_folder_of_another_day_is_left_alone(self):
        self.rehearse(0, "--only", "gan")
        self.rehearse(0, out=self.root / "other")
        before = self.kept()
        for how in (["--only", "gan"], ["--resume"]):
            self.assertIn("keeps another day", self.rehearse(1, *how))
        (self.out / "day.json").write_text("{")
        self.assertIn("cannot be read", self.rehearse(1, "--resume"))
        self.assertEqual(before, self.kept())

    def test_days_do_not_mix(self):
        self.rehearse(0, "--only", "gan")
        for how in (["--resume"], ["--only", "gan"]):
            self.assertIn("has scale full", self.rehearse(1, *how, scale="page"))
        self.write("commit", "fedcba9876543210")
        self.assertIn("has commit 0123456789abcdef0123", self.rehearse(1, "--resume"))
        self.pack()
        self.ran(0, "day", "--device", "cuda:0", "--out", self.root / "gpu", "--only", "gan")
        said = self.ran(1, "day", "--device", "cuda:1", "--out", self.root / "gpu", "--resume")
        self.assertIn("has device cuda:0", said)
        self.assertIn("runs/gan/training/results.json", self.kept(), "a day on another device is another day")


class Trainings(Workbook):
    def test_one_that_uses_up_its_share_goes_on_in_the_next_call(self):
        self.ways(gan="slow")
        self.leap(601)  # of 20 minutes
        said = self.rehearse(0, "--only", "gan", "code-prior")
        self.assertIn("not finished: gan, stopped at step 12 of training; --resume", said)
        self.assertTrue(self.command("gan-training")["ok"])
        self.assertIn("runs/gan/training/checkpoints/training.safetensors", self.checkpoints())
        at = self.kept()["runs/code-prior/training/results.json"]
        said = self.rehearse(0, "--resume")
        self.assertNotIn("not finished: gan", said)
        self.assertEqual(json.loads(self.kept()["runs/gan/training/results.json"])["resumed"], 1)
        self.assertEqual(at, self.kept()["runs/code-prior/training/results.json"], "what is finished is not done again")
        self.assertEqual(set(self.record()["finished"]), set(day.STEPS))

    def test_done_once_more_begins_anew(self):
        self.rehearse(0, "--only", "gan")
        self.rehearse(0, "--only", "gan")
        self.assertEqual(json.loads(self.kept()["runs/gan/training/results.json"])["resumed"], 0)

    def test_one_that_hangs_fails_and_ends_with_all_that_it_started(self):
        self.ways(gan="hang")
        self.leap(1201)
        self.rehearse(1, "--only", "gan")
        self.assertFalse(self.command("gan-training")["ok"])
        self.assertGone((self.root / "begun").read_text())
        said = self.merge(1, "--to", self.root / "to").splitlines()
        self.assertEqual([line[:13] for line in said if "archive" in line], ["gan, training"])

    def test_one_that_stops_without_a_checkpoint_fails(self):
        self.ways(gan="empty")
        self.leap(1201)
        self.rehearse(1, "--only", "gan")
        self.assertEqual(self.command("gan-training")["ended"], 130)
        self.assertNotIn("archive", self.merge(1, "--to", self.root / "to"))

    def test_one_that_crashes_fails_and_is_tried_again(self):
        self.rehearse(0, "--only", "gan")
        self.ways(gan="crash")
        self.assertIn("out of memory", self.rehearse(1, "--only", "gan"))
        self.assertEqual(self.checkpoints(), [], "the one of before is not its own")
        self.ways()
        self.rehearse(0, "--resume")

    def test_at_smoke_scale_they_are_to_end_by_themselves(self):
        self.ways(gan="slow")
        self.leap(1201)
        said = self.rehearse(1, "--only", "gan", scale="smoke")
        self.assertIn("at its limit, ended with 130", said)

    def test_a_signal_ends_the_program_and_keeps_the_day(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                self.ways(gan="slow")
                words = ["--device", "cpu", "--scale", "full", "--fresh", "--only", "ledgers", "gan", "vq-vae"]
                begun = self.root / "begun"
                begun.unlink(missing_ok=True)
                process = self.start("day", "--out", self.out, *words)
                ends = time.monotonic() + WAIT
                while not (begun.exists() and begun.read_text()) and time.monotonic() < ends:
                    time.sleep(0.02)
                program = begun.read_text()
                self.assertEqual(self.checkpoints(), [], "nothing of the day before is left")
                process.send_signal(number)
                said, _ = process.communicate(timeout=WAIT)
                self.assertEqual(process.returncode, 128 + number, said)
                self.assertGone(program)
                self.assertIn("runs/ledgers/gan/results.json", self.kept())
                self.assertIn("runs/gan/training/checkpoints/training.safetensors", self.checkpoints())
                self.assertEqual(self.record()["finished"], ["facts", "ledgers"])
                self.rehearse(0, "--resume", "--only", "gan")


class Time(Workbook):
    def test_the_plan_is_said_and_follows_the_minutes(self):
        self.ways(gan="crash")
        of = lambda said: dict(re.findall(r"([a-z-]+) (\d+) s(?:,|$)", said.splitlines()[0].partition(": ")[2]))  # noqa: E731
        given = {name: str(seconds) for name, seconds in day.STEPS.items()}
        self.assertEqual(of(self.rehearse(1, "--minutes", "8")), given)
        self.assertEqual(of(self.rehearse(1, "--fresh", "--minutes", "80"))["tests"], "600")
        self.assertEqual(set(of(self.rehearse(1, "--resume"))), {"facts", "gan"})

    def test_what_a_step_leaves_goes_on_and_no_training_gets_more_than_its_part(self):
        of, steps, shares = day.Day.__new__(day.Day), list(day.STEPS), {}
        of.record, of.work, of.training = {"commands": [], "finished": []}, self.root, float("inf")
        of.options = argparse.Namespace(resume=False)
        ends = time.monotonic() + 480
        for n, name in enumerate(steps):  # all of them end at once
            of.begin(name, ends, steps[n + 1 :])
            shares[name] = of.share
        expected = {"facts": 20, "tests": 480 * 60 / 460, "gan": 480 * 60 / 310, "times": 480}
        for name, seconds in expected.items():
            self.assertAlmostEqual(shares[name], seconds, delta=2)
        self.assertLessEqual(max(shares[name] for name in day.TRAININGS), shares["gan"])

    def test_a_hung_program_leaves_half_of_its_step_to_the_others(self):
        self.write("bin/gradients", "#!/bin/sh\ntouch \"${0%/bin/*}/begun\"\nsleep 300\n")
        self.leap(601)
        self.rehearse(1, "--only", "ledgers")
        self.assertEqual([done["ok"] for done in self.record()["commands"] if done["step"] == "ledgers"], [False] + (len(CHAPTERS) - 1) * [True])

    def test_minutes_are_more_than_none(self):
        for minutes in ("0", "-1", "nan", "inf"):
            self.assertIn("--minutes must be more than 0", self.rehearse(2, "--minutes", minutes))

    def test_times_keeps_what_it_has_at_ctrl_c(self):
        speed = """#!{python} -IS
import json, sys, time
if sys.argv[1] == "list":
    cases = [{{"name": n, "peers": True, "multiply_adds": 0}} for n in ("quick", "endless")]
    print(json.dumps({{"code": "c0de", "cases": cases}}))
    sys.exit()
for line in sys.stdin:
    what, case, *more = line.split()
    if case == "endless":
        time.sleep(300)
    print(json.dumps([0.05] * (3 if what == "first" else int(more[0]))), flush=True)
"""
        self.write("bin/speed", speed.format(python=sys.executable))
        words = [sys.executable, HERE / "times.py", "--speed", self.root / "bin/speed", "--device", "cpu"]
        words += ["--out", self.out / "t.json"]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
        ends = time.monotonic() + WAIT
        while not (self.out / "t.json").exists() and time.monotonic() < ends:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=WAIT)
        self.assertEqual(process.returncode, 130, said)
        made = json.loads((self.out / "t.json").read_text())
        self.assertEqual((made["values"]["quick_ours_ms"], made["not_timed"]), (50, ["endless"]))


class Packs(Workbook):
    def test_without_one_it_is_said_what_makes_one(self):
        said = self.ran(1, "day", "--out", self.out)
        self.assertIn("build.py makes a pack", said)

    def test_one_that_is_damaged_is_named(self):
        self.pack()
        path = self.work / "pack.tar"
        whole = path.read_bytes()
        for content in (b"", b"no archive", whole[: len(whole) // 2]):
            path.write_bytes(content)
            self.assertIn(f"{path} is no pack, or is damaged", self.ran(1, "day", "--out", self.out))


class Merging(Workbook):
    def setUp(self):
        super().setUp()
        self.pack()

    def day(self, *words):
        self.ran(0, "day", "--device", "cuda:0", "--out", self.out, *words)

    def results(self):
        return {path.name: json.loads(path.read_text()) for path in (self.root / "book/pages/results").glob("*")}

    def test_a_whole_day(self):
        self.day()
        said = self.merge(0)
        self.assertIn("draw was not timed", said)
        names = [f"{name}.ledger-cuda.json" for name in CHAPTERS] + [f"{name}.first-steps-cuda.json" for name in STEPPING]
        names += [f"{name}.full-cuda.json" for name in day.TRAININGS] + ["codebook-lookup.benchmark-cuda.json", "speed.cuda.json"]
        self.assertEqual(sorted(self.results()), sorted(names))
        with_what = {"GPU": "A card", "driver": "580.1", "commit": "0123456789ab"}
        self.assertEqual(self.results()["gan.full-cuda.json"]["provenance"]["made_with"], with_what)
        self.assertEqual(self.results()["speed.cuda.json"]["provenance"]["made_with"]["commit"], "0123456789ab")

    def test_scales_that_do_not_belong_there_are_refused(self):
        self.day("--scale", "page", "--only", "ledgers", "gan")
        self.assertIn("runs/gan/training/results.json: of page scale", self.merge(1))
        self.assertEqual(len(self.results()), len(CHAPTERS))
        shutil.rmtree(self.root / "book")
        self.day("--fresh", "--scale", "smoke")
        said = self.merge(1)
        self.assertEqual(said.count("of smoke scale"), len(CHAPTERS) + len(STEPPING) + 4 + 1)
        self.assertEqual(list(self.results()), ["speed.cuda.json"])

    def test_other_devices_and_other_code_are_refused(self):
        self.day("--only", "gan", "vq-vae", "times")
        self.change("runs/gan/training", lambda results: results["provenance"].update(device="cpu"))
        self.change("runs/vq-vae/training", lambda results: results["provenance"].update(code="01d"))
        said = self.merge(1)
        self.assertIn("runs/gan/training/results.json: made on cpu", said)
        self.assertIn("runs/vq-vae/training/results.json: made by the code 01d of vq-vae; here is c0de", said)
        self.assertEqual(sorted(self.results()), ["codebook-lookup.benchmark-cuda.json", "speed.cuda.json"])
        self.merge(1, "--other-code")
        self.assertIn("vq-vae.full-cuda.json", self.results())
        self.write("bin/speed", "#!/bin/sh\necho '{\"code\": \"new\", \"cases\": []}'\n")
        self.assertIn("made by the code c0de of speed; here is new", self.merge(1))
        (self.root / "bin/speed").unlink()
        self.assertIn("the code that is here could not be asked for", self.merge(1))

    def change(self, below, change):
        def work(_):
            path = _.parent / below / "results.json"
            results = json.loads(path.read_text())
            change(results)
            path.write_text(json.dumps(results))

        self.repack(work)

    def test_one_damaged_file_is_named_and_the_others_are_merged(self):
        self.day("--only", "gan", "vq-vae")
        kept = (self.out / "results.tar.gz").read_bytes()
        no_number = lambda value: lambda results: results.update(resumed=value)  # noqa: E731
        for damage in (
            lambda: self.repack(lambda runs: (runs / "gan/training/results.json").write_text('{"provenance": ')),
            lambda: self.repack(lambda runs: (runs / "gan/training/results.json").write_text("[]")),
            lambda: self.repack(lambda runs: (runs / "gan/training/results.json").write_text("[" * 10**5)),
            lambda: self.repack(lambda runs: (runs / "gan/training/results.json").write_bytes(b"\xff")),
            lambda: self.repack(lambda runs: (runs / "gan/training/results.json").unlink()),
            lambda: self.change("runs/gan/training", no_number(float("nan"))),
            lambda: self.change("runs/gan/training", no_number("1")),
            lambda: self.change("runs/gan/training", no_number(True)),
            lambda: self.change("runs/gan/training", lambda results: results["provenance"].pop("code")),
            lambda: self.change("runs/gan/training", lambda results: results.update(provenance=1)),
        ):
            (self.out / "results.tar.gz").write_bytes(kept)
            shutil.rmtree(self.root / "book", ignore_errors=True)
            damage()
            said = self.merge(1)
            self.assertIn("runs/gan/training/results.json: ", said)
            self.assertEqual(list(self.results()), ["vq-vae.full-cuda.json"], said)

    def test_facts_that_are_missing_are_named(self):
        self.day("--only", "gan")
        record = self.record()
        for change in (lambda facts: facts.pop("gpu"), lambda facts: facts.clear()):
            change(record["facts"])
            (self.out / "day.json").write_text(json.dumps(record))
            self.assertIn("day.json: does not say gpu", self.merge(1))
            self.assertIn("gan.full-cuda.json", self.results())

    def test_what_is_no_day_is_named(self):
        self.assertIn("day.json is missing or damaged", self.merge(1, back=self.root / "nowhere"))
        self.day("--only", "gan")
        (self.out / "results.tar.gz").write_bytes((self.out / "results.tar.gz").read_bytes()[:-200])
        self.assertIn("results.tar.gz: missing or damaged", self.merge(1))
        (self.out / "results.tar.gz").unlink()
        self.assertIn("results.tar.gz: missing or damaged", self.merge(1))
        for text in ("", "{", "[]", "{}", '{"device": "cuda:0", "commands": [1]}', '{"device": 1, "commands": []}'):
            (self.out / "day.json").write_text(text)
            self.assertIn("day.json is missing or damaged", self.merge(1))

    def test_a_rehearsal_stays_out_of_the_results(self):
        self.ran(0, "day", "--device", "cpu", "--scale", "smoke", "--out", self.out)
        self.assertIn("a rehearsal can be merged into another folder", self.merge(1))
        self.merge(0, "--to", self.root / "to")
        self.assertTrue((self.root / "to/book/pages/results/gan.smoke-cpu.json").exists())


if __name__ == "__main__":
    unittest.main()
