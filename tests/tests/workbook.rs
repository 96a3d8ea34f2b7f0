//! What must hold across chapters and pages.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use book::search::Index;
use book::sentences::comparing;
use book::{Rendered, chapters, inspect, render};
use gan::training::{Noise, save_generator};
use gradients::plain::{Activation, Mlp};
use lab::{
    Against, Chapter, Checkpoint, Lab, Options, Results, Selection, rng_at,
    run_chapter,
};
use reproduce::{CHAPTERS, MODELS, stale};
use tempfile::TempDir;

use workbook_tests::speed;

fn root() -> PathBuf {
    CHAPTERS[0].root()
}

fn rendered(dest: &Path) -> Rendered {
    let chapters = chapters(&root()).unwrap();
    render(&root(), &chapters, dest).unwrap_or_else(|e| panic!("{e}"))
}

/// A text file; a checkout may write its line ends as CRLF.
fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    fs::read_to_string(path)
        .unwrap_or_else(|e| panic!("{}: {e}", path.display()))
        .replace("\r\n", "\n")
}

/// Every file below a folder, by its path from there.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = PathBuf::from(path.file_name().unwrap());
        if path.is_dir() {
            let below = files(&path).into_iter();
            found.extend(below.map(|(p, bytes)| (name.join(p), bytes)));
        } else {
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

/// The file names without extension in a folder of a chapter.
fn names(chapter: &Chapter, folder: &str) -> Vec<String> {
    let files = files(&Path::new(chapter.dir).join(folder));
    let stem = |p: &PathBuf| p.file_stem().unwrap().to_string_lossy().into();
    files.keys().map(stem).collect()
}

/// All pages of a chapter, one after the other.
fn page(chapter: &Chapter) -> String {
    let name = Path::new(chapter.dir).file_name().unwrap().to_string_lossy();
    let pages = files(&root().join("book/pages")).into_keys();
    let own = pages.filter(|page| {
        let page = page.to_string_lossy();
        let rest = page.strip_suffix(".md").unwrap_or_default();
        let rest = rest.strip_prefix(&*name);
        rest.is_some_and(|r| r.is_empty() || r.starts_with('-'))
    });
    own.map(|page| read(root().join("book/pages").join(page))).collect()
}

#[test]
fn the_book_renders_without_a_warning_and_every_link_resolves() {
    let folder = tempfile::tempdir().unwrap();
    let book = rendered(folder.path());
    assert_eq!(book.warnings, [""; 0]);
    let problems = inspect::links(folder.path()).unwrap();
    assert!(problems.is_empty(), "{problems:#?}");
    assert!(book.equations.len() >= 30 && book.figures.len() >= 9);
    let mut numbers = BTreeSet::new();
    let pages: BTreeSet<_> = book.equations.iter().map(|e| &e.page).collect();
    for page in pages {
        let page = read(folder.path().join(page.with_extension("html")));
        let [to_read, _] = minutes(&page);
        assert!((10..=150).contains(&to_read), "an evening: {to_read} min");
        for label in page.split("<strong>Figure ").skip(1) {
            let number = label.split(".<").next().unwrap().to_string();
            assert!(numbers.insert(number), "two figures are {label:.20}");
        }
    }
}

/// What a page says of how long it takes, to read and to solve.
fn minutes(page: &str) -> [usize; 2] {
    ["To read: about ", "to solve: about "].map(|what| {
        let told = page.split_once(what).unwrap_or_else(|| panic!("{what}"));
        let told = told.1.split(" (").next().unwrap();
        let parts: Vec<&str> = told.split(['\u{a0}', ' ']).collect();
        let number = |n: usize| parts[n].parse::<usize>().unwrap();
        match parts[1] {
            "min" => number(0),
            _ if parts.len() == 2 => 60 * number(0),
            _ => 60 * number(0) + number(2),
        }
    })
}

#[test]
fn what_others_call_it_is_found() {
    let folder = tempfile::tempdir().unwrap();
    rendered(folder.path());
    let index = Index::of(folder.path()).unwrap();
    for (query, section) in [
        ("β", "07-commitment-loss.html#the-commitment-term"),
        ("σ", "00-gradients.html#a-loss-on-logits"),
        ("k-means++", "05-codebook-lookup.html#learning-a-codebook"),
        (
            "EMA",
            "07-commitment-loss-codes-alive.html#a-codebook-without-a-gradient",
        ),
        (
            "dead codes",
            "07-commitment-loss-codes-alive.html#keeping-codes-alive",
        ),
        ("7.19", "07-commitment-loss-codes-alive.html#what-goes-wrong"),
    ] {
        let found = index.find(query);
        let shown = found.iter().take(8).any(|f| f == section);
        assert!(shown, "{query}: {found:?}");
    }
    for name in [
        "FID",
        "mode collapse",
        "DCGAN",
        "WGAN",
        "slerp",
        "ELBO",
        "EMA",
        "index collapse",
        "KV cache",
        "GPT",
    ] {
        let found = index.find(name);
        let told = found.iter().any(|f| f.starts_with("glossary.html#"));
        assert!(told, "{name}: {found:?}");
    }
}

#[test]
fn two_builds_are_identical() {
    let folders =
        [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    folders.iter().for_each(|f| drop(rendered(f.path())));
    let [a, b] = folders.map(|f| files(f.path()));
    let differ = |path: &&PathBuf| a.get(*path) != b.get(*path);
    let different: Vec<_> = a.keys().chain(b.keys()).filter(differ).collect();
    assert!(different.is_empty(), "{different:?}");
}

#[test]
fn no_results_file_is_stale() {
    for chapter in CHAPTERS {
        let committed = Results::load(&chapter.committed()).unwrap();
        let name = chapter.name;
        let stale = stale(chapter).unwrap();
        assert!(
            stale.is_empty(),
            "other code made the results of {name}'s {stale:?}; \
             `cargo run -- --stale --only {name}` makes them anew"
        );
        let parts = chapter.parts().unwrap();
        let from = &committed.provenance;
        let asked = from
            .codes
            .keys()
            .filter(|n| parts.get(*n).is_none_or(|part| part.asked));
        assert_eq!(asked.collect::<Vec<_>>(), [] as [&String; 0], "{name}");
        assert!(from.codes.keys().eq(from.experiments.keys()), "{name}");
        assert_eq!(committed.provenance.scale, "page", "{name}");
        for (run, path) in chapter.committed_runs() {
            let committed = Results::load(&path).unwrap();
            // It takes up to half an hour, or a GPU: its page says which code that was, and whether it has changed since.
            let line = format!("{{{{#provenance {name}.{run}}}}}");
            let pages = chapter.root().join("book/pages");
            let shown = fs::read_dir(pages).unwrap().flatten().any(|page| {
                fs::read_to_string(page.path())
                    .is_ok_and(|t| t.contains(&line))
            });
            let device = committed.provenance.device.as_str();
            assert!(shown || device != "cpu", "no page has {line}");
        }
    }
}

#[test]
fn every_committed_model_can_be_used_and_none_is_stale() {
    let problems = MODELS.iter().filter_map(|model| {
        let results = Results::load(&model.chapter.committed()).unwrap();
        model.check(&results).err().map(|e| format!("{e:#}"))
    });
    let problems: Vec<_> = problems.collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn nothing_else_is_committed_beside_the_models_and_all_are_small() {
    let folder = root().join("book/models");
    let found = files(&folder);
    let expected = MODELS.iter().map(|model| model.committed());
    let expected: BTreeSet<_> = expected.collect();
    for path in found.keys().map(|path| folder.join(path)) {
        assert!(expected.contains(&path), "{} is no model", path.display());
    }
    let sizes = found.iter().map(|(path, bytes)| (path, bytes.len()));
    let sizes: BTreeMap<_, _> = sizes.collect();
    let bytes: usize = sizes.values().sum();
    assert!(bytes <= 10 << 20, "{bytes} bytes: {sizes:#?}");
}

#[test]
fn a_tokeniser_and_a_prior_that_are_committed_belong_together() {
    let of = |name| MODELS.iter().find(|m| m.name == name).unwrap();
    let pair = ["tokeniser", "prior"].map(|name| of(name).committed());
    code_prior::training::load_pair(&pair[0], &pair[1]).unwrap();
}

/// A run that has left a generator, and results that may be its own.
#[test]
fn only_the_run_of_the_committed_results_gives_a_model() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        out: Some(folder.path().into()),
        quiet: true,
        ..Options::default()
    };
    let run = Lab::new(&gan::CHAPTER, options, Selection::All);
    let path = run.checkpoint_path("digits");
    let rng = &mut rng_at(1, 0);
    let g = Mlp::new(
        &[4, 784],
        Activation::LeakyRelu(0.2),
        Activation::Tanh,
        rng,
    );
    let mut checkpoint = Checkpoint::default();
    save_generator(Noise::normal(4), &g, &mut checkpoint);
    checkpoint.put("generator.adam.m", &g.layers[0].w);
    let data = datasets::digest(datasets::bundled());
    let code = gan::CHAPTER.trained_by().unwrap();
    let right = [
        ("training", "gan/digits"),
        ("seed", "1"),
        ("scale", "page"),
        ("data", &data),
        ("code", &code),
    ];
    let results = Results::load(&gan::CHAPTER.committed()).unwrap();
    let seconds = results.values["digits_seconds"];
    let leave = |wrong: &str, seconds: f64| {
        let mut left = checkpoint.clone();
        for (name, value) in right {
            left.note(name, if name == wrong { "other" } else { value });
        }
        left.save(&path).unwrap();
        let time = path.with_extension("seconds");
        fs::write(time, seconds.to_string()).unwrap();
        MODELS[0].of_run(&run, &results)
    };
    let model = leave("", seconds).unwrap();
    let mut expected = Checkpoint::default();
    save_generator(Noise::normal(4), &g, &mut expected);
    expected.notes.clone_from(&model.notes);
    assert_eq!(model, expected, "what trains it is left out");
    for (name, value) in right {
        assert_eq!(model.notes[name], value);
        let said = format!("{:#}", leave(name, seconds).unwrap_err());
        assert!(said.contains(&format!("`{name}`: expected")), "{said}");
    }
    for name in ["device", "room", "seconds", "chapter", "licence"] {
        assert!(model.notes.contains_key(name), "{name}");
    }
    let said = format!("{:#}", leave("", seconds + 1.0).unwrap_err());
    assert!(said.contains("another run than that of"), "{said}");
}

#[test]
fn the_comparison_of_speed_is_not_stale_and_its_sides_agree() {
    let committed = Results::load(&speed::committed()).unwrap();
    assert_eq!(
        committed.provenance.code,
        speed::fingerprint().unwrap(),
        "other code was timed; `python3 tests/peers/compare.py` times it anew"
    );
    let apart = committed.values.iter().filter(|v| v.0.ends_with("_apart"));
    let apart: Vec<_> = apart.collect();
    assert!(apart.len() >= 2 * speed::TABLE.len(), "{apart:?}");
    assert!(apart.iter().all(|v| *v.1 <= 1e-4), "{apart:?}");
}

#[test]
fn every_figure_is_shown_and_every_ledger_passes() {
    let folder = tempfile::tempdir().unwrap();
    let book = rendered(folder.path());
    let runs = CHAPTERS.iter().flat_map(|c| {
        let runs = c.committed_runs().into_iter();
        runs.map(|(run, _)| format!("{}.{run}", c.name))
    });
    let names = CHAPTERS.iter().map(|c| c.name.to_string()).chain(runs);
    for name in names.chain(["speed".into()]) {
        let drawn = root().join("book/pages/figures").join(&name);
        if !drawn.exists() {
            continue; // a run that draws nothing
        }
        for path in files(&drawn).keys() {
            let stem =
                path.file_stem().unwrap().to_string_lossy().into_owned();
            let shown = book.figures.contains(&(name.clone(), stem));
            assert!(shown, "{name}: no page shows {path:?}");
        }
    }
    for chapter in CHAPTERS {
        let runs = chapter.committed_runs().into_iter().map(|(_, run)| run);
        let files = std::iter::once(chapter.committed()).chain(runs);
        let committed = files.flat_map(|f| Results::load(&f).unwrap().values);
        let columns = [
            Against::FiniteDifference,
            Against::DfdxCpu,
            Against::DfdxCuda,
            Against::Reference,
        ];
        let mut rows = 0;
        for (name, error) in committed {
            let Some(entry) = name.strip_prefix("ledger/") else { continue };
            let column = entry.rsplit('/').next().unwrap();
            let against = columns.iter().find(|c| c.column() == column);
            let limit = against.unwrap_or_else(|| panic!("{name}")).limit();
            assert!(error <= limit, "{name}: {error:e} is above {limit:e}");
            rows += 1;
        }
        // Chapter 11 puts to work what the others derive.
        let least = if chapter.number < 11 { 15 } else { 12 };
        assert!(
            rows >= least,
            "{}: the ledger has {rows} entries",
            chapter.name
        );
    }
}

#[test]
fn every_sentence_that_compares_rests_on_something() {
    let mut over = String::new();
    for path in fs::read_dir(root().join("book/pages")).unwrap() {
        let path = path.unwrap().path();
        if path.extension().is_none_or(|e| e != "md") {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy();
        let found = comparing(&read(&path)).into_iter();
        let bare = found.filter(|sentence| sentence.ground.is_none());
        over.extend(bare.map(|s| format!("\n  {name}:{s}")));
    }
    assert!(
        over.is_empty(),
        "each needs a claim, an equation, a citation, or a word on what it rests on:{over}"
    );
}

/// The names of the slips on a page, in its order.
fn slips(page: &str) -> Vec<String> {
    let slips = page.lines().filter_map(|l| l.strip_prefix("{{#slip "));
    slips
        .map(|slip| {
            let name = slip.split([':', '}']).next().unwrap_or_default();
            name.trim().into()
        })
        .collect()
}

#[test]
fn every_slip_of_the_article_is_listed_in_order_and_shown_in_a_chapter() {
    let all: Vec<_> = (1..=32).map(|n| format!("E{n}")).collect();
    assert_eq!(slips(&read(root().join("book/pages/slips.md"))), all);
    let mut shown: Vec<_> =
        CHAPTERS.iter().flat_map(|chapter| slips(&page(chapter))).collect();
    shown.sort();
    shown.dedup();
    let mut all = all;
    all.sort();
    assert_eq!(shown, all);
}

/// What a chapter states and draws of its committed numbers, into a folder.
fn drawn(chapter: &'static Chapter) -> (TempDir, Results) {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        out: Some(folder.path().into()),
        quiet: true,
        ..Options::default()
    };
    let report = run_chapter(chapter, options, Selection::Drawn).unwrap();
    (folder, report.results)
}

/// What the code states now is what stands in the results, and it holds.
#[test]
fn every_claim_is_stated_as_it_is_recorded_and_holds() {
    // A chapter's, and those of its runs that have to be asked for: `vq-vae.digits-dfdx`.
    let files = files(&root().join("book/pages/results"));
    let names = files.keys().map(|file| {
        let path = root().join("book/pages/results").join(file);
        let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
        (stem, Results::load(&path).unwrap())
    });
    let all: BTreeMap<String, Results> = names.collect();
    for chapter in CHAPTERS {
        let (name, recorded) = (chapter.name, &all[chapter.name]);
        assert_eq!(
            drawn(chapter).1.claims,
            recorded.claims,
            "{name}: `cargo run -- --draw --only {name}` states its claims anew"
        );
        for (claim, stated) in &recorded.claims {
            let verdict = recorded.decide(stated, |other| all.get(other));
            let verdict =
                verdict.unwrap_or_else(|e| panic!("{name}: {claim}: {e}"));
            assert!(verdict.holds, "{name}: {claim}: {}", verdict.margin);
        }
    }
}

#[test]
fn every_claim_is_on_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let book = rendered(folder.path());
    let chapters = CHAPTERS.map(|c| (c.name, c.committed()));
    for (name, file) in
        chapters.into_iter().chain([("speed", speed::committed())])
    {
        let recorded = Results::load(&file).unwrap();
        for claim in recorded.claims.into_keys() {
            let shown = book.claims.contains(&(name.into(), claim.clone()));
            assert!(shown, "{name}: no sentence rests on {claim}");
        }
    }
}

/// A figure shows what was measured: drawn anew from its table, it is the committed one.
#[test]
fn figures_are_drawn_from_their_tables() {
    let mut count = 0;
    for chapter in CHAPTERS {
        let (folder, _) = drawn(chapter);
        let figures = folder.path().join("figures");
        let figures = match figures.exists() {
            true => files(&figures),
            false => BTreeMap::new(),
        };
        count += figures.len();
        let committed = root().join("book/pages/figures").join(chapter.name);
        for (file, bytes) in figures {
            let text = String::from_utf8(bytes).unwrap();
            let (name, path) = (chapter.name, committed.join(&file));
            assert!(
                read(&path) == text,
                "{name}: {file:?} is another figure; `cargo run -- --draw --only {name}` draws it"
            );
        }
    }
    assert!(count >= 30, "{count} figures");
}

#[test]
fn a_chapter_uses_only_earlier_ones() {
    for chapter in CHAPTERS {
        let manifest = read(Path::new(chapter.dir).join("Cargo.toml"));
        let tables = manifest.split("\n[").filter(|t| {
            t.starts_with("dependencies") || t.starts_with("dev-dependencies")
        });
        let uses: Vec<&str> = tables.flat_map(str::lines).collect();
        for other in CHAPTERS {
            let line = format!("{}.workspace", other.name);
            if uses.iter().any(|l| l.starts_with(&line)) {
                let (a, b) = (chapter.name, other.name);
                assert!(other.number < chapter.number, "{a} uses {b}");
                let declared = chapter.uses.iter().any(|u| u.name == b);
                assert!(declared, "{a}: `uses` lacks {b}");
            }
        }
        assert!(!uses.iter().any(|l| l.starts_with("book")));
    }
    let numbers: Vec<_> = CHAPTERS.iter().map(|c| c.number).collect();
    assert!(numbers.is_sorted(), "the order of the table of contents");
}

#[test]
fn the_chapters_are_what_their_folders_and_manifests_say() {
    let entries = record::entries(&root()).unwrap();
    assert_eq!(entries.len(), CHAPTERS.len());
    for (entry, chapter) in entries.iter().zip(CHAPTERS) {
        assert_eq!(entry.name, chapter.name);
        assert_eq!(entry.number, chapter.number);
        let folder = root().join(&entry.folder);
        assert_eq!(folder, Path::new(chapter.dir));
        let (here, there) =
            (entry.fingerprint(&root()), chapter.fingerprint());
        assert_eq!(here.unwrap(), there.unwrap(), "`uses` of {}", entry.name);
    }
}

/// A reader waits for these alone before the first page.
#[test]
fn the_book_is_rendered_before_a_chapter_compiles() {
    let light = crates(&["--package", "book"], "normal,build");
    let names = |c: &String| c.split(' ').next().map(String::from);
    let light: BTreeSet<_> = light.iter().filter_map(names).collect();
    let heavy = ["lab", "datasets", "judge", "ndarray", "dfdx", "gemm"];
    let heavy = heavy.into_iter().chain(CHAPTERS.map(|c| c.name));
    let heavy: Vec<_> = heavy.filter(|c| light.contains(*c)).collect();
    assert!(light.contains("record") && heavy.is_empty(), "{heavy:?}");
}

#[test]
fn every_exercise_is_proven_from_both_sides() {
    for chapter in CHAPTERS {
        let (stubs, name) = (names(chapter, "exercises"), chapter.name);
        assert!(stubs.len() >= 4, "{name} has {} exercises", stubs.len());
        assert_eq!(stubs, names(chapter, "solutions"), "{name}");
        assert_eq!(stubs, names(chapter, "misconceptions"), "{name}");
        let dir = Path::new(chapter.dir);
        let tested = read(dir.join("tests/chapter/misconceptions.rs"));
        for stub in &stubs {
            let wrong = read(dir.join(format!("misconceptions/{stub}.rs")));
            let wrong: Vec<&str> = wrong
                .lines()
                .filter_map(|l| l.strip_prefix("pub fn "))
                .map(|l| l.split('(').next().unwrap())
                .collect();
            assert!(wrong.len() >= 2, "{name}: {stub} has {wrong:?}");
            for mistake in wrong {
                let used = tested.contains(&format!("check({mistake})"));
                assert!(used, "{name}: {stub}: {mistake} is not tested");
            }
        }
    }
}

/// What stands in for a function is known by the number and the name of its exercise.
#[test]
fn answers_that_take_a_functions_place_are_rightly_named() {
    let mut found = 0;
    for chapter in CHAPTERS {
        let dir = Path::new(chapter.dir);
        let Ok(mine) = fs::read_to_string(dir.join("src/mine.rs")) else {
            continue;
        };
        for rest in mine.split("Exercise::new(\"").skip(1) {
            let (number, name) =
                rest.split('"').next().unwrap().split_once(' ').unwrap();
            let stub = read(dir.join(format!("exercises/{name}.rs")));
            let line = format!("//! Exercise {number} ");
            assert!(stub.starts_with(&line), "{name} is not {number}");
            found += 1;
        }
    }
    assert!(found >= 15, "{found}");
}

#[test]
fn every_stub_names_a_section_that_the_page_has() {
    for chapter in CHAPTERS {
        let page = page(chapter);
        let folder = Path::new(chapter.dir).join("exercises");
        for path in files(&folder).into_keys() {
            let text = read(folder.join(&path)).replace("\\\n", "");
            let number = format!("Exercise {}.", chapter.number);
            let mut told = text.match_indices(&number).skip(1);
            let (at, _) = told.next().unwrap_or_else(|| panic!("{path:?}"));
            let section = text[at..].split("(§ ").nth(1).unwrap();
            let section = section.split(')').next().unwrap();
            let section = section.split_whitespace().collect::<Vec<_>>();
            let section = section.join(" ");
            let heading = format!("# {section}\n"); // of any level
            assert!(page.contains(&heading), "{path:?}: no `{section}`");
        }
    }
}

/// The pages of the table of contents, in its order.
fn pages_in_order() -> Vec<(String, String)> {
    let summary = read(root().join("book/pages/SUMMARY.md"));
    let links = summary.split("](").skip(1);
    let named = links.filter_map(|link| link.split(')').next());
    let pages = named.filter(|name| name.ends_with(".md"));
    let text = |name: &str| read(root().join("book/pages").join(name));
    pages.map(|name| (name.to_string(), text(name))).collect()
}

#[test]
fn equations_are_numbered_in_the_order_in_which_they_stand() {
    let mut last = (0, 0);
    for (name, page) in pages_in_order() {
        let numbers = page.lines().filter_map(|l| l.strip_prefix("```math "));
        for number in numbers {
            let (chapter, index) = number.trim().split_once('.').unwrap();
            let next: (u32, u32) =
                (chapter.parse().unwrap(), index.parse().unwrap());
            let follows = match next.0 == last.0 {
                true => next.1 == last.1 + 1,
                false => next.0 > last.0 && next.1 == 1,
            };
            assert!(follows || last == (0, 0), "{name}: {number}");
            last = next;
        }
    }
    assert!(last > (8, 0));
}

/// The names of the Greek letters in a page's formulas, as TeX has them.
fn greek(page: &str) -> BTreeSet<String> {
    const NAMES: &str = "alpha beta gamma Gamma delta Delta epsilon varepsilon zeta eta theta vartheta Theta iota kappa lambda \
         Lambda mu nu xi Xi rho varrho sigma varsigma Sigma tau upsilon phi varphi Phi chi psi Psi omega Omega";
    let mut found = BTreeSet::new();
    let (mut fenced, mut math) = (false, false);
    for line in page.lines() {
        if line.starts_with("```") {
            (fenced, math) = (!fenced, line.starts_with("```math"));
            continue;
        }
        // Outside a block, what stands between two dollars is a formula.
        let parts = line.split('$').enumerate();
        let formulas = parts.filter(|(n, _)| match fenced {
            true => math,
            false => n % 2 == 1,
        });
        for (_, formula) in formulas {
            for rest in formula.split('\\').skip(1) {
                let end = rest.find(|c: char| !c.is_ascii_alphabetic());
                let name = &rest[..end.unwrap_or(rest.len())];
                if NAMES.split(' ').any(|known| known == name) {
                    found.insert(name.to_string());
                }
            }
        }
    }
    found
}

#[test]
fn the_notation_page_says_what_each_greek_letter_stands_for() {
    let notation = read(root().join("book/pages/notation.md"));
    let rows = notation.split("## Greek letters").nth(1).unwrap();
    let rows = rows.split("\n## ").next().unwrap().lines();
    let rows: BTreeMap<String, (bool, BTreeSet<u32>)> = rows
        .filter(|line| line.starts_with("| $"))
        .map(|line| {
            let cells: Vec<&str> = line.split(" | ").collect();
            let letter = greek(cells[0]).pop_first().unwrap();
            let (mut anywhere, mut chapters) = (false, BTreeSet::new());
            for meaning in cells[2].split(';') {
                let numbers = meaning.split('(').skip(1).filter_map(|rest| {
                    let list = rest.split(')').next()?.split(", ");
                    list.map(|n| n.parse::<u32>().ok())
                        .collect::<Option<Vec<_>>>()
                });
                let numbers: Vec<u32> = numbers.flatten().collect();
                anywhere |= numbers.is_empty();
                chapters.extend(numbers);
            }
            (letter, (anywhere, chapters))
        })
        .collect();
    let mut wrong = Vec::new();
    for chapter in CHAPTERS {
        let (n, used) = (chapter.number, greek(&page(chapter)));
        for letter in &used {
            match rows.get(letter) {
                Some((anywhere, of)) if *anywhere || of.contains(&n) => {}
                _ => {
                    wrong.push(format!("{letter} of chapter {n} is not said"))
                }
            }
        }
        let said = rows.iter().filter(|(_, (_, of))| of.contains(&n));
        let unused = said.filter(|(letter, _)| !used.contains(*letter));
        wrong.extend(
            unused.map(|(letter, _)| {
                format!("chapter {n} does not use {letter}")
            }),
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(rows.len() > 20, "{}", rows.len());
}

#[test]
fn every_chapter_asks_five_questions_with_one_right_answer() {
    for chapter in CHAPTERS {
        let page = page(chapter);
        let directives = page.lines().filter_map(|l| l.strip_prefix("{{#"));
        let mut questions: Vec<(&str, usize, usize)> = Vec::new();
        for directive in directives {
            match (directive.split(' ').next(), questions.last_mut()) {
                (Some("ask"), _) => questions.push((directive, 0, 0)),
                (Some("right"), Some(last)) => last.1 += 1,
                (Some("wrong"), Some(last)) => last.2 += 1,
                _ => {}
            }
        }
        let name = chapter.name;
        assert!(questions.len() >= 5, "{name} asks {}", questions.len());
        for (question, right, wrong) in questions {
            let both = right == 1 && (1..=3).contains(&wrong);
            assert!(both, "{name}: {question} has {right} and {wrong}");
        }
    }
}

#[test]
fn the_readme_and_the_table_of_contents_name_every_chapter() {
    let readme = read(root().join("README.md"));
    let summary = read(root().join("book/pages/SUMMARY.md"));
    for chapter in CHAPTERS {
        assert!(readme.contains(&format!("`{}`", chapter.name)));
        let page = Path::new(chapter.dir).file_name().unwrap();
        let link = format!("({}.md)", page.to_string_lossy());
        assert!(summary.contains(&link), "SUMMARY.md lacks {link}");
    }
}

/// All crates under some packages, each with its version and features.
fn crates(packages: &[&str], edges: &str) -> BTreeSet<String> {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--prefix=none"])
        .args(["--format={p} [{f}]", "--edges", edges])
        .args(packages)
        .current_dir(root())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&tree.stdout);
    assert!(
        tree.status.success(),
        "{}",
        String::from_utf8_lossy(&tree.stderr)
    );
    text.lines().map(|l| l.replace(" (*)", "")).collect()
}

/// Otherwise cargo compiles again, with other features, what it has compiled.
/// Each platform has crates of its own; this one is kept in order.
#[test]
#[cfg_attr(
    not(all(target_os = "linux", target_arch = "x86_64")),
    ignore = "for Linux on x86-64"
)]
fn a_chapter_by_itself_takes_the_crates_of_the_whole() {
    let whole = crates(&["--workspace"], "normal,build,dev");
    let run = crates(&["--workspace"], "normal,build");
    let without_features = |c: &str| c.split(" [").next().map(String::from);
    let known: BTreeSet<_> =
        run.iter().map(|c| without_features(c)).collect();
    let others: Vec<_> = whole
        .difference(&run)
        .filter(|c| known.contains(&without_features(c)))
        .collect();
    assert!(others.is_empty(), "`cargo test` after `cargo run`: {others:?}");
    for chapter in CHAPTERS {
        for edges in ["normal,build", "normal,build,dev"] {
            let alone = crates(&["-p", chapter.name], edges);
            let others: Vec<_> = alone.difference(&whole).collect();
            assert!(
                others.is_empty(),
                "{}, {edges}: {others:?}",
                chapter.name
            );
        }
    }
}
