//! The readers' seeds and some thousands of damaged inputs; `cargo run -p workbook-fuzz` reads as many as one likes.

use workbook_fuzz::{Target, corpus, input, run};

#[test]
fn seeds_are_accepted_and_damage_is_refused_or_accepted() {
    for target in Target::ALL {
        let reader = target.reader().unwrap();
        let accepted =
            reader.seeds().iter().filter(|seed| reader.read(seed)).count();
        assert!(accepted >= 2, "{target}: {accepted} seeds are accepted");
        let count = run(target, 0..500, None).unwrap();
        assert!(
            count.accepted > 0 && count.accepted < 500,
            "{target}: {count:?}"
        );
    }
}

#[test]
fn an_input_is_a_function_of_its_number() {
    for target in Target::ALL {
        let [a, b] = [0, 1].map(|_| target.reader().unwrap());
        for n in 0..50 {
            assert!(
                input(&*a, target, n) == input(&*b, target, n),
                "{target}, input {n}"
            );
        }
    }
}

#[test]
fn the_corpus_is_small() {
    let sizes =
        Target::ALL.map(|target| corpus(target).unwrap().concat().len());
    assert!(sizes.iter().sum::<usize>() < 16 << 10, "{sizes:?}");
}
