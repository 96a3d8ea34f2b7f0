//! How far completions are from the part that was not given: one, the mean of several, and none.

use lab::{Claim, Lab, Within};
use ndarray::{Array2, Axis as Dim, concatenate, s};
use vq_vae::training::mse_over_variance;

use super::commonest;
use super::completions::{GIVEN, PIXELS, ROWS, several};
use crate::plain::sharpness;
use crate::run::given::upper_codes;
use crate::run::learnt::Learnt;

/// Completions of each digit.
pub(super) const TRIES: usize = 10;

const CLOSE: Within = Within::Relative(0.1);

pub(super) fn measure(lab: &mut Lab, it: &Learnt) -> anyhow::Result<()> {
    let x = judged(lab, it); // [N, 784]
    let start = upper_codes(&it.world.tokeniser, x.clone(), ROWS)?; // [N, 28]
    let (one, mean) = note(lab, it, &x, "completion_error_one", &start)?;
    lab.result("completion_error_mean", missed(&x, &mean), CLOSE)?;
    lab.result("completion_tries", TRIES as f64, Within::Exactly)?;
    for (name, y) in [("digits", &x), ("one", &one), ("mean", &mean)] {
        let name = format!("completion_sharpness_{name}");
        lab.result(&name, sharpness(y, 28), CLOSE)?;
    }
    let rest = commonest(&it.world).slice(s![GIVEN..]).to_owned(); // [21]
    let rest = rest.broadcast((x.nrows(), 49 - GIVEN)).expect("a row");
    let common = concatenate(Dim(1), &[start.view(), rest])?; // [N, 49]
    let blank = missed(&x, &it.world.tokeniser.decode(&common)?);
    lab.result("completion_error_blank", blank, CLOSE)
}

/// The digits that are completed. `[N, 784]`
pub(super) fn judged(lab: &Lab, it: &Learnt) -> Array2<f32> {
    it.world.digits(lab.by_scale(20, 1000, 1000))
}

/// Notes the error of each completion; returns the first, and the mean of all. `[N, 784]` each
pub(super) fn note(
    lab: &mut Lab,
    it: &Learnt,
    x: &Array2<f32>,
    name: &str,
    start: &Array2<usize>, // [N, G]
) -> anyhow::Result<(Array2<f32>, Array2<f32>)> {
    let all = several(lab, it, start, TRIES as u64)?;
    let errors: Vec<f64> = all.iter().map(|y| missed(x, y)).collect();
    lab.over_seeds(name, &errors, CLOSE)?;
    let sum = all.iter().skip(1).fold(all[0].clone(), |sum, y| sum + y);
    Ok((all[0].clone(), sum / TRIES as f32))
}

/// The error of the part that was not given, over the variance of its pixels.
fn missed(x: &Array2<f32>, y: &Array2<f32>) -> f64 {
    let [x, y] = [x, y].map(|x| x.slice(s![.., PIXELS..]).to_owned());
    mse_over_variance(&x, &y)
}

pub(super) fn claims() -> Vec<(&'static str, Claim)> {
    let one = lab::over_seeds("completion_error_one", TRIES);
    let blurred = ["completion_sharpness_mean", "completion_sharpness_one"];
    let (mean, none) = ("completion_error_mean", "completion_error_blank");
    vec![
        ("the_mean_is_nearer", Claim::all_above(one.clone(), mean)),
        ("one_is_nearer_than_none", Claim::all_below(one, none)),
        ("the_mean_is_blurred", Claim::times(1.1, blurred[0], blurred[1])),
    ]
}
