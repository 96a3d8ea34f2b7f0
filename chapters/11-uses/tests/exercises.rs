//! Your answers: `cargo test -p uses --test exercises`.

use lab::expect_pass;

use uses_checks as checks;

#[path = "../exercises/auc.rs"]
mod auc;
#[path = "../exercises/duplicates.rs"]
mod duplicates;
#[path = "../exercises/search.rs"]
mod search;

#[test]
fn exercise_11_1_search() {
    expect_pass(checks::search(search::search));
}

#[test]
fn exercise_11_2_auc() {
    expect_pass(checks::auc(auc::auc));
}

#[test]
fn exercise_11_3_duplicates() {
    expect_pass(checks::duplicates(duplicates::duplicates));
}
