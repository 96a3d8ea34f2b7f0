//! Rate and distortion on the test digits.

use lab::{Claim, Lab, Within};
use ndarray::Array2;
use vq_vae::training::mse_over_variance;

use super::{first, unigram};
use crate::plain::{bits_per_image, bits_under, flat, shares_by_place};
use crate::run::learnt::Learnt;
use codebook_lookup::plain::usage;

pub(super) fn measure(lab: &mut Lab, it: &Learnt) -> anyhow::Result<()> {
    distortion(lab, it)?;
    let (world, close) = (&it.world, Within::Relative(0.05));
    let (k, codes) = (world.tokeniser.codes(), &world.test_codes);
    let uniform = Array2::from_elem((1, k), 1.0 / k as f64); // [1, K]
    lab.result("bits_uniform", bits_under(&uniform, codes), Within::Exactly)?;
    let one = unigram(&world.train_codes, k); // [1, K]
    lab.result("bits_unigram", bits_under(&one, codes), close)?;
    let by_place = shares_by_place(&world.train_codes, k); // [49, K]
    let per_place = bits_under(&by_place, codes);
    lab.result("bits_unigram_per_place", per_place, close)?;
    let of_prior = bits_per_image(&it.prior.nats(codes)?);
    lab.result("bits_prior", of_prior, close)?;
    let learnt = first(&world.train_codes, codes.nrows());
    let of_train = bits_per_image(&it.prior.nats(&learnt)?);
    lab.result("bits_prior_on_training_digits", of_train, close)
}

fn distortion(lab: &mut Lab, it: &Learnt) -> anyhow::Result<()> {
    let (world, close) = (&it.world, Within::Relative(0.1));
    let (k, codes) = (world.tokeniser.codes(), &world.test_codes);
    let x = world.digits(codes.nrows()); // [N, 784]
    let rebuilt = world.tokeniser.decode(codes)?; // [N, 784]
    let distortion = mse_over_variance(&x, &rebuilt);
    lab.result("distortion", distortion, close)?;
    let against_training =
        distortion * vq_vae::plain::variance(&x) / world.variance;
    lab.result("distortion_training_variance", against_training, close)?;
    lab.result("codes", k as f64, Within::Exactly)?;
    lab.result("test_images", codes.nrows() as f64, Within::Exactly)?;
    lab.result("tokeniser_seconds", world.tokeniser_seconds, Within::Timing)?;
    let used = usage(&flat(codes), k).iter().filter(|n| **n > 0).count();
    lab.result("codes_used", used as f64, Within::Absolute(10.0))
}

/// What Keras's example reports.
const KERAS: (f64, f64) = (73.2, 0.0444);

pub(super) fn claims() -> Vec<(&'static str, Claim)> {
    let (bits, distortion) = KERAS;
    vec![
        (
            "each_model_knows_more",
            Claim::falls([
                "bits_uniform",
                "bits_unigram",
                "bits_unigram_per_place",
                "bits_prior",
            ]),
        ),
        (
            "a_third_less_than_histograms_need",
            Claim::times(1.5, "bits_prior", "bits_unigram_per_place"),
        ),
        (
            "the_rooms_arrive_together",
            Claim::equal(
                1.0,
                "code-prior.draw-dfdx/plain_bits_prior",
                "code-prior.draw-dfdx/dfdx_bits_prior",
                "bits_prior",
            ),
        ),
        (
            "learnt_digits_are_cheaper",
            Claim::less("bits_prior_on_training_digits", "bits_prior"),
        ),
        ("keras_needs_fewer_bits", Claim::less(bits, "bits_prior")),
        (
            "at_a_larger_error",
            Claim::times(1.4, "distortion_training_variance", distortion),
        ),
    ]
}
