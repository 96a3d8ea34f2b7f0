//! What each directive turns into.

use crate::sample::{EQUATIONS, Sample, rendered};

#[track_caller]
fn holds(html: &str, parts: &[&str]) {
    // mdBook puts line ends between elements.
    let html = html.replace(">\n\n<", "><").replace(">\n<", "><");
    for part in parts {
        assert!(html.contains(part), "`{part}` is not in:\n{html}");
    }
}

#[test]
fn code_is_untouched() {
    let html = rendered(
        "`{{#eq 9.9}} $x$`\n\n```text\n{{#ledger}} $y$\n{{#include x}}\n```\n\nThe sign \\$ and \\{{#eq 1.2}}.\n",
    );
    holds(
        &html,
        &[
            "<code>{{#eq 9.9}} $x$</code>",
            "{{#ledger}} $y$\n{{#include x}}",
            "The sign $ and {<span></span>{#eq 1.2}}.",
        ],
    );
}

#[test]
fn a_numbered_equation_opens_its_test() {
    let sample = Sample::new();
    sample.equations(EQUATIONS);
    sample.page("By {{#eq 1.2}}:\n\n```math 1.2\nV = \\min_G \\max_D\n```\n");
    sample.write(
        "book/pages/notes.md",
        "# Notes\n\nSee {{#eq 1.2}}.\n\n```math\na^2\n```\n",
    );
    let rendered = sample.render();
    assert_eq!(rendered.equations.len(), 1);
    assert_eq!(rendered.equations[0].number.to_string(), "1.2");
    assert_eq!(rendered.equations[0].tests, ["eq_1_2_value"]);
    holds(
        &sample.html("01-minimax-loss.html"),
        &[
            r##"By <a class="eq-ref" href="#eq-1-2">(1.2)</a>"##,
            r#"<div class="equation" id="eq-1-2">"#,
            r#"aria-label="V = \min_G \max_D""#,
            "<summary title=\"The test of this equation\">✓ tested</summary>",
            "minimax-loss/tests/chapter/equations.rs",
            "/// On logits.\n#[test]\nfn eq_1_2_value() {\n    assert_eq!(1 &lt; 2, true);\n}",
        ],
    );
    holds(
        &sample.html("notes.html"),
        &[
            r#"href="01-minimax-loss.html#eq-1-2">(1.2)</a>"#,
            r#"<div class="equation"><div class="formula" tabindex="0" role="group" aria-label="Formula">"#,
        ],
    );
}

#[test]
fn several_tests_of_an_equation_are_all_shown() {
    let sample = Sample::new();
    sample.equations(&format!(
        "{EQUATIONS}\n#[test]\nfn eq_1_2_again() {{\n}}\n"
    ));
    sample.page("```math 1.2\nx\n```\n");
    assert_eq!(sample.render().equations[0].tests.len(), 2);
    holds(
        &sample.html("01-minimax-loss.html"),
        &["fn eq_1_2_value()", "fn eq_1_2_again()"],
    );
}

#[test]
fn inline_math_keeps_its_punctuation() {
    let html = rendered("A point ($x$), and $k$-means; $y$ alone.\n");
    holds(&html, &[r#"A point <span class="together">(<svg class="math""#]);
    holds(&html, &["</svg>),</span> and", "</svg>-means;</span> <svg"]);
    holds(&html, &["</svg> alone."]);
}

#[test]
fn math_works_in_tables_lists_and_headings() {
    let html = rendered(
        "## The norm $\\lVert x \\rVert$\n\n| a | b |\n|---|---|\n| $x_i$ | *y* |\n\n- one\n\n  ```math\n  x + y\n  ```\n\n- two\n",
    );
    holds(&html, &["<td><svg class=\"math\"", "<td><em>y</em></td>"]);
    let item = html.find("<li>").unwrap()..html.find("</li>").unwrap();
    assert!(html[item].contains(r#"class="math display""#), "{html}");
    assert!(html.contains("href=\"#the-norm\""), "{html}");
}

#[test]
fn a_listing_is_cut_out_and_captioned() {
    let html = rendered(
        "1. a\n\n   {{#listing chapters/01-minimax-loss/src/plain.rs:value}}\n",
    );
    holds(
        &html,
        &[
            r#"<div class="listing-name">minimax-loss/src/plain.rs</div>"#,
            "<code tabindex=\"0\" class=\"language-rust\">/// V, in nats.\npub fn value(s: f64) -&gt; f64 {\n    -softplus(-s)\n}",
            "</code></pre></li>",
        ],
    );
}

#[test]
fn results_are_quoted_with_where_they_come_from() {
    let sample = Sample::new();
    sample.page(
        "## At {{#result loss .2}}\n\nA **{{#result accuracy .1%}}** after {{#result steps int}}.\n\n| a |\n|---|\n| {{#result tiny .1e}} |\n",
    );
    sample.write(
        "book/pages/notes.md",
        "# Notes\n\n{{#result minimax-loss/loss .4}} starts a line.\n",
    );
    let quoted = sample.render().quoted;
    assert_eq!(quoted.len(), 4);
    assert!(quoted.contains(&("minimax-loss".into(), "loss".into())));
    holds(
        &sample.html("01-minimax-loss.html"),
        &[
            r#"title="minimax-loss/loss · seed 7 · page scale · cpu">−1.39</span>"#,
            "<strong><span class=\"result\"",
            ">97.3%</span></strong>",
            ">60,000</span>.",
            ">3.1\u{a0}×\u{a0}10<sup>−10</sup></span></td>",
        ],
    );
    holds(&sample.html("notes.html"), &["<p><span class=\"result\""]);
}

#[test]
fn figures_are_numbered_described_and_linked() {
    let sample = Sample::new();
    sample.page(
        "See {{#fig curve}}. {{#Fig grid}} is below.\n\n{{#figure curve: The *loss* $x_{i_{j}}$ is {{#result tiny .1e}}: `a`.}}\n\n{{#figure grid: Digits.}}\n",
    );
    sample.write(
        "book/pages/notes.md",
        "# Notes\n\n{{#figure minimax-loss/curve: Front.}}\n\nAs {{#fig minimax-loss/curve}} shows.\n",
    );
    let rendered = sample.render();
    assert_eq!(rendered.figures.len(), 2);
    let html = sample.html("01-minimax-loss.html");
    holds(
        &html,
        &[
            "<a class=\"fig-ref\" href=\"#fig-curve\">figure\u{a0}1.1</a>",
            "<a class=\"fig-ref\" href=\"#fig-grid\">Figure\u{a0}1.2</a>",
            r#"<figure id="fig-curve"><svg width="8""#,
            r#"role="img" aria-label="The loss x_{i_{j}} is 3.1 × 10^−10: a.""#,
            r#"id="01-minimax-loss-fig-curve-c""#,
            "url(#01-minimax-loss-fig-curve-c)",
            "<text>a*b_c</text>",
            "<strong>Figure 1.1.</strong> The <em>loss</em> <svg",
            r#"<img src="figures/minimax-loss/grid.png" alt="Digits." width="30" height="20" loading="lazy" class="pixelated" style="width:420px""#,
            "<strong>Figure 1.2.</strong> Digits.",
        ],
    );
    holds(
        &sample.html("notes.html"),
        &[
            r#"<figure id="fig-minimax-loss-curve">"#,
            "<p>Front.</p>",
            r#"href="01-minimax-loss.html#fig-curve">figure"#,
        ],
    );
}

#[test]
fn the_ledger_and_the_provenance() {
    let html = rendered("# T\n\n{{#provenance}}\n\n{{#ledger}}\n");
    holds(
        &html,
        &[
            "seed 7, page scale, cpu, 42\u{a0}s, code 1a2b3c4d.</p>",
            "hand gradient against finite difference</th>",
            "… dfdx, CPU</th>",
            "… PyTorch, f64</th>",
            "<code>value</code></td>",
            ">3.1\u{a0}×\u{a0}10<sup>−10</sup></span></td>",
            ">0</span></td><td style=\"text-align: right\">not run</td><td style=\"text-align: right\">–</td>",
        ],
    );
}

#[test]
fn the_ledger_has_the_column_of_a_run_on_a_gpu() {
    let sample = Sample::new();
    sample.page("# T\n\n{{#ledger}}\n");
    let run = "minimax-loss.ledger-cuda";
    sample.write(
        &format!("book/pages/results/{run}.json"),
        r#"{"provenance": {"seed": 7, "scale": "page", "device": "cuda:0", "seconds": 9.0,
            "code": "0f1e2d3c4b5a", "experiments": {}, "made_with": {"GPU": "H100"}},
            "ledger/value/dfdx_cuda": 2.5e-8}"#,
    );
    sample.render_with(&[run]);
    holds(
        &sample.html("01-minimax-loss.html"),
        &[
            "title=\"minimax-loss.ledger-cuda/ledger/value/dfdx_cuda · seed 7 · page scale · cuda:0\">2.5\u{a0}×\u{a0}10<sup>−8</sup></span></td>",
            "The column of dfdx on CUDA: seed 7, page scale, cuda:0, 9\u{a0}s, code 0f1e2d3c, GPU H100.</p>",
        ],
    );
}

#[test]
fn a_guess_comes_before_what_happened() {
    let html = rendered(
        "{{#predict zero: Is $x$ *zero*?}}\n\nIt **is**.\n\n{{#reveal}}\n\nAfter.\n",
    );
    let order = [
        r#"<div class="predict" id="predict-zero">"#,
        "<em>zero</em>?",
        r#"<textarea rows="2" data-guess="zero""#,
        "<details><summary>Show what happened</summary>",
        "It <strong>is</strong>.",
        "</details></div>",
        "After.",
    ];
    let found: Vec<_> = order
        .iter()
        .map(|part| html.find(part).unwrap_or_else(|| panic!("{part}")))
        .collect();
    assert!(found.is_sorted(), "{found:?}");
}

#[test]
fn slips_are_boxed_and_lead_to_each_other() {
    let sample = Sample::new();
    sample.page(
        "{{#slip E16: A sigmoid, *twice*}}\n\n- text\n\n{{#end}}\n\n{{#slip E3}}\n\nMore.\n\n{{#end}}\n",
    );
    sample.write(
        "book/pages/notes.md",
        "# Notes\n\n{{#slip E16: `sigmoid`}}\n\nTwice.\n\n{{#end}}\n",
    );
    sample.render();
    holds(
        &sample.html("01-minimax-loss.html"),
        &[
            r#"<div class="slip" id="slip-e16" role="note" aria-label="Slip E16">"#,
            r##"<p><a href="notes.html#slip-e16">E16</a> · A sigmoid, <em>twice</em></p>"##,
            "<li>text</li>",
            "</div>",
            "<p>E3</p>",
        ],
    );
    holds(
        &sample.html("notes.html"),
        &[
            "<p>E16 · <code>sigmoid</code></p>",
            "fn e1_e2_e3_e16_all() {",
            r##"<div class="slip-places"><a href="01-minimax-loss.html#slip-e16">1 · The minimax loss</a></div>"##,
        ],
    );
}
