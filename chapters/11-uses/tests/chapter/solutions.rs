//! The solutions pass the checks.

use lab::expect_pass;

use crate::checks;

#[path = "../../solutions/auc.rs"]
mod auc;
#[path = "../../solutions/duplicates.rs"]
mod duplicates;
#[path = "../../solutions/search.rs"]
mod search;

#[test]
fn exercise_11_1() {
    expect_pass(checks::search(search::search));
}

#[test]
fn exercise_11_2() {
    expect_pass(checks::auc(auc::auc));
    expect_pass(checks::auc(uses::plain::auc));
}

#[test]
fn exercise_11_3() {
    expect_pass(checks::duplicates(duplicates::duplicates));
}

/// Where no threshold lets strangers pass, pairs are of one canvas, and no mirrored, turned or brightened picture is in any.
#[test]
fn exercise_11_3_finds_what_was_planted() {
    let mut found = 0;
    for (album, pairs, words) in checks::planted() {
        if album.contains("strangers pass") {
            continue;
        }
        let other = ["mirrored", "upside", "exchanged", "brighter", "rim"];
        for (i, j) in pairs {
            let (a, b) = (&words[i], &words[j]);
            let blank = [a, b].iter().all(|w| w.contains("blackened"));
            let is_other =
                [a, b].iter().any(|w| other.iter().any(|o| w.contains(o)));
            assert!(blank || a[..1] == b[..1], "{album}: {a} and {b}");
            assert!(!is_other, "{album}: {a} and {b}");
            found += 1;
        }
    }
    assert!(found >= 20, "{found} pairs");
}
