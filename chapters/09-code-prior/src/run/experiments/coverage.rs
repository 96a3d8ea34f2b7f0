//! Why recall comes out above real digits': whose neighbours set the reach of the balls.

use judge::measures::pairwise;
use lab::{Claim, Lab, Within};
use ndarray::{Array1, Array2, ArrayView1, Axis as Dim};

use super::first;
use super::judging::{DRAWS, Judging};

/// As in the judge.
const RANK: usize = 3;

pub(super) fn measure(
    lab: &mut Lab,
    judging: &Judging,
    drawn: &[Array2<f32>],
    made: &[Array2<f32>],
) -> anyhow::Result<()> {
    let features = |x: &Array2<f32>| {
        judging.judge.classifier.look(&first(x, 2000)).features // [2000, F]
    };
    let real = features(&judging.digits);
    let reach = reaches(&real); // [2000]
    let within = Within::Relative(0.1);
    let of = |x: &Array2<f32>| {
        let x = features(x);
        let wider = middle(&reaches(&x)) / middle(&reach);
        [wider.sqrt(), covered(&pairwise(&real, &x), &reach)]
    };
    let [wider, coverage] = of(&judging.held_out);
    lab.result("real_ball", wider, within)?;
    lab.result("real_coverage", coverage, within)?;
    for (name, sets) in [("prior_sample", drawn), ("gan", made)] {
        let all: Vec<[f64; 2]> = sets.iter().map(of).collect();
        for (k, what) in ["ball", "coverage"].into_iter().enumerate() {
            let numbers: Vec<f64> = all.iter().map(|of| of[k]).collect();
            lab.over_seeds(&format!("{name}_{what}"), &numbers, within)?;
        }
    }
    Ok(())
}

/// The share of test digits with one of these images within the digit's own reach, by the features of both.
pub(super) fn of(judging: &Judging, x: &Array2<f32>) -> f64 {
    let features = |x: &Array2<f32>| {
        judging.judge.classifier.look(&first(x, 2000)).features // [2000, F]
    };
    let (real, x) = (features(&judging.digits), features(x));
    covered(&pairwise(&real, &x), &reaches(&real))
}

/// The squared distance of each row to its third neighbour. `[N]`
fn reaches(x: &Array2<f64>) -> Array1<f64> {
    let kth = |row: ArrayView1<f64>| {
        let mut row = row.to_vec(); // a distance of 0, to itself, among them
        *row.select_nth_unstable_by(RANK, f64::total_cmp).1
    };
    pairwise(x, x).map_axis(Dim(1), kth)
}

fn middle(x: &Array1<f64>) -> f64 {
    let mut x = x.to_vec();
    let at = x.len() / 2;
    *x.select_nth_unstable_by(at, f64::total_cmp).1
}

/// The share of real digits, rows, with a sample, a column, within the digit's own reach (Naeem and others, 2020).
fn covered(apart: &Array2<f64>, reach: &Array1<f64>) -> f64 {
    let rows = apart.rows().into_iter().zip(reach);
    let inside = rows.filter(|(row, reach)| row.iter().any(|d| d <= reach));
    inside.count() as f64 / reach.len() as f64
}

pub(super) fn claims() -> Vec<(&'static str, Claim)> {
    let both = |what: &str| {
        ["gan", "prior_sample"]
            .map(|name| lab::over_seeds(&format!("{name}_{what}"), DRAWS))
            .concat()
    };
    let coverages = ["prior_sample_coverage", "gan_coverage"];
    vec![
        (
            "by_that_the_gan_covers_more",
            Claim::less_over_seeds(coverages[0], coverages[1], DRAWS),
        ),
        (
            "their_balls_are_wider",
            Claim::all_above(both("ball"), "real_ball"),
        ),
        (
            "by_the_digits_reach_they_cover_less",
            Claim::all_below(both("coverage"), "real_coverage"),
        ),
    ]
}
