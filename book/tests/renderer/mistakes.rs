//! What is said when a page is wrong.

use std::fs;

use book::BookError;

use crate::sample::{EQUATIONS, RESULTS, Sample, refused};

#[track_caller]
fn says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in:\n{message}");
    }
}

#[test]
fn each_mistake_names_its_place_and_what_was_expected() {
    let plain = "chapters/01-minimax-loss/src/plain.rs";
    for (page, parts) in [
        ("$\\fracs{1}$", &[r"`\fracs{1}` cannot be set"][..]),
        ("$\\frac{1$", &["braces do not match"]),
        ("costs $5", &["`\\$`"]),
        ("$$x$$", &["fenced block"]),
        ("```math one\nx\n```", &["`math one`", "`math 1.2`"]),
        ("$a {{#eq 1.1}}$", &["formulas take no directives"]),
        ("{{#eq 1.7}}", &["no equation 1.7", "there are none"]),
        ("{{#eq seven}}", &["expected to be `{{#eq 1.2}}`"]),
        ("{{#eq 1.2", &["not closed"]),
        ("{{#figur x: y}}", &["no directive `figur`", "`figure`"]),
        ("a {{#ledger}}", &["alone on its line"]),
        ("{{#listing gone.rs}}", &["`gone.rs`", "No such file"]),
        ("{{#listing ../x.rs}}", &["inside the repository"]),
        ("{{#listing x.txt}}", &[".rs, .toml, .py or .sh"]),
        (
            &format!("{{{{#listing {plain}:values}}}}"),
            &["no anchor `values`", "`value`, `body`"],
        ),
        (
            "{{#result los .2}}",
            &["minimax-loss has no result `los`", "did you mean `loss`"],
        ),
        ("{{#result loss 4}}", &["`4`", "`.2e`"]),
        ("{{#result loss}}", &["{{#result name .4}}"]),
        (
            "{{#figure curv: Caption.}}",
            &["no figure `curv`", "`curve`, `grid`"],
        ),
        ("{{#figure curve}}", &["{{#figure name: Caption}}"]),
        ("{{#figure curve: see {{#ledger}}.}}", &["alone"]),
        (
            "{{#figure curve: A.}}\n\n{{#figure curve: B.}}",
            &["`fig-curve` is on this page twice"],
        ),
        ("{{#fig curve}}", &["no page shows the figure `curve`"]),
        ("{{#reveal}}", &["closes nothing", "{{#predict …}}"]),
        ("{{#end}}", &["closes nothing", "{{#slip …}}"]),
        ("{{#predict a: Q?}}", &["{{#predict a: …}}", "{{#reveal}}"]),
        ("{{#slip E1}}\n\n{{#reveal}}", &["`{{#end}}` for `{{#slip E1}}`"]),
        (
            "{{#slip E4}}\n\n{{#end}}",
            &["the slip E4 has no test", "`fn e4_…()`"],
        ),
        ("text {{ and {{x}}", &["left over"]),
    ] {
        let message = refused(&format!("# T\n\n{page}\n"));
        says(&message, parts);
        if !parts.contains(&"left over") {
            let line = if page.contains("B.}}") { 5 } else { 3 };
            let place = format!("book/pages/01-minimax-loss.md:{line}: ");
            says(&message, &[&place]);
        }
    }
}

#[test]
fn all_mistakes_are_listed_at_once() {
    let sample = Sample::new();
    sample.page("{{#eq 1.1}}\n\n{{#result x .2}}\n\n$\\frac$\n");
    sample.write("book/pages/notes.md", "# N\n\n{{#ledger}}\n");
    let Err(BookError::Pages(mistakes)) = sample.try_render() else {
        panic!("mistakes")
    };
    let places: Vec<_> = mistakes
        .iter()
        .map(|m| (m.file.to_str().unwrap(), m.line.unwrap()))
        .collect();
    let page = "book/pages/01-minimax-loss.md";
    let notes = "book/pages/notes.md";
    assert_eq!(places, [(page, 1), (page, 3), (page, 5), (notes, 3)]);
}

#[test]
fn equations_and_tests_need_each_other() {
    let sample = Sample::new();
    let error = || sample.try_render().unwrap_err().to_string();

    sample.page("```math 1.2\nx\n```\n\n```math 1.2\ny\n```\n");
    says(
        &error(),
        &[
            ":1: equation 1.2 has no test",
            "`fn eq_1_2…()`",
            "chapters/01-minimax-loss/tests/chapter/equations.rs",
            ":5: equation 1.2 is already in 01-minimax-loss.md:1",
        ],
    );

    sample.equations(EQUATIONS);
    sample.page("# T\n");
    says(&error(), &["`eq_1_2_value` tests equation 1.2, which is on no"]);

    sample.page("```math 1.2\nx\n```\n\n```math 2.1\ny\n```\n");
    says(&error(), &["equation 2.1 was expected to begin with", "number, 1"]);

    sample.page("```math 1.2\nx\n```\n");
    sample.equations(&EQUATIONS.replace("#[test]", "#[test]\n#[ignore]"));
    says(
        &error(),
        &["equations.rs:4: `eq_1_2_value`", "does not always run"],
    );

    sample.equations(&EQUATIONS.replace("1_2", "3_1"));
    says(&error(), &["equation 3.1 was expected to begin with"]);

    sample.equations(EQUATIONS);
    sample.write("chapters/01-minimax-loss/tests/chapter/main.rs", "");
    says(&error(), &["is not compiled", "tests/chapter/main.rs"]);

    sample.write(
        "chapters/01-minimax-loss/tests/chapter/main.rs",
        "mod equations;\n",
    );
    sample.write("book/pages/notes.md", "# N\n\n```math 1.3\nx\n```\n");
    says(&error(), &["belongs to no chapter"]);
}

#[test]
fn results_must_be_there_and_sound() {
    let sample = Sample::new();
    let file = "book/pages/results/minimax-loss.json";
    let error = || sample.try_render().unwrap_err().to_string();
    sample.page("{{#result loss .2}}\n");

    sample.write(file, "{\"loss\": 1}");
    says(&error(), &["minimax-loss.json", "provenance"]);

    fs::remove_file(sample.root().join(file)).unwrap();
    says(&error(), &["no book/pages/results/minimax-loss.json"]);
    says(&error(), &["`cargo run -- --fresh --only minimax-loss` makes it"]);

    sample.write(file, &RESULTS.replace("dfdx_cpu", "dfdx_gpu"));
    sample.page("{{#ledger}}\n");
    says(&error(), &["no column `dfdx_gpu`", "`dfdx_cuda`"]);

    sample.write(file, &RESULTS.replace("ledger/", "other/"));
    says(&error(), &["no results named `ledger/FUNCTION/COLUMN`"]);
}

#[test]
fn a_page_without_a_chapter_names_chapters() {
    for directive in [
        "{{#result loss .2}}",
        "{{#ledger}}",
        "{{#provenance}}",
        "{{#figure curve: C.}}",
    ] {
        let sample = Sample::new();
        let page = format!("# N\n\n{directive}\n");
        sample.write("book/pages/notes.md", &page);
        let error = sample.try_render().unwrap_err().to_string();
        says(&error, &["notes.md:3: ", "write `chapter/name`"]);
    }
}

#[test]
fn bad_figures_are_named() {
    let sample = Sample::new();
    let folder = "book/pages/figures/minimax-loss";
    sample.write(&format!("{folder}/curve.svg"), "<p>no</p>");
    sample.write(&format!("{folder}/grid.png"), "GIF89a");
    sample.page("{{#figure curve: C.}}\n\n{{#figure grid: G.}}\n");
    let error = sample.try_render().unwrap_err().to_string();
    says(&error, &["curve.svg: has no <svg>", "grid.png: is not a PNG"]);
}

#[test]
fn a_missing_page_is_not_made_up() {
    let sample = Sample::new();
    let page = sample.root().join("book/pages/notes.md");
    fs::remove_file(&page).unwrap();
    let error = sample.try_render().unwrap_err().to_string();
    says(&error, &["notes.md"]);
    assert!(!page.exists());
}

#[test]
fn a_mistake_leaves_the_old_book() {
    let sample = Sample::new();
    sample.render();
    sample.page("{{#eq 1.1}}\n");
    assert!(sample.try_render().is_err());
    assert!(sample.html("01-minimax-loss.html").contains("minimax loss"));
    let beside = fs::read_dir(sample.root().join("target")).unwrap();
    let beside = beside.map(|entry| entry.unwrap().file_name());
    let mut beside: Vec<_> = beside.collect();
    beside.sort();
    assert_eq!(beside, [".book.lock", "book"]);
}
