//! The tests of a slip of the article: those of the page's chapter, and programs that the compiler refuses.

/// The tests in `tests/chapter/slips.rs` whose names begin with the slip's, `e17_e19_…` being of two.
pub(crate) fn tests_of(text: &str, id: &str) -> Vec<String> {
    let (id, lines) = (id.to_lowercase(), text.lines().collect::<Vec<_>>());
    let named = |line: &str| {
        let name = line.strip_prefix("fn ").unwrap_or_default();
        let mut parts = name.split('_').take_while(|part| is_slip(part));
        parts.any(|part| part == id)
    };
    let found = (0..lines.len()).filter(|n| named(lines[*n]));
    let shown = found.filter_map(|n| {
        let heading = |line: &&&str| line.starts_with("#[") || is_doc(line);
        let above = lines[..n].iter().rev().take_while(heading).count();
        let length = lines[n..].iter().position(|line| *line == "}")?;
        Some(lines[n - above..=n + length].join("\n"))
    });
    shown.collect()
}

/// The programs in `tests/src/refused.rs` whose item begins with the slip's name, `E13Model`.
pub(crate) fn refused(text: &str, id: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let named = |line: &str| {
        let name = line.strip_prefix("pub struct ").unwrap_or_default();
        let rest = name.strip_prefix(id).unwrap_or_default();
        rest.starts_with(|c: char| c.is_ascii_uppercase())
    };
    let found = (0..lines.len()).filter(|n| named(lines[*n]));
    let shown = found.map(|n| {
        let above = lines[..n].iter().rev().take_while(|l| is_doc(l)).count();
        lines[n - above..=n].join("\n")
    });
    shown.collect()
}

fn is_doc(line: &str) -> bool {
    line.starts_with("///")
}

/// `e17`.
fn is_slip(part: &str) -> bool {
    let number = part.strip_prefix('e').unwrap_or_default();
    !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TESTS: &str = "use x;\n\n/// Twice.\n#[test]\nfn e17_e19_stuck() {\n    run();\n}\n\nfn e1() {\n}\n\n#[test]\nfn e1_e_21() {\n}\n";

    #[test]
    fn tests_are_found_by_the_names_they_begin_with() {
        let stuck =
            "/// Twice.\n#[test]\nfn e17_e19_stuck() {\n    run();\n}";
        assert_eq!(tests_of(TESTS, "E17"), [stuck]);
        assert_eq!(tests_of(TESTS, "E19"), [stuck]);
        assert_eq!(tests_of(TESTS, "E1"), ["#[test]\nfn e1_e_21() {\n}"]);
        assert!(tests_of(TESTS, "E21").is_empty());
    }

    #[test]
    fn refused_programs_are_found_by_their_items() {
        let text = "/// E1: one.\npub struct E13Model;\n\n/// Two.\npub struct E1Name;\n";
        assert_eq!(
            refused(text, "E13"),
            ["/// E1: one.\npub struct E13Model;"]
        );
        assert_eq!(refused(text, "E1"), ["/// Two.\npub struct E1Name;"]);
    }
}
