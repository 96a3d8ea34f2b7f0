//! What the judge says of digits and of noise, and how recall is counted: a part of the experiment `digits`.

use judge::measures::pairwise;
use judge::{Judge, record};
use lab::{Lab, Within};
use ndarray::{Array2, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::Uniform;

/// How good the judge is, and what it says of the best and of the worst.
pub fn floor_and_ceiling(lab: &mut Lab, judge: &Judge) -> anyhow::Result<()> {
    let accuracy = judge.accuracy();
    lab.result("eyes_accuracy", accuracy, Within::Absolute(0.005))?;
    lab.result("judged_images", judge.n as f64, Within::Exactly)?;
    record(lab, "real", judge.judge(&judge.held_out())?)?;
    let shape = (judge.n, judge.test.pixel_count());
    let rng = &mut lab.rng("noise");
    let noise = Array2::random_using(shape, Uniform::new(0.0, 1.0)?, rng);
    record(lab, "noise", judge.judge(&noise)?)
}

/// How large the balls are that recall is counted by, around real digits and around samples.
pub fn balls(
    lab: &mut Lab,
    judge: &Judge,
    x: &Array2<f32>,
) -> anyhow::Result<()> {
    for (name, images) in [("real", &judge.held_out()), ("digits", x)] {
        let features = judge.classifier.look(images).features; // [N, F]
        let some = features.slice(s![..features.nrows().min(2000), ..]);
        let some = some.to_owned(); // [2000, F]
        let apart = pairwise(&some, &some); // [2000, 2000]
        let third = apart.rows().into_iter().map(|row| {
            let mut row = row.to_vec();
            row.sort_by(f64::total_cmp);
            row[3].sqrt() // the nearest is itself
        });
        let mean = third.sum::<f64>() / some.nrows() as f64;
        lab.result(&format!("{name}_ball"), mean, Within::Relative(0.1))?;
    }
    Ok(())
}
