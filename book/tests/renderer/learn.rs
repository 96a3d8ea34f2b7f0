//! `cargo run -- learn`, on a workbook of its own: with programs in the places of cargo and of the tests that it builds, and once
//! with cargo itself. And what the real workbook keeps for it.

use std::fs;
use std::path::Path;

/// The files of a folder, by name, if it is there.
fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = files.map(|f| f.file_name().to_string_lossy().into_owned());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

/// Whether a file is as nobody has solved it: nothing but `todo!` in its function.
fn is_stub(text: &str) -> bool {
    text.split_once("todo!(").is_some_and(|(before, after)| {
        let end = after.rsplit_once('"').map(|(_, end)| end.trim());
        before.trim_end().ends_with('{')
            && end.is_some_and(|e| e.chars().all(|c| ")},; \n".contains(c)))
    })
}

/// What `reset` puts back is what was there. After a stub has changed, `cargo run -- learn keep` takes the copy anew.
#[test]
fn the_copy_of_the_stubs_is_as_they_are() {
    let root = record::root();
    let copy = root.join("book/src/learn/stubs.txt");
    let copy = fs::read_to_string(copy).unwrap().replace('\r', "");
    for entry in record::entries(&root).unwrap() {
        let folder = entry.folder.join("exercises");
        for name in names(&root.join(&folder)) {
            let path =
                folder.join(&name).to_string_lossy().replace('\\', "/");
            let text = fs::read_to_string(root.join(&path)).unwrap();
            let text = text.replace('\r', "");
            let kept = copy.contains(&format!("=== {path}\n{text}"));
            let told = "`cargo run -- learn keep` takes the stubs anew";
            assert!(kept || !is_stub(&text), "{path}: {told}");
        }
    }
}

#[test]
fn hints_belong_to_exercises_and_name_equations_that_are_there() {
    let root = record::root();
    let mut count = 0;
    for entry in record::entries(&root).unwrap() {
        let folder = root.join(&entry.folder);
        let page = entry.folder.file_name().unwrap().to_string_lossy();
        let pages = names(&root.join("book/pages"));
        let pages = pages.iter().filter(|name| name.starts_with(&*page));
        let read = |name: &String| {
            fs::read_to_string(root.join("book/pages").join(name)).unwrap()
        };
        let pages: String = pages.map(read).collect();
        for name in names(&folder.join("hints")) {
            let path = folder.join("hints").join(&name);
            let text = fs::read_to_string(&path).unwrap();
            let parts =
                text.split("\n---\n").filter(|p| !p.trim().is_empty());
            assert_eq!(parts.count(), 3, "{path:?}");
            let exercise = folder.join("exercises").join(&name);
            let exercise = exercise.with_extension("rs");
            assert!(exercise.exists(), "{path:?}: no {exercise:?}");
            let number = format!("({}.", entry.number);
            let called = |c: char| c.is_alphanumeric(); // `max(0.0)`
            let named = text.match_indices(&number);
            for (at, _) in named.filter(|n| !text[..n.0].ends_with(called)) {
                let rest = &text[at + 1..];
                let equation = rest.split(')').next().unwrap();
                let minor = equation.split('.').nth(1).unwrap();
                if !minor.chars().all(|c| c.is_ascii_digit()) {
                    continue; // `(1.0 + s.exp())`
                }
                let has = pages.contains(&format!("```math {equation}\n"));
                assert!(has, "{path:?}: there is no ({equation})");
                count += 1;
            }
        }
    }
    assert!(count > 5, "hints name {count} equations");
}

#[cfg(unix)]
mod program {
    use std::fs;
    use std::io::{BufRead, BufReader, Write};
    use std::os::unix::fs::PermissionsExt;
    use std::path::{Path, PathBuf};
    use std::process::{ChildStdout, Command, Output, Stdio};
    use std::sync::Mutex;

    use tempfile::TempDir;

    /// Says what it is told to say, and ends so.
    const CARGO: &str = "#!/bin/sh\necho \"$@\" >> words\ncat says\ncat heard >&2\nexit $(cat code)\n";

    /// Says what the file says that is named as the tests it is asked for.
    const TESTS: &str = "#!/bin/sh\nname=\nfor word in \"$@\"; do case $word in exercise_*) name=$name.$word;; esac; done\ncat \"$(dirname \"$0\")/told$name\"\nexit 101\n";

    const LIST: &str = "\
use lab::expect_pass;

#[path = \"chapter/checks.rs\"]
mod checks;

#[path = \"../exercises/double.rs\"]
mod double;
#[path = \"../exercises/half.rs\"]
mod half;
#[path = \"../exercises/third.rs\"]
mod third;

#[test]
fn exercise_0_10_third() {
    expect_pass(checks::third(third::third));
}

#[test]
fn exercise_0_1_double() {
    expect_pass(checks::double(double::twice));
}

#[test]
fn exercise_0_2_half() {
    expect_pass(checks::half(half::half));
}
";

    const PAGE: &str = "\
# Numbers: the first

## Doubling

## Exercises

- **0.1 — twice.** `double.rs`: equation {{#eq 0.4}}, of
  any number.

- **0.2 — half.** `half.rs`: as it is.
";

    const SOLUTION: &str = "\
pub fn twice(x: f64) -> f64 {
    // Once more.
    if (x > 0.0) { x.abs() + double(x) } else { sum(x, double(1.0)) }
}
";

    fn stub(number: &str, name: &str) -> String {
        format!(
            "//! Exercise {number} (§ Doubling): {name}.\n\npub fn {name}(x: f64) -> f64 {{\n    todo!(\n        \"Exercise {number} (§ Doubling): say it \\\n         with \\\"x\\\"\"\n    )\n}}\n"
        )
    }

    /// A file cannot be run while a process that was just begun still has it open for writing.
    static WRITING: Mutex<()> = Mutex::new(());

    struct Workbook {
        folder: TempDir,
        cargo: PathBuf,
    }

    impl Workbook {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let cargo = folder.path().join("bin/cargo");
            let workbook = Self { folder, cargo };
            let chapter = "chapters/00-numbers";
            let at = |path: &str| format!("{chapter}/{path}");
            workbook.write(&at("Cargo.toml"), "[package]\n");
            workbook.write(&at("tests/exercises.rs"), LIST);
            workbook.write(&at("solutions/double.rs"), SOLUTION);
            workbook.write("chapters/lab/Cargo.toml", "");
            workbook.write("book/pages/00-numbers.md", PAGE);
            for (number, name, function) in [
                ("0.1", "double", "twice"),
                ("0.2", "half", "half"),
                ("0.10", "third", "third"),
            ] {
                let path = at(&format!("exercises/{name}.rs"));
                workbook.write(&path, &stub(number, function));
            }
            let program = workbook.root().join("bin/tests");
            for (path, text) in [("code", "0"), ("says", ""), ("heard", "")] {
                workbook.write(path, text);
            }
            workbook.built(&program);
            let writing = WRITING.lock();
            for (path, text) in [("bin/cargo", CARGO), ("bin/tests", TESTS)] {
                workbook.write(path, text);
                let path = workbook.root().join(path);
                let executable = fs::Permissions::from_mode(0o755);
                fs::set_permissions(path, executable).unwrap();
            }
            drop(writing);
            let kept = workbook.run(&["keep"]);
            assert!(kept.contains("3 stubs are kept"), "{kept}");
            workbook
        }

        fn root(&self) -> &Path {
            self.folder.path()
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.root().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        fn read(&self, path: &str) -> String {
            fs::read_to_string(self.root().join(path)).unwrap()
        }

        fn answer(&self, name: &str, text: &str) {
            let folder = "chapters/00-numbers/exercises";
            self.write(&format!("{folder}/{name}.rs"), text);
        }

        /// What cargo says when it has built the tests.
        fn built(&self, program: &Path) {
            let artifact = serde_json::json!({
                "reason": "compiler-artifact",
                "target": {"name": "exercises"},
                "executable": program,
            });
            self.write("says", &format!("{artifact}\nno json\n"));
        }

        fn command(&self, words: &[&str]) -> Command {
            let mut command = Command::new(env!("CARGO_BIN_EXE_learn"));
            command.args(words);
            command.env("WORKBOOK_ROOT", self.root());
            command.env("CARGO", &self.cargo);
            command.stdin(Stdio::null());
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            command
        }

        fn output(&self, words: &[&str]) -> Output {
            let writing = WRITING.lock();
            let child = self.command(words).spawn().unwrap();
            drop(writing);
            child.wait_with_output().unwrap()
        }

        /// What it says, if it ends well.
        fn run(&self, words: &[&str]) -> String {
            let output = self.output(words);
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{words:?}: {error}");
            String::from_utf8(output.stdout).unwrap()
        }

        /// Why it does not end well.
        fn refusal(&self, words: &[&str]) -> String {
            let output = self.output(words);
            assert_eq!(output.status.code(), Some(1), "{words:?}");
            String::from_utf8(output.stderr).unwrap()
        }
    }

    /// What the tests print of one that fails.
    fn failed(test: &str, printed: &str, report: &str) -> String {
        format!(
            "---- {test} stdout ----\n{printed}\nthread '{test}' (7) panicked at {report}\nnote: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.\n\n"
        )
    }

    const RESULT: &str =
        "\nfailures:\n    exercise\n\ntest result: FAILED. 0 passed\n";

    const WRONG: &str = "chapters/00-numbers/tests/exercises.rs:18:5:\n\n\nIt is twice the right one.\n  expected: 1\n  yours:    2\n  see:      § Doubling\n\nstack backtrace:\n   0: begin\n             at /rustc/59/library/std/src/panicking.rs:689:5";

    #[test]
    fn what_is_solved_and_what_is_next() {
        let workbook = Workbook::new();
        let said = workbook.run(&[]);
        let stood = "  0  Numbers  □□□   0 of 3\n\n■ solved: 0 of 3\n";
        assert!(said.starts_with(stood), "{said}");
        let next = "next: 0.1 double   chapters/00-numbers/exercises/double.rs\n\n§ Doubling: say it with \"x\".";
        assert!(said.contains(next), "{said}");
        // Nothing was written: there is nothing to compile.
        assert!(!workbook.root().join("words").exists());

        let both = "bin/told.exercise_0_1_double.exercise_0_2_half";
        workbook.answer("double", "2 x");
        workbook.answer("half", "x");
        let wrong = failed("exercise_0_2_half", "x is 3", WRONG);
        workbook.write(both, &format!("running 2 tests\ntest exercise_0_1_double ... ok\ntest exercise_0_2_half ... FAILED\n\nfailures:\n\n{wrong}{RESULT}"));
        let said = workbook.run(&[]);
        let stood =
            "  0  Numbers  ■◪□   1 of 3\n\n■ solved: 1 of 3   ◪ begun: 1\n";
        assert!(said.starts_with(stood), "{said}");
        let told = "next: 0.2 half   chapters/00-numbers/exercises/half.rs\n\nIt printed:\nx is 3\n\nIt is twice the right one.\n  expected: 1\n  yours:    2\n  see:      § Doubling\n\n`cargo";
        assert!(said.contains(told), "{said}");
        let words = workbook.read("words");
        let first = "rustc --locked -p numbers --test exercises --message-format json --manifest-path";
        assert!(words.starts_with(first), "{words}");
        // And it was remembered which one was shown.
        let said = workbook.run(&["hint"]);
        assert!(said.starts_with("0.2 half "), "{said}");

        // One that takes the others with it is checked alone, as they are.
        workbook.write(both, "running 2 tests\n");
        let alone = "bin/told.exercise_0_1_double";
        workbook.write(alone, "test exercise_0_1_double ... ok\n");
        workbook.write(
            "bin/told.exercise_0_2_half",
            "running 1 test\n\nfatal runtime error: stack overflow\n",
        );
        let said = workbook.run(&[]);
        let told = "The check ended in the middle of it.\nfatal runtime error: stack overflow\n";
        assert!(said.contains("1 of 3") && said.contains(told), "{said}");

        let writing = WRITING.lock();
        workbook.write("bin/tests", "#!/bin/sh\nexec sleep 60\n");
        drop(writing);
        let said = workbook.run(&["--limit", "1", "half"]);
        let told = "After 1 seconds it was still running";
        assert!(said.contains(told), "{said}");
        let writing = WRITING.lock();
        workbook.write("bin/tests", TESTS);
        drop(writing);

        let third = "bin/told.exercise_0_1_double.exercise_0_2_half.exercise_0_10_third";
        workbook.answer("third", "x / 3");
        let ok = ["0_1_double", "0_2_half", "0_10_third"];
        let ok = ok.map(|test| format!("test exercise_{test} ... ok\n"));
        workbook.write(third, &ok.concat());
        let said = workbook.run(&[]);
        assert!(said.ends_with("\nEvery exercise is solved.\n"), "{said}");
        let file = "chapters/00-numbers/exercises/third.rs";
        fs::remove_file(workbook.root().join(file)).unwrap();
        workbook.write(both, &ok[..2].concat());
        let said = workbook.run(&[]);
        let told = format!("{file} is gone; `cargo run -- learn reset 0.10`");
        assert!(said.contains(&told), "{said}");
    }

    #[test]
    fn a_panic_is_followed_to_the_answer() {
        let workbook = Workbook::new();
        workbook.answer("half", "\n    library(x)\n");
        let told = "bin/told.exercise_0_2_half";
        for (report, expected) in [
            (
                "/home/reader/.cargo/registry/src/index-19/ndarray-0.17.2/src/lib.rs:9:5:\nshapes differ\nstack backtrace:\n   1: product\n             at /home/reader/.cargo/registry/src/index-19/ndarray-0.17.2/src/lib.rs:9:5\n   2: half\n             at ./tests/../exercises/half.rs:2:5\n   3: exercise\n             at ./tests/exercises.rs:20:3",
                "Your function panicked: shapes differ\n --> chapters/00-numbers/exercises/half.rs:2:5\n  |\n2 |     library(x)\n  |     ^\n  (raised in ndarray-0.17.2/src/lib.rs:9:5)\n",
            ),
            (
                "chapters/00-numbers/tests/../exercises/half.rs:2:7:\nindex out of bounds",
                "Your function panicked: index out of bounds\n --> chapters/00-numbers/exercises/half.rs:2:7\n  |\n2 |     library(x)\n  |       ^\n",
            ),
            (
                "chapters/00-numbers/tests/../exercises/half.rs:2:5:\nnot yet implemented: Exercise 0.2 (§ Doubling): say it",
                "\n\n§ Doubling: say it with \"x\".\n",
            ),
            (
                "chapters/00-numbers/tests/chapter/checks.rs:4:2:\nno element",
                "The check stopped at what your function returned: no element\n  (raised at chapters/00-numbers/tests/chapter/checks.rs:4:2)\n",
            ),
        ] {
            let report = failed("exercise_0_2_half", "", report);
            let result = "test exercise_0_2_half ... FAILED\n";
            workbook.write(told, &format!("{result}{report}{RESULT}"));
            let said = workbook.run(&["0.2"]);
            assert!(said.ends_with(expected), "{said}");
        }
    }

    #[test]
    fn errors_of_the_compiler_are_those_of_the_answer() {
        let workbook = Workbook::new();
        workbook.answer("half", "x y");
        workbook.write("code", "101");
        let error = |file: &str, level: &str| {
            let file =
                format!("chapters/00-numbers/tests/../exercises/{file}");
            let span =
                serde_json::json!({"file_name": file, "is_primary": true});
            serde_json::json!({"reason": "compiler-message", "target": {"name": "exercises"}, "message": {"level": level, "rendered": format!("{level}: in {file}\n"), "spans": [span]}}).to_string()
        };
        let aborting = serde_json::json!({"message": {"level": "error", "rendered": "aborting", "spans": []}});
        let errors = [
            error("half.rs", "error"),
            error("third.rs", "error"),
            error("half.rs", "warning"),
            aborting.to_string(),
        ];
        workbook.write("says", &errors.join("\n"));
        let said = workbook.run(&["half"]);
        assert!(said.contains("error: in ") && said.contains("half.rs"));
        let others = ["third.rs", "warning", "aborting"];
        assert!(!others.iter().any(|o| said.contains(o)), "{said}");
        workbook.write("says", &errors[1]);
        let said = workbook.run(&["half"]);
        assert!(said.contains("It cannot be checked before this compiles"));
        assert!(said.contains("third.rs"), "{said}");
        let said = workbook.run(&[]);
        assert!(said.contains("its exercises do not compile"), "{said}");

        workbook.write("says", "");
        workbook.write("heard", "error: the lock file needs to be updated\n");
        let said = workbook.refusal(&["half"]);
        let told = "error: cargo could not build the checks of `numbers`:\nerror: the lock file needs to be updated\n";
        assert_eq!(said, told);
    }

    #[test]
    fn what_cannot_be_done_is_said() {
        let workbook = Workbook::new();
        for (words, expected) in [
            (
                ["doubel", ""],
                "error: there is no exercise `doubel`; did you mean `double`, which is 0.1?\n",
            ),
            (
                ["9.9", ""],
                "error: there is no exercise `9.9`; give a number, such as 0.1, or the name of a file in chapters/*/exercises/\n",
            ),
            (
                ["reset", "x"],
                "error: there is no exercise `x`; give a number, such as 0.1, or the name of a file in chapters/*/exercises/\n",
            ),
        ] {
            let words: Vec<_> =
                words.into_iter().filter(|w| !w.is_empty()).collect();
            assert_eq!(workbook.refusal(&words), expected);
        }
        fs::remove_file(&workbook.cargo).unwrap();
        let said = workbook.refusal(&["0.1"]);
        assert!(
            said.contains("bin/cargo: not found. Cargo builds"),
            "{said}"
        );
        fs::remove_file(workbook.root().join("book/src/learn/stubs.txt"))
            .unwrap();
        assert!(workbook.refusal(&["reset", "0.1"]).contains("stubs.txt"));
    }

    #[test]
    fn hints_come_one_by_one_and_are_remembered() {
        let workbook = Workbook::new();
        let said = workbook.run(&["hint", "double"]);
        let first = "Hint 1 of 3\nRead § Doubling on the book's page 00-numbers.\n\nThe page says of the exercise: 0.1 — twice. `double.rs`: equation (0.4), of\nany number.\n";
        assert!(said.contains(first) && !said.contains("Hint 2"), "{said}");
        let said = workbook.run(&["hint"]);
        let second = "Hint 2 of 3\nSay it with \"x\".\n";
        assert!(said.contains(first) && said.contains(second), "{said}");
        let said = workbook.run(&["hint"]);
        let third = "Hint 3 of 3\nThe book's answer is one line, and calls `abs`, `double`, `sum`.\n\nThe whole answer: chapters/00-numbers/solutions/double.rs\n";
        assert!(said.contains(second) && said.ends_with(third), "{said}");
        assert_eq!(workbook.run(&["hint"]), said);
        let said = workbook.run(&["hint", "0.1", "--step", "1"]);
        assert!(said.contains(first) && !said.contains("Hint 2"), "{said}");

        let hints = "Look at (0.4).\n\n---\n\nDo it:\n\n    x\n      + y\n\n---\nIt is `x`.\n";
        workbook.write("chapters/00-numbers/hints/half.md", hints);
        let said = workbook.run(&["hint", "0.2", "--step", "3"]);
        let told = "Hint 1 of 3\nLook at (0.4).\n\nHint 2 of 3\nDo it:\n\n    x\n      + y\n\nHint 3 of 3\nIt is `x`.\n";
        assert!(said.contains(told), "{said}");
        workbook.write(".learn/memory.json", "damaged");
        let said = workbook.run(&["hint", "half"]);
        assert!(!said.contains("Hint 2"), "{said}");
        assert_eq!(workbook.read(".learn/.gitignore"), "*\n");
    }

    #[test]
    fn a_stub_is_put_back_and_no_answer_is_lost() {
        let workbook = Workbook::new();
        let file = "chapters/00-numbers/exercises/double.rs";
        let stub = workbook.read(file);
        let unchanged = format!("{file} is as it was.\n");
        assert_eq!(workbook.run(&["reset", "0.1"]), unchanged);
        workbook.run(&["hint", "0.1"]);
        for (answer, n) in [("first", 1), ("second", 2), ("first", 1)] {
            workbook.answer("double", answer);
            let kept = format!(
                ".learn/answers/chapters/00-numbers/exercises/double.{n}.rs"
            );
            let said = workbook.run(&["reset", file]);
            assert_eq!(
                said,
                format!("Your answer is kept: {kept}\n{unchanged}")
            );
            assert_eq!(workbook.read(&kept), answer);
            assert_eq!(workbook.read(file), stub);
        }
        fs::remove_file(workbook.root().join(file)).unwrap();
        assert_eq!(workbook.run(&["reset", "double"]), unchanged);
        assert_eq!(workbook.read(file), stub);
        let said = workbook.run(&["hint", "0.1"]);
        assert!(!said.contains("Hint 2"), "{said}");
        // An answer that cannot be kept is not replaced.
        workbook.answer("double", "third");
        fs::remove_dir_all(workbook.root().join(".learn")).unwrap();
        workbook.write(".learn", "");
        workbook.refusal(&["reset", "double"]);
        assert_eq!(workbook.read(file), "third");
        // Solved is no stub.
        let said = workbook.refusal(&["keep"]);
        assert!(said.contains("double.rs is no stub"), "{said}");
    }

    /// Lines up to one that contains this.
    fn until(lines: &mut BufReader<ChildStdout>, wanted: &str) -> String {
        let mut said = String::new();
        while !said.contains(wanted) {
            let read = lines.read_line(&mut said).unwrap();
            assert!(read > 0, "no `{wanted}`:\n{said}");
        }
        said
    }

    #[test]
    fn every_save_is_checked_and_only_where_somebody_watches() {
        let workbook = Workbook::new();
        let told = |test: &str, text: &str| {
            workbook.write(&format!("bin/told.exercise_{test}"), text);
        };
        let wrong = |test: &str| {
            let report = failed(&format!("exercise_{test}"), "", WRONG);
            format!("test exercise_{test} ... FAILED\n{report}{RESULT}")
        };
        let said = workbook.run(&["--watch"]);
        assert!(said.contains("(No terminal: checked once."), "{said}");

        let writing = WRITING.lock();
        let mut child = workbook
            .command(&["--watch=always"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        drop(writing);
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut keyboard = child.stdin.take().unwrap();
        let said = until(&mut lines, "Save the file");
        let stub = "0.1 double   chapters/00-numbers/exercises/double.rs\n\n§ Doubling: say it with \"x\".\n";
        assert!(said.starts_with(stub), "{said}");
        told("0_1_double", &wrong("0_1_double"));
        workbook.answer("double", "x");
        let said = until(&mut lines, "Save the file");
        assert!(said.contains("It is twice the right one."), "{said}");
        writeln!(keyboard, "h").unwrap();
        until(&mut lines, "Hint 1 of 3");
        told("0_1_double", "test exercise_0_1_double ... ok\n");
        workbook.answer("double", "x + x");
        let said = until(&mut lines, "Save the file");
        let right = "0.1 double is right. 1 of 3 are solved.\n\n0.2 half";
        assert!(said.contains(right), "{said}");
        writeln!(keyboard, "n").unwrap();
        let said = until(&mut lines, "Save the file");
        assert!(said.contains("0.10 third   "), "{said}");
        told("0_10_third", "test exercise_0_10_third ... ok\n");
        workbook.answer("third", "x / 3");
        let said = until(&mut lines, "Save the file");
        assert!(said.contains("2 of 3 are solved.\n\n0.2 half"), "{said}");
        told("0_2_half", "test exercise_0_2_half ... ok\n");
        workbook.answer("half", "x / 2");
        let said = until(&mut lines, "That is all of them.");
        assert!(said.contains("3 of 3 are solved."), "{said}");
        assert!(child.wait().unwrap().success());
    }

    #[test]
    fn the_front_has_cargo_build_it() {
        let workbook = Workbook::new();
        let writing = WRITING.lock();
        let child = Command::new(env!("CARGO_BIN_EXE_book"))
            .args(["learn", "--watch", "0.1", "--help"])
            .env("WORKBOOK_ROOT", workbook.root())
            .env("CARGO", &workbook.cargo)
            .current_dir(workbook.root())
            .stdout(Stdio::null())
            .spawn();
        drop(writing);
        assert!(child.unwrap().wait().unwrap().success());
        let words = workbook.read("words");
        let first = "run --locked --quiet --bin learn --manifest-path ";
        assert!(words.starts_with(first), "{words}");
        assert!(words.ends_with(" -- --watch 0.1 --help\n"), "{words}");
    }

    const LIBRARY: &str = "//! Numbers.\n\n/// No number.\n#[inline(never)]\npub fn none(x: f64) -> f64 {\n    panic!(\"{x} is none\")\n}\n";

    const CHECKS: &str = "\
pub fn double(f: fn(f64) -> f64) -> Result<(), String> {
    let came = f(3.0);
    if came == 6.0 { Ok(()) } else { Err(format!(\"It is {came}.\")) }
}
pub use double as half;
pub use double as third;
";

    /// With the real cargo, compiler and test harness: what they print is theirs to change.
    #[test]
    fn cargo_builds_and_runs_the_checks() {
        let mut workbook = Workbook::new();
        workbook.cargo = std::env::var_os("CARGO").unwrap().into();
        let at = |path: &str| format!("chapters/00-numbers/{path}");
        workbook.write("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"chapters/00-numbers\"]\n\n[profile.dev]\nopt-level = 3\ndebug = false\n");
        workbook.write("Cargo.lock", "version = 4\n\n[[package]]\nname = \"numbers\"\nversion = \"0.0.0\"\n");
        workbook.write(&at("Cargo.toml"), "[package]\nname = \"numbers\"\nversion = \"0.0.0\"\nedition = \"2024\"\n");
        workbook.write(&at("src/lib.rs"), LIBRARY);
        workbook.write(&at("tests/chapter/checks.rs"), CHECKS);
        let list = LIST.replace("use lab::expect_pass;", "fn expect_pass(outcome: Result<(), String>) {\n    if let Err(what) = outcome {\n        panic!(\"\\n\\n{what}\\n\");\n    }\n}");
        workbook.write(&at("tests/exercises.rs"), &list);
        workbook.answer(
            "double",
            "pub fn twice(x: f64) -> f64 {\n    2.0 * x\n}\n",
        );
        workbook.answer(
            "half",
            "pub fn half(x: f64) -> f64 {\n    1.0 + numbers::none(x)\n}\n",
        );
        let said = workbook.run(&[]);
        assert!(said.contains("■◪□   1 of 3"), "{said}");
        let told = "Your function panicked: 3 is none\n --> chapters/00-numbers/exercises/half.rs:2:11\n  |\n2 |     1.0 + numbers::none(x)\n  |           ^\n  (raised in chapters/00-numbers/src/lib.rs:6:5)\n";
        assert!(said.contains(told), "{said}");
        workbook.answer("half", "pub fn half(x: f64) -> f64 {\n    println!(\"{x}\");\n    x\n}\n");
        let said = workbook.run(&["0.2"]);
        assert!(said.ends_with("It printed:\n3\n\nIt is 3.\n"), "{said}");
        workbook
            .answer("half", "pub fn half(x: f64) -> f64 {\n    \"x\"\n}\n");
        let said = workbook.run(&["0.2"]);
        assert!(said.contains("error[E0308]: mismatched types"), "{said}");
        assert!(!said.contains("aborting"), "{said}");
    }
}
