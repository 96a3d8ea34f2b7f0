//! Where the source article slips, shown.

use code_prior::model::{Prior, Sizes};
use code_prior::plain::{bits_per_image, bits_under, shares_by_place};
use code_prior::sampling::{complete, sample};
use code_prior::training::{Config, Training};
use codebook_lookup::plain::squared_distances;
use gradients::plain::{
    Activation, AdamConfig, Mlp, Parameters, mse, mse_backward,
    numeric_gradient, softmax,
};
use lab::rng_at;
use ndarray::{Array2, s};
use ndarray_rand::rand::Rng;

use crate::equations::{SMALL, normal};

/// Maps of six places whose second half repeats the first: what a decoder was trained on.
fn maps(n: usize) -> Array2<usize> {
    let rng = &mut rng_at(12, 0);
    let halves =
        Array2::from_shape_simple_fn((n, 3), || rng.random_range(0..4_usize));
    Array2::from_shape_fn((n, 6), |(row, i)| halves[[row, i % 3]])
}

fn valid(codes: &Array2<usize>) -> f64 {
    let halves = codes.slice(s![.., ..3]);
    let same = halves
        .rows()
        .into_iter()
        .zip(codes.slice(s![.., 3..]).rows())
        .filter(|(a, b)| a == b)
        .count();
    same as f64 / codes.nrows() as f64
}

fn trained(codes: &Array2<usize>) -> Prior<f32> {
    let sizes = Sizes {
        codes: 4,
        places: 6,
        width: 16,
        heads: 2,
        blocks: 2,
        classes: 0,
    };
    let adam = AdamConfig { lr: 5e-3, ..AdamConfig::default() };
    let config = Config { sizes, batch: 32, steps: 400, warm_up: 20, adam };
    let mut training = Training::new(config, codes, 1).unwrap();
    for _ in 0..config.steps {
        training.train_once().unwrap();
    }
    training.model.net
}

/// E12: encoder and decoder, and nothing that says which codes go together. Every code is equally frequent at every
/// place, so shares say nothing; of 4³ · 4³ maps only 4³ are such as a decoder has ever seen.
#[test]
fn e12_without_a_prior_nothing_can_be_drawn() {
    let codes = maps(2000);
    let rng = &mut rng_at(12, 1);
    let guessed = Array2::from_shape_simple_fn((2000, 6), || {
        rng.random_range(0..4_usize)
    });
    assert!(valid(&codes) == 1.0);
    assert!(valid(&guessed) < 0.05, "one in 64");
    let by_place = shares_by_place(&codes, 4);
    assert!(bits_under(&by_place, &codes) > 11.9, "no place alone helps");
    let prior = trained(&codes);
    let bits = bits_per_image(&prior.nats(&codes).unwrap());
    assert!(bits < 6.3, "three free codes are six bits, found {bits}");
    let drawn = sample(&prior, 1000, 1.0, 3).unwrap();
    assert!(valid(&drawn) > 0.9, "{}", valid(&drawn));
    // "Restoration": given the first half, the prior knows the rest.
    let given = codes.slice(s![..200, ..3]).to_owned();
    let done = complete(&prior, &given, 1.0, 4).unwrap();
    assert!(valid(&done) > 0.9);
}

/// E11: the decoder "maximises its loss". One small step the article's way, and one the other way.
#[test]
fn e11_a_decoder_that_maximises_its_loss_gets_worse() {
    let relu = Activation::Relu;
    let widths = [4, 8, 6];
    let decoder: Mlp<f64> =
        Mlp::new(&widths, relu, Activation::Identity, &mut rng_at(11, 0));
    let (z, x) = (normal((5, 4), 1), normal((5, 6), 2));
    let outputs = decoder.forward(&z);
    let before = mse(&outputs[2], &x);
    let (_, d) = decoder.backward(&outputs, mse_backward(&outputs[2], &x));
    let after = |by: f64| {
        let mut moved = decoder.clone();
        let pairs = moved.parameters_mut().into_iter().zip(d.parameters());
        pairs.for_each(|(mut p, d)| p.scaled_add(by, &d));
        mse(&moved.output(&z), &x)
    };
    assert!(after(0.01) > before, "up, as the article has it");
    assert!(after(-0.01) < before);
    // And there is no largest error: a bias that grows makes it grow without end.
    let mut far = decoder.clone();
    far.layers[1].b.fill(1e6);
    assert!(mse(&far.output(&z), &x) > 1e11);
}

/// E31: three lists of gradients and three of variables [217-218]. Zipped, they are three pairs of lists. A list of models is
/// no model, so that no optimiser here would take it; a model's parameters and its gradient's are one flat list each, and
/// a step along them lowers the loss.
#[test]
fn e31_gradients_and_parameters_are_one_flat_list() {
    let mut prior = Prior::<f64>::new(SMALL, &mut rng_at(31, 0)).unwrap();
    let codes = Array2::from_shape_fn((2, 5), |(n, i)| (n + i) % 4);
    let (before, d) = prior.loss_and_gradient(&codes).unwrap();
    let pairs = prior.parameters_mut().into_iter().zip(d.parameters());
    for (mut p, d) in pairs {
        p.scaled_add(-0.01, &d); // shapes that differ would panic
    }
    let (after, _) = prior.loss_and_gradient(&codes).unwrap();
    assert!(after < before, "{before}, then {after}");
    assert!(lab::has!(Prior<f64>: Parameters<f64>));
    assert!(!lab::has!(Vec<Prior<f64>>: Parameters<f64>));
    assert!(!lab::has!([Prior<f64>; 3]: Parameters<f64>));
}

/// E1: the V is "variational", and the article says "vector" [17]. In a variational autoencoder a term of the loss, the
/// divergence of the codes' shares from the prior, pulls at every latent. With a lookup all of the share is on one code, the
/// prior is uniform, and the term is log K wherever the latent lies: it drops out, and only the name is left.
#[test]
fn e1_with_a_lookup_the_variational_term_is_a_constant() {
    let (z, codebook) = (normal((3, 2), 3), normal((4, 2), 4));
    let term = |z: &Array2<f64>, temperature: f64| {
        let logits = squared_distances(z, &codebook) / -temperature;
        let q = softmax(&logits); // [3, 4]
        let against_uniform =
            q.mapv(|q| if q > 0.0 { q * (q * 4.0).ln() } else { 0.0 });
        against_uniform.sum() / 3.0
    };
    let slope = |temperature: f64| {
        let all = numeric_gradient(|z| term(z, temperature), &z, 1e-6);
        all.iter().fold(0.0, |a: f64, b| a.max(b.abs()))
    };
    assert!(slope(1.0) > 1e-2, "shares: the term pulls");
    assert!((term(&z, 1e-4) - 4.0_f64.ln()).abs() < 1e-12);
    assert_eq!(slope(1e-4), 0.0, "a lookup: it does not");
}
