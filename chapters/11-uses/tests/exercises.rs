//! Your answers: `cargo test -p uses --test exercises`.

use lab::expect_pass;

use uses_checks as checks;

#[path = "../exercises/auc.rs"]
mod auc;
#[path = "../exercises/diagnose_restored.rs"]
mod diagnose_restored;
#[path = "../exercises/duplicates.rs"]
mod duplicates;
#[path = "../exercises/guess.rs"]
mod guess;
#[path = "../exercises/search.rs"]
mod search;
#[path = "../exercises/trip.rs"]
mod trip;
#[path = "../exercises/weighs.rs"]
mod weighs;

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

#[test]
fn exercise_11_4_weighs() {
    expect_pass(checks::weighs(weighs::weighs));
}

#[test]
fn exercise_11_5_diagnose_restored() {
    expect_pass(checks::diagnose_restored(
        diagnose_restored::diagnose_restored,
    ));
}

#[test]
fn exercise_11_6_guess() {
    expect_pass(checks::guess(guess::guess));
}

#[test]
fn exercise_11_7_trip() {
    expect_pass(checks::trip(trip::trip));
}
