//! The tests of a chapter's equations, found by their names in `tests/chapter/equations.rs`.

use crate::directives::Number;
use crate::error::Wrong;

/// A test of an equation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EquationTest {
    pub(crate) number: Number,
    pub(crate) function: String,
    pub(crate) source: String,
}

/// The tests `fn eq_1_2_…()` of a file, and those that look like tests and are none, with their lines.
pub(crate) fn tests_in(
    text: &str,
) -> (Vec<EquationTest>, Vec<(usize, Wrong)>) {
    let lines: Vec<&str> = text.lines().collect();
    let mut tests = Vec::new();
    let mut wrong = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let Some(function) = function(line) else { continue };
        let mut fault = |why| {
            let function = function.to_owned();
            wrong.push((i + 1, Wrong::NotATest { function, why }));
        };
        let Some(number) = number(function) else {
            fault("a name begins with eq_CHAPTER_NUMBER");
            continue;
        };
        let indent = line.len() - line.trim_start().len();
        let heading = |line: &&&str| {
            let line = line.trim_start();
            line.starts_with("#[") || line.starts_with("//")
        };
        let above = lines[..i].iter().rev().take_while(heading).count();
        let attributes = &lines[i - above..i];
        let has = |what: &str| {
            attributes.iter().any(|line| line.trim_start().starts_with(what))
        };
        if !has("#[test]") {
            fault("it has no #[test]");
        } else if has("#[ignore") || has("#[cfg") {
            fault("it does not always run");
        } else if let Some(end) = end(&lines[i..], indent) {
            let shown = lines[i - above..i + end].iter();
            let shown: Vec<_> = shown
                .map(|line| line.get(indent..).unwrap_or(line.trim_start()))
                .collect();
            tests.push(EquationTest {
                number,
                function: function.into(),
                source: shown.join("\n"),
            });
        } else {
            fault("no `}` stands below its `fn`");
        }
    }
    (tests, wrong)
}

/// The name of a function that a line defines, if it begins with `eq_`.
fn function(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = line.strip_prefix("pub ").unwrap_or(line);
    let rest = line.strip_prefix("fn ")?;
    let (name, _) = rest.split_once('(')?;
    name.starts_with("eq_").then_some(name.trim())
}

fn number(function: &str) -> Option<Number> {
    let mut parts = function.strip_prefix("eq_")?.split('_');
    format!("{}.{}", parts.next()?, parts.next()?).parse().ok()
}

/// How many lines a function has from its first, which is indented by `indent`.
fn end(lines: &[&str], indent: usize) -> Option<usize> {
    if lines[0].trim_end().ends_with('}') {
        return Some(1);
    }
    let closing = format!("{}}}", " ".repeat(indent));
    lines.iter().position(|line| line.trim_end() == closing).map(|i| i + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_found_with_their_docs() {
        let text = "\
use a;

/// D* is p / (p + q).
#[test]
fn eq_1_2_optimal() {
    if x {
    }
}

#[test]
fn eq_1_2() { assert!(true) }

fn helper() {}
";
        let (tests, wrong) = tests_in(text);
        assert!(wrong.is_empty(), "{wrong:?}");
        assert_eq!(tests.len(), 2);
        assert!(tests[0].source.starts_with("/// D* is"));
        assert!(tests[0].source.ends_with("    }\n}"));
        assert_eq!(tests[1].source.lines().count(), 2);
        assert_eq!(tests[0].number, Number { chapter: 1, index: 2 });
    }

    #[test]
    fn a_test_inside_a_macro_is_dedented() {
        let text = "proptest! {\n    #[test]\n    fn eq_1_1(x in 0.0..1.0) {\n        if x {\n        }\n    }\n}\n";
        let (tests, wrong) = tests_in(text);
        assert!(wrong.is_empty(), "{wrong:?}");
        assert_eq!(
            tests[0].source,
            "#[test]\nfn eq_1_1(x in 0.0..1.0) {\n    if x {\n    }\n}"
        );
    }

    #[test]
    fn what_does_not_run_is_no_test() {
        for (text, why) in [
            ("fn eq_1_1() {\n}\n", "no #[test]"),
            ("#[test]\n#[ignore]\nfn eq_1_1() {\n}\n", "always run"),
            ("#[cfg(x)]\n#[test]\nfn eq_1_1() {\n}\n", "always run"),
            ("#[test]\nfn eq_one() {\n}\n", "eq_CHAPTER_NUMBER"),
            ("#[test]\nfn eq_1_1() {\n  }\n", "no `}` stands"),
        ] {
            let (tests, wrong) = tests_in(text);
            assert!(tests.is_empty());
            assert!(wrong[0].1.to_string().contains(why), "{wrong:?}");
        }
    }
}
