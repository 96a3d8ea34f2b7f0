//! What the given part of a digit is worth in bits, and what blank pixels do to the codes beside them.

use lab::{Claim, Lab, Within};
use ndarray::{ArrayView2, Axis as Dim, concatenate, s};

use super::completions::{GIVEN, ROWS};
use crate::plain::{BITS, bits_under, shares_by_place};
use crate::run::given::upper_codes;
use crate::run::learnt::Learnt;

const CLOSE: Within = Within::Relative(0.05);

pub(super) fn measure(lab: &mut Lab, it: &Learnt) -> anyhow::Result<()> {
    let (world, codes) = (&it.world, it.world.test_codes.view()); // [N, 49]
    let x = world.digits(codes.nrows()); // [N, 784]
    let given = upper_codes(&world.tokeniser, x, ROWS)?; // [N, 28]
    let (whole, rest) = codes.split_at(Dim(1), GIVEN); // [N, 28], [N, 21]
    let below = GIVEN..49;
    let bits = cost(it, given.view(), rest, below)?;
    lab.result("bits_lower_half", bits, CLOSE)?;
    let shares = shares_by_place(&world.train_codes, world.tokeniser.codes());
    let shares = shares.slice(s![GIVEN.., ..]).to_owned(); // [21, K]
    let alone = bits_under(&shares, &rest.to_owned());
    lab.result("bits_lower_half_per_place", alone, CLOSE)?;
    let last = GIVEN - 7..GIVEN;
    for (name, upper) in [("whole", whole), ("blanked", given.view())] {
        let bits = cost(it, upper, rest, last.clone())?;
        lab.result(&format!("bits_fourth_row_{name}"), bits, CLOSE)?;
    }
    Ok(())
}

/// The mean bits of some places of maps, given all places before.
fn cost(
    it: &Learnt,
    upper: ArrayView2<usize>, // [N, 28]
    rest: ArrayView2<usize>,  // [N, 21]
    places: std::ops::Range<usize>,
) -> anyhow::Result<f64> {
    let maps = concatenate(Dim(1), &[upper, rest])?; // [N, 49]
    let nats = it.prior.nats(&maps)?; // [N, 49]
    let some = nats.slice(s![.., places]).sum();
    Ok(some * BITS / maps.nrows() as f64)
}

pub(super) fn claims() -> Vec<(&'static str, Claim)> {
    let [with, without] = ["bits_lower_half", "bits_lower_half_per_place"];
    let [whole, blanked] =
        ["bits_fourth_row_whole", "bits_fourth_row_blanked"];
    vec![
        ("the_lower_half_costs_half", Claim::times(1.9, with, without)),
        ("blank_pixels_are_unusual", Claim::less(whole, blanked)),
    ]
}
