//! What can be held of accessibility and of the pages' policy without a browser.

use std::collections::BTreeMap;
use std::fs;

use book::search::Index;

use crate::sample::{EQUATIONS, Sample};

const PAGE: &str = r"# Weights

The weight is β.

```math 1.2
V = \sigma(x) + \sigma(y)
```

```math
x
```

{{#listing chapters/01-minimax-loss/src/plain.rs}}

| | a |
|:---|---:|
| b | c |

{{#slip E1: Title}}

Text with a [link](notes.md).

{{#end}}

{{#slip E2}}

{{#end}}

## A norm

$\lVert x \rVert_\Omega$
";

fn rendered() -> (Sample, String) {
    let sample = Sample::new();
    sample.equations(EQUATIONS);
    sample.page(PAGE);
    sample.render();
    let file = sample.out().join("01-minimax-loss.html");
    let page = fs::read_to_string(file).unwrap();
    (sample, page)
}

/// The opening tags that begin so.
fn tags<'a>(page: &'a str, begin: &str) -> Vec<&'a str> {
    let found = page.match_indices(begin);
    found.map(|(at, _)| page[at..].split('>').next().unwrap()).collect()
}

#[test]
fn what_scrolls_is_in_the_keyboards_reach_and_has_a_name() {
    let (_sample, page) = rendered();
    let formulas = tags(&page, "<div class=\"formula\"");
    assert_eq!(formulas.len(), 2);
    assert!(formulas[0].contains("aria-label=\"Equation 1.2\""));
    assert!(formulas[1].contains("aria-label=\"Formula\""));
    let tables = tags(&page, "<div class=\"table-wrapper\"");
    assert_eq!(tables.len(), 1);
    for tag in formulas.iter().chain(&tables) {
        assert!(tag.contains("tabindex=\"0\" role=\"group\""), "{tag}");
    }
    let code = tags(&page, "<code tabindex=\"0\"").len();
    assert_eq!((code, page.matches("<pre>").count()), (4, 4));
}

#[test]
fn landmarks_are_one_of_a_kind_and_headers_say_something() {
    let (_sample, page) = rendered();
    assert!(!page.contains("<aside") && !page.contains("></th>"));
    let slips = tags(&page, "<div class=\"slip\"");
    let labels = ["aria-label=\"Slip E1\"", "aria-label=\"Slip E2\""];
    assert!(slips.iter().zip(labels).all(|(s, label)| s.contains(label)));
    assert_eq!(slips.len(), 2);
    for landmark in ["<main", "role=\"banner\"", "id=\"mdbook-sidebar\""] {
        assert_eq!(page.matches(landmark).count(), 1, "{landmark}");
    }
}

#[test]
fn every_page_has_a_policy_that_lets_nothing_in_from_elsewhere() {
    let (sample, _) = rendered();
    let mut pages = 0;
    for entry in fs::read_dir(sample.out()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "html") {
            continue;
        }
        let page = fs::read_to_string(&path).unwrap();
        let policies = tags(&page, "<meta http-equiv=\"Content-Security");
        let [policy] = policies[..] else { panic!("{path:?}: {policies:?}") };
        assert!(policy.contains("default-src 'none'"), "{policy}");
        let open = ["http:", "https:", "*", "'unsafe-eval'", "blob:"];
        assert!(open.iter().all(|o| !policy.contains(o)), "{policy}");
        let scripts = policy.split("script-src").nth(1).unwrap();
        let scripts = scripts.split(';').next().unwrap();
        assert!(!scripts.contains("'unsafe-inline'"), "{policy}");
        let inline = page.matches("<script>").count();
        assert_eq!(scripts.matches("'sha256-").count(), inline, "{path:?}");
        let before = page.split("<meta http-equiv").next().unwrap();
        assert!(!before.contains("<script") && !before.contains("<link"));
        for part in ["onclick=", "onload=", "onerror=", "javascript:"] {
            assert!(!page.contains(part), "{path:?}: {part}");
        }
        pages += 1;
    }
    assert!(pages >= 4, "{pages}");
}

/// The value of every variable of a theme, as the stylesheets give them one after the other.
fn variables(css: &[String], theme: &[&str]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for rule in css.iter().flat_map(|css| css.split('}')) {
        let Some((selectors, body)) = rule.rsplit_once('{') else { continue };
        let selectors = selectors.rsplit(['{', ';']).next().unwrap();
        let named = |s: &str| s == ":root" || theme.contains(&s);
        if !selectors.split(',').map(str::trim).any(named) {
            continue;
        }
        for declaration in body.split(';') {
            if let Some((name, value)) = declaration.split_once(':') {
                let name = name.trim().to_string();
                found.insert(name, value.trim().to_string());
            }
        }
    }
    found
}

/// Red, green and blue from 0 to 1, of `#abc`, `#aabbcc` and `hsl(…)`.
fn colour(text: &str) -> [f64; 3] {
    if let Some(hex) = text.strip_prefix('#') {
        let width = hex.len() / 3;
        let part = |i: usize| {
            let digits = &hex[i * width..(i + 1) * width];
            let value = u32::from_str_radix(digits, 16).unwrap();
            f64::from(value) / f64::from(16_u32.pow(width as u32) - 1)
        };
        return [part(0), part(1), part(2)];
    }
    let numbers = text.strip_prefix("hsl(").and_then(|t| t.strip_suffix(')'));
    let numbers: Vec<f64> = numbers
        .unwrap_or_else(|| panic!("`{text}` is no colour"))
        .split(',')
        .map(|n| n.trim().trim_end_matches('%').parse().unwrap())
        .collect();
    let [h, s, l] =
        [numbers[0] / 30.0, numbers[1] / 100.0, numbers[2] / 100.0];
    [0.0, 8.0, 4.0].map(|n| {
        let k = (n + h) % 12.0;
        l - s * l.min(1.0 - l) * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0)
    })
}

/// Contrast as the Web Content Accessibility Guidelines define it, from 1 to 21.
fn contrast(a: &str, b: &str) -> f64 {
    let luminance = |text: &str| {
        let linear = colour(text).map(|c| match c <= 0.04045 {
            true => c / 12.92,
            false => ((c + 0.055) / 1.055).powf(2.4),
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// A stylesheet for the screen, without its comments.
fn stylesheet(sample: &Sample, folder: &str, name: &str) -> String {
    let folder = fs::read_dir(sample.out().join(folder)).unwrap();
    let mut files = folder.map(|entry| entry.unwrap().path());
    let is_it = |path: &std::path::PathBuf| {
        let file = path.file_name().unwrap().to_string_lossy();
        let hash = file.strip_prefix(name);
        hash.is_some_and(|h| h.starts_with('-') && h.ends_with(".css"))
    };
    let text = fs::read_to_string(files.find(is_it).unwrap()).unwrap();
    let parts = text.split("/*").map(|p| p.rsplit("*/").next().unwrap());
    let text = parts.collect::<String>();
    text.split("@media print").next().unwrap().into()
}

#[test]
fn contrast_is_that_of_the_guidelines() {
    assert!((contrast("#000", "#ffffff") - 21.0).abs() < 1e-9);
    assert!((contrast("hsl(0, 100%, 50%)", "#fff") - 3.998).abs() < 1e-3);
    assert!((contrast("#d9930d", "#ffffff") - 2.58).abs() < 1e-2);
}

#[test]
fn text_stands_out_from_what_it_stands_on_in_every_theme() {
    let (sample, _) = rendered();
    // Without a script, what a dark system prefers is given last, and holds.
    let screen = stylesheet(&sample, "theme", "workbook");
    let css = [stylesheet(&sample, "css", "variables"), screen];
    for theme in
        [".light", ".rust", ".coal", ".navy", ".ayu", "html:not(.js)"]
    {
        let variables = variables(&css, &[theme]);
        let value = |name: &str| variables[name].as_str();
        for (text, grounds) in [
            ("--fg", &["--bg", "--panel"][..]),
            ("--links", &["--bg", "--panel"]),
            ("--note", &["--bg", "--panel"]),
            ("--proof", &["--bg"]),
            ("--slip", &["--bg", "--panel"]),
            ("--inline-code-color", &["--bg", "--panel"]),
            ("--sidebar-fg", &["--sidebar-bg"]),
            ("--sidebar-active", &["--sidebar-bg"]),
            ("--sidebar-non-existant", &["--sidebar-bg"]),
        ] {
            for ground in grounds {
                let ratio = contrast(value(text), value(ground));
                assert!(ratio >= 4.5, "{theme}: {text} on {ground}: {ratio}");
            }
        }
    }
    assert!(css[1].contains("text-decoration: underline;"), "links");
}

#[test]
fn code_stands_out_from_its_panel_in_every_theme() {
    let (sample, _) = rendered();
    let screen = stylesheet(&sample, "theme", "workbook");
    let css = [stylesheet(&sample, "css", "variables"), screen];
    for (theme, colours) in [
        (".light", "highlight"),
        (".rust", "highlight"),
        (".coal", "tomorrow-night"),
        (".navy", "tomorrow-night"),
        (".ayu", "ayu-highlight"),
    ] {
        let panel = &variables(&css, &[theme])["--panel"];
        let mut seen = 0;
        for rule in stylesheet(&sample, "", colours).split('}') {
            let Some((names, body)) = rule.split_once('{') else { continue };
            // No listing is a list of changes; the workbook's own styles mend others.
            let mended = ["comment", "quote", "tag"].iter().any(|name| {
                names.contains(&format!("-{name}"))
                    && css[1].contains(&format!("{theme} :is(.hljs-comment"))
            });
            if names.contains("tion") && !names.contains("section") || mended
            {
                continue;
            }
            let colour = body.split(';').find_map(|declaration| {
                declaration.trim().strip_prefix("color:")
            });
            if let Some(colour) = colour {
                let ratio = contrast(colour.trim(), panel);
                assert!(ratio >= 4.5, "{theme}: {names} on {panel}: {ratio}");
                seen += 1;
            }
        }
        assert!(seen >= 6, "{theme}: {seen}");
    }
}

#[test]
fn a_greek_letter_finds_its_section() {
    let (sample, page) = rendered();
    assert!(page.contains("The weight is β.") && !page.contains("beta"));
    let index = Index::of(&sample.out()).unwrap();
    let weights = "01-minimax-loss.html#weights";
    for query in ["β", "Β", "beta", "σ", "Σ", "ς"] {
        assert_eq!(index.find(query), [weights], "{query}");
    }
    assert_eq!(index.find("Ω"), ["01-minimax-loss.html#a-norm"]);
    assert_eq!(index.find("ω norm")[0], "01-minimax-loss.html#a-norm");
    assert_eq!(index.find("ψ"), [""; 0]);
}

#[test]
fn the_script_spells_letters_as_the_index_does() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/theme/workbook.js");
    let script = fs::read_to_string(path).unwrap().replace("\" +\n", "");
    let names = script.split("const greek = (").nth(1).unwrap();
    let names = names.split(").split").next().unwrap().replace('"', "");
    let names: Vec<_> = names.split_whitespace().collect();
    assert_eq!(names, book::search::LETTERS);
}
