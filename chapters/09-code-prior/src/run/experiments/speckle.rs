//! What sharpness counts: stray pixels, and sharpness again after a filter that removes them.

use lab::{Claim, Lab, Within};
use ndarray::{Array2, ArrayView1};

use super::judging::{DRAWS, Judging};
use crate::plain::sharpness;

pub(super) fn measure(
    lab: &mut Lab,
    judging: &Judging,
    drawn: &[Array2<f32>],
    made: &[Array2<f32>],
) -> anyhow::Result<()> {
    let real = sharpness(&filtered(&judging.digits), 28);
    let of = |x: &Array2<f32>| [sharpness(&filtered(x), 28) / real, stray(x)];
    let whats = [
        ("sharpness_filtered", Within::Relative(0.05)),
        ("stray_pixels", Within::Factor(2.0)),
    ];
    let held_out = of(&judging.held_out);
    for ((what, within), number) in whats.into_iter().zip(held_out) {
        lab.result(&format!("real_{what}"), number, within)?;
    }
    for (name, sets) in [("prior_sample", drawn), ("gan", made)] {
        let all: Vec<[f64; 2]> = sets.iter().map(of).collect();
        for (k, (what, within)) in whats.into_iter().enumerate() {
            let numbers: Vec<f64> = all.iter().map(|of| of[k]).collect();
            lab.over_seeds(&format!("{name}_{what}"), &numbers, within)?;
        }
    }
    Ok(())
}

/// A pixel that is not at the margin, and its eight neighbours.
fn nine(x: ArrayView1<f32>, (i, j): (usize, usize)) -> [f32; 9] {
    std::array::from_fn(|n| x[28 * (i + n / 3 - 1) + j + n % 3 - 1])
}

fn inside() -> impl Iterator<Item = (usize, usize)> {
    (1..27).flat_map(|i| (1..27).map(move |j| (i, j)))
}

/// Each pixel inside becomes the middle one of its nine. `[N, 784]`
fn filtered(x: &Array2<f32>) -> Array2<f32> {
    let mut y = x.clone();
    for (x, mut y) in x.rows().into_iter().zip(y.rows_mut()) {
        for (i, j) in inside() {
            let mut nine = nine(x, (i, j));
            let middle = nine.select_nth_unstable_by(4, f32::total_cmp).1;
            y[28 * i + j] = *middle;
        }
    }
    y
}

/// How many pixels of an image are brighter than 0.2, and more than twice as bright as any neighbour.
fn stray(x: &Array2<f32>) -> f64 {
    let alone = |x: ArrayView1<f32>, at| {
        let mut nine = nine(x, at);
        let it = std::mem::replace(&mut nine[4], 0.0);
        it > 0.2 && nine.iter().all(|near| 2.0 * near < it)
    };
    let of = |x| inside().filter(|at| alone(x, *at)).count();
    x.rows().into_iter().map(of).sum::<usize>() as f64 / x.nrows() as f64
}

pub(super) fn claims() -> Vec<(&'static str, Claim)> {
    let gan = |what: &str| lab::over_seeds(&format!("gan_{what}"), DRAWS);
    let strays = gan("stray_pixels").into_iter().map(Into::into).collect();
    let real = vec!["real_stray_pixels".into(); DRAWS];
    vec![
        (
            "the_gan_is_sharper_than_digits",
            Claim::all_above(gan("sharpness"), "real_sharpness"),
        ),
        ("it_leaves_stray_pixels", Claim::Times(20.0, real, strays)),
        (
            "without_them_it_is_sharper_still",
            Claim::all_above(
                gan("sharpness_filtered"),
                "real_sharpness_filtered",
            ),
        ),
    ]
}
