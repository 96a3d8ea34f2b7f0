//! Sentences that rest on claims, and the code of experiments.

use crate::sample::Sample;

const STATED: &str = "\
fn draw() {}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![
        (\"loss_is_low\", Claim::less(\"loss\", \"accuracy\")),
        (
            \"curve_is_fine\",
            Claim::equal(0.1, \"accuracy\", 1.0, \"loss\"),
        ),
    ]
}
";

fn sample(claims: &str) -> Sample {
    let sample = Sample::new();
    let results = crate::sample::RESULTS;
    let with = format!(
        "{},\n  \"claims\": {claims}\n}}",
        results.trim_end().trim_end_matches('}').trim_end()
    );
    sample.write("book/pages/results/minimax-loss.json", &with);
    sample
        .write("chapters/01-minimax-loss/src/run/experiments/one.rs", STATED);
    sample
}

fn refused(sample: &Sample) -> String {
    sample.try_render().expect_err("a mistake").to_string()
}

const HOLDS: &str = r#"{"loss_is_low": {"less": [["loss"], ["accuracy"]]}}"#;

#[test]
fn a_sentence_opens_what_it_rests_on() {
    let sample = sample(HOLDS);
    sample.page(
        "# Page\n\nIt is low.{{#claim loss_is_low}} More.\n\n{{#code one}}\n",
    );
    let rendered = sample.render();
    let claim = ("minimax-loss".to_string(), "loss_is_low".to_string());
    assert!(rendered.claims.contains(&claim));
    let html = sample.html("01-minimax-loss.html");
    for part in [
        "It is low.<span class=\"claim\"><button popovertarget=\"claim-",
        "loss = -1.386 &lt; accuracy = 0.973",
        "smallest difference 2.359",
        "minimax-loss/src/run/experiments/one.rs",
        "(&quot;loss_is_low&quot;, Claim::less(&quot;loss&quot;, &quot;accuracy&quot;))",
        "<details class=\"proof of-experiment\">",
        "fn draw() {}",
    ] {
        assert!(html.contains(part), "{part}\n{html}");
    }
}

#[test]
fn a_figure_opens_the_code_that_made_it() {
    let sample = sample(HOLDS);
    let path = "chapters/01-minimax-loss/src/run/experiments/two.rs";
    sample.write(
        path,
        "const FIGURES: &[(&str, Draw)] = &[(\"curve\", draw)];\n",
    );
    sample.page("# Page\n\n{{#figure curve: A curve.}}\n\n{{#figure grid: Images.}}\n");
    sample.render();
    let html = sample.html("01-minimax-loss.html");
    assert_eq!(
        html.matches("<summary title=\"The code that made it\">").count(),
        1
    );
    assert!(html.contains("const FIGURES"));
}

#[test]
fn a_claim_that_decides_nothing_stops_the_book() {
    let fails = r#"{"loss_is_low": {"less": [["accuracy"], ["loss"]]}}"#;
    let gone = r#"{"loss_is_low": {"less": [["los"], ["accuracy"]]}}"#;
    let both =
        r#"{"loss_is_low": {"times": [0.5, ["accuracy"], ["accuracy"]]}}"#;
    let unstated = r#"{"other": {"less": [["loss"], ["accuracy"]]}}"#;
    for (claims, name, message) in [
        (
            HOLDS,
            "loss_is_lo",
            "minimax-loss has no claim `loss_is_lo`; did you mean `loss_is_low`",
        ),
        (fails, "loss_is_low", "does not hold; smallest difference -2.359"),
        (gone, "loss_is_low", "speaks of `los`, and there is no such number"),
        (both, "loss_is_low", "it proves nothing"),
        (unstated, "other", "no experiment states it any more"),
    ] {
        let sample = sample(claims);
        sample.page(&format!("# Page\n\nLow.{{{{#claim {name}}}}}\n"));
        let said = refused(&sample);
        assert!(said.contains(message), "{said}");
    }
    let sample = sample(HOLDS);
    sample.page("# Page\n\n{{#code two}}\n");
    let said = refused(&sample);
    assert!(
        said.contains("minimax-loss has no experiment `two`; it has `one`"),
        "{said}"
    );
}
