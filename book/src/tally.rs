//! How many claims and comparing sentences the book has, and of what kinds.

use std::collections::BTreeMap;

use record::Claim;

use crate::sentences::{Ground, comparing, count};

/// How each kind of claim is called, in the order of the table.
const KINDS: [&str; 6] = [
    "an order",
    "an order over seeds",
    "a ratio",
    "an equality",
    "a rise",
    "*no difference seen*",
];

fn kind(claim: &Claim) -> usize {
    match claim {
        Claim::Less(..) => 0,
        Claim::LessOverSeeds(..) => 1,
        Claim::Times(..) => 2,
        Claim::Equal(..) => 3,
        Claim::Rises(..) => 4,
        Claim::Undecided(..) => 5,
    }
}

/// The seeds of a claim that speaks of some.
fn seeds(claim: &Claim) -> Option<usize> {
    match claim {
        Claim::LessOverSeeds(a, _) | Claim::Undecided(a, _) => Some(a.len()),
        _ => None,
    }
}

/// A table of the claims by their kind, and of their seeds.
pub(crate) fn claims<'a>(all: impl Iterator<Item = &'a Claim>) -> String {
    let mut counts = [0; KINDS.len()];
    let mut of_seeds = [(); KINDS.len()].map(|()| BTreeMap::new());
    for claim in all {
        counts[kind(claim)] += 1;
        if let Some(n) = seeds(claim) {
            *of_seeds[kind(claim)].entry(n).or_insert(0) += 1;
        }
    }
    let mut table =
        "| the claim | claims | over how many seeds |\n|:---|---:|:---|\n"
            .to_string();
    for (n, name) in KINDS.iter().enumerate() {
        let over = of_seeds[n].iter();
        let over = over.map(|(seeds, n)| format!("{n} over {seeds}"));
        let over = over.collect::<Vec<_>>().join(", ");
        table += &format!("| {name} | {} | {over} |\n", counts[n]);
    }
    table + &format!("| together | {} | |\n", counts.iter().sum::<usize>())
}

/// A table of what the comparing sentences of the pages rest on.
pub(crate) fn sentences<'a>(pages: impl Iterator<Item = &'a str>) -> String {
    let grounds = [
        (Some(Ground::Claim), "a claim"),
        (Some(Ground::Equation), "an equation, which is tested"),
        (Some(Ground::Citation), "somebody's work, with its year"),
        (Some(Ground::Argued), "what stands on the page: an argument"),
        (Some(Ground::Defined), "how something is defined, or done"),
        (Some(Ground::Opinion), "an opinion"),
        (None, "nothing"),
    ];
    let counts = count(&pages.flat_map(comparing).collect::<Vec<_>>());
    let mut table = "| rests on | sentences |\n|:---|---:|\n".to_string();
    for (ground, name) in grounds {
        let count = counts.get(&ground).copied().unwrap_or_default();
        if ground.is_some() || count > 0 {
            table += &format!("| {name} | {count} |\n");
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_counted_by_kind_and_seeds() {
        let all = [
            Claim::less_over_seeds("a", "b", 5),
            Claim::less_over_seeds("a", "c", 3),
            Claim::less_over_seeds("b", "c", 5),
            Claim::undecided("a", "d", 3),
            Claim::times(2.0, "a", "b"),
        ];
        let table = claims(all.iter());
        for row in [
            "| an order over seeds | 3 | 1 over 3, 2 over 5 |",
            "| a ratio | 1 |  |",
            "| *no difference seen* | 1 | 1 over 3 |",
            "| together | 5 | |",
        ] {
            assert!(table.contains(row), "{row}: {table}");
        }
    }

    #[test]
    fn sentences_are_counted_by_what_they_rest_on() {
        let pages =
            ["It is best.{{#claim a}} Never. <!-- argued -->", "Worse."];
        let table = sentences(pages.into_iter());
        for row in ["| a claim | 1 |", "an argument | 1 |", "| nothing | 1 |"]
        {
            assert!(table.contains(row), "{row}: {table}");
        }
        assert!(!sentences(["Plain."].into_iter()).contains("nothing"));
    }
}
