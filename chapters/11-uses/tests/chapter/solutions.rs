//! The solutions pass the checks.

use lab::expect_pass;
use stability::net::Net;
use vq_gan::ledger::{numeric_gradients, parameters_err};

use crate::checks;
use crate::checks::causes::{CAUSES, SHOWN, apart, log, table, truly_bright};

#[path = "../../solutions/auc.rs"]
mod auc;
#[path = "../../solutions/diagnose_restored.rs"]
mod diagnose_restored;
#[path = "../../solutions/duplicates.rs"]
mod duplicates;
#[path = "../../solutions/guess.rs"]
mod guess;
#[path = "../../solutions/search.rs"]
mod search;
#[path = "../../solutions/trip.rs"]
mod trip;
#[path = "../../solutions/weighs.rs"]
mod weighs;

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

#[test]
fn exercise_11_4() {
    expect_pass(checks::weighs(weighs::weighs));
}

#[test]
fn exercise_11_5() {
    expect_pass(checks::diagnose_restored(
        diagnose_restored::diagnose_restored,
    ));
}

/// Other pictures, other beginnings: a cause is nearer to itself than to any other, and to a search that works, by far.
#[test]
fn exercise_11_5_has_one_answer() {
    let all: Vec<_> = CAUSES.into_iter().map(Some).chain([None]).collect();
    let logs = |seed| all.iter().map(move |of| (of, log(*of, seed)));
    let others: Vec<_> = logs(2).collect();
    for (one, here) in logs(1) {
        for (other, there) in &others {
            let lines = here.iter().zip(there);
            let far = lines.flat_map(|(a, b)| {
                let both = a.numbers().into_iter().zip(b.numbers());
                both.enumerate().map(|(n, (a, b))| apart(n, a, b))
            });
            let far = far.fold(0.0, f64::max);
            let told = format!("{one:?} and {other:?}: {far:.3}");
            match one == *other {
                true => assert!(far <= 0.35, "{told}"),
                false => assert!(far >= 0.6, "{told}"),
            }
        }
    }
    for (n, cause) in SHOWN.iter().enumerate() {
        assert!(!SHOWN[..n].contains(cause), "{cause:?} is shown twice");
    }
}

/// The table in the exercise is what these searches give.
#[test]
fn exercise_11_5_shows_its_logs() {
    let stub = include_str!("../../exercises/diagnose_restored.rs");
    let (_, shown) = stub.split_once("```text\n").unwrap();
    let (shown, _) = shown.split_once("/// ```").unwrap();
    let words = |of: &str| -> Vec<_> {
        of.replace("///", "").split_whitespace().map(str::to_owned).collect()
    };
    let said = format!("They were {:.2}.", truly_bright(1));
    assert!(stub.contains(&said), "{said}");
    let (shown, found) = (words(shown), words(&table()));
    assert_eq!(shown.len(), found.len(), "{}", table());
    for (a, b) in shown.iter().zip(&found) {
        match (a.parse::<f64>(), b.parse::<f64>()) {
            (Ok(a), Ok(b)) => {
                assert!((a - b).abs() <= 0.011 + 0.02 * b, "{a}, {b}");
            }
            _ => assert_eq!(a, b),
        }
    }
}

#[test]
fn exercise_11_6() {
    expect_pass(checks::guess(guess::guess));
}

#[test]
fn exercise_11_7() {
    expect_pass(checks::trip(trip::trip));
    expect_pass(checks::trip(uses::cycle::trip));
}

/// What the check takes for right is the loss's gradient, where it has one: not where differences are 0.
#[test]
fn exercise_11_7_by_finite_differences() {
    let mut tried = 0;
    for (words, of) in checks::trips() {
        let (there, back) = (&of.there, &of.back);
        let trip = |there: &Net<f64>, back: &Net<f64>| {
            trip::trip([there, back], &of.d, &of.x, of.lambda)
        };
        let loss = |there: &Net<f64>, back: &Net<f64>| {
            let done = trip(there, back);
            done.adversarial + of.lambda * done.cycle
        };
        if words.contains("nothing") && words.contains("generators") {
            continue;
        }
        let done = trip(there, back);
        let slopes = [
            numeric_gradients(|net| loss(net, back), there),
            numeric_gradients(|net| loss(there, net), back),
        ];
        for (found, slopes) in [done.d_there, done.d_back].iter().zip(&slopes)
        {
            let err = parameters_err(found, slopes);
            assert!(err < 1e-5, "{words}: {err}");
        }
        tried += 1;
    }
    assert!(tried >= 10, "{tried}");
}
