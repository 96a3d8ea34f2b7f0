//! Digits on request: does the judge see what was asked for, and what do a lower temperature and a cut tail change?

use lab::{Claim, ImageGrid, Lab, Within};
use ndarray::{Array2, ArrayView1, Axis as Dim, concatenate};

use super::judging::{DRAWS, Judging};
use super::{coverage, push};
use crate::plain::bits_per_image;
use crate::run::learnt::{CLASSES, Learnt};
use crate::sampling::{How, sample};

/// How codes are drawn, and what the results call it.
const WAYS: [(&str, f64, Option<usize>, Option<f64>); 4] = [
    ("class", 1.0, None, None),
    ("class_cold", 0.8, None, None),
    ("class_top_k", 1.0, Some(8), None),
    ("class_top_p", 1.0, None, Some(0.9)),
];

/// Images of each class in the picture.
pub(super) const SHOWN: usize = 16;

/// Returns the samples of the picture, class by class. `[10 · SHOWN, 784]`
pub(super) fn measure(
    lab: &mut Lab,
    it: &Learnt,
    judging: &Judging,
) -> anyhow::Result<Array2<f32>> {
    bounds(lab, it, judging)?;
    let n = lab.by_scale(SHOWN, 200, 200);
    lab.result("class_samples_each", n as f64, Within::Exactly)?;
    let mut shown = None;
    for (name, temperature, top_k, top_p) in WAYS {
        let how = How { top_k, top_p, ..How::from(temperature) };
        let mut found = Vec::new();
        for draw in 1..=DRAWS as u64 {
            let x = of_every_class(lab, it, how, n, draw)?; // [10·n, 784]
            let verdict = judging.judge.judge(&x)?;
            let agreed = agreement(judging, &x, |row| row / n);
            let covered = coverage::of(judging, &x);
            found.push([agreed, verdict.frechet, verdict.recall, covered]);
            shown.get_or_insert(x);
        }
        note(lab, name, &found)?;
    }
    let all = shown.expect("several draws"); // [10·n, 784]
    let rows = (0..CLASSES).flat_map(|c| (0..SHOWN).map(move |k| c * n + k));
    let x = all.select(Dim(0), &Vec::from_iter(rows)); // [10·SHOWN, 784]
    let mut grid = ImageGrid::new(SHOWN);
    push(&mut grid, &x);
    lab.image("class_samples", &grid)?;
    Ok(x)
}

/// What the judge says of real digits and of decoded ones, and what a class saves.
fn bounds(
    lab: &mut Lab,
    it: &Learnt,
    judging: &Judging,
) -> anyhow::Result<()> {
    let (world, labels) = (&it.world, &it.world.test_labels);
    let decoded = world.tokeniser.decode(&world.test_codes)?; // [N, 784]
    let real = world.digits(labels.len()); // [N, 784]
    let within = Within::Absolute(0.02);
    for (name, x) in [("real", &real), ("decoded", &decoded)] {
        let agreed = agreement(judging, x, |row| labels[row]);
        lab.result(&format!("{name}_class_agreement"), agreed, within)?;
    }
    let known: Vec<_> = labels.iter().copied().map(Some).collect();
    let nats = it.prior.nats_given(&world.test_codes, &known)?;
    let bits = bits_per_image(&nats);
    lab.result("bits_prior_given_class", bits, Within::Relative(0.05))?;
    let untold = bits_per_image(&it.prior.nats(&world.test_codes)?);
    lab.result("bits_a_class_saves", untold - bits, Within::Factor(1.3))?;
    let most = (CLASSES as f64).log2();
    lab.result("bits_of_a_class", most, Within::Exactly)
}

/// Some samples of each class, the classes one after another. `[10·n, 784]`
fn of_every_class(
    lab: &Lab,
    it: &Learnt,
    how: How,
    n: usize,
    draw: u64,
) -> anyhow::Result<Array2<f32>> {
    let of = |class| {
        let how = How { class: Some(class), ..how };
        let seed = lab.seed().wrapping_add(1000 * draw + class as u64);
        Ok(sample(&it.prior, n, how, seed)?) // [n, 49]
    };
    let all: Vec<_> = (0..CLASSES).map(of).collect::<anyhow::Result<_>>()?;
    let all: Vec<_> = all.iter().map(|codes| codes.view()).collect();
    let codes = concatenate(Dim(0), &all)?; // [10·n, 49]
    Ok(it.world.tokeniser.decode(&codes)?)
}

/// The share of images of which the judge says what they should be.
fn agreement(
    judging: &Judging,
    x: &Array2<f32>,
    class_of: impl Fn(usize) -> usize,
) -> f64 {
    let seen = judging.judge.classifier.look(x).classes; // [N, 10]
    let likeliest = |p: ArrayView1<f64>| {
        (1..p.len()).fold(0, |a, b| if p[b] > p[a] { b } else { a })
    };
    let rows = seen.rows().into_iter().enumerate();
    let agreed = rows.filter(|(row, p)| likeliest(*p) == class_of(*row));
    agreed.count() as f64 / x.nrows() as f64
}

fn note(lab: &mut Lab, name: &str, found: &[[f64; 4]]) -> anyhow::Result<()> {
    for (n, (what, within)) in [
        ("agreement", Within::Absolute(0.03)),
        ("frechet", Within::Factor(1.6)),
        ("recall", Within::Absolute(0.06)),
        ("coverage", Within::Absolute(0.06)),
    ]
    .into_iter()
    .enumerate()
    {
        let all: Vec<f64> = found.iter().map(|of| of[n]).collect();
        lab.over_seeds(&format!("{name}_{what}"), &all, within)?;
    }
    Ok(())
}

pub(super) fn claims() -> Vec<(&'static str, Claim)> {
    let agreed = lab::over_seeds("class_agreement", DRAWS);
    let each = |ways: &[&str], what: &str| {
        let of = |way| lab::over_seeds(&format!("class{way}_{what}"), DRAWS);
        ways.iter().flat_map(of).map(Into::into).collect()
    };
    let (whole, cut) = (["", "", ""], ["_cold", "_top_k", "_top_p"]);
    let more = |what| Claim::Less(each(&whole, what), each(&cut, what));
    let less = |what| Claim::Less(each(&cut, what), each(&whole, what));
    vec![
        ("a_cut_makes_the_judge_agree_more", more("agreement")),
        ("whoever_cuts_is_farther_away", more("frechet")),
        ("and_covers_less_of_the_digits", less("recall")),
        (
            "of_three_top_p_is_nearest",
            Claim::Less(
                each(&["_top_p", "_top_p"], "frechet"),
                each(&["_cold", "_top_k"], "frechet"),
            ),
        ),
        (
            "a_class_saves_bits",
            Claim::less("bits_prior_given_class", "bits_prior"),
        ),
        (
            "a_class_saves_more_than_its_own_bits",
            Claim::less("bits_of_a_class", "bits_a_class_saves"),
        ),
        (
            "the_judge_sees_what_was_asked_for",
            Claim::all_above(agreed.clone(), 0.8),
        ),
        (
            "but_knows_more_real_digits",
            Claim::all_below(agreed, "real_class_agreement"),
        ),
    ]
}
