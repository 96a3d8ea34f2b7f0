//! Where the source article slips, shown.

use code_prior::model::{Prior, Sizes};
use code_prior::plain::{bits_per_image, bits_under, shares_by_place};
use code_prior::sampling::{complete, sample};
use code_prior::training::{Config, Training};
use gradients::plain::{
    Activation, AdamConfig, Mlp, Parameters, mse, mse_backward,
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
    let sizes = Sizes { codes: 4, places: 6, width: 16, heads: 2, blocks: 2 };
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

/// E31: gradients and variables as lists of lists: zipped, they are three pairs of lists, and no optimiser takes a list
/// for a number. Here a model has one flat list of parameters, and its gradient has the same one.
#[test]
fn e31_gradients_and_parameters_are_one_flat_list() {
    let prior = Prior::<f64>::new(SMALL, &mut rng_at(31, 0)).unwrap();
    let codes = Array2::from_shape_fn((2, 5), |(n, i)| (n + i) % 4);
    let (_, d) = prior.loss_and_gradient(&codes).unwrap();
    let (p, d) = (prior.parameters(), d.parameters());
    assert_eq!(p.len(), 2 + 16 * 2 + 4);
    assert_eq!(p.len(), d.len());
    assert!(p.iter().zip(&d).all(|(p, d)| p.shape() == d.shape()));
    // As the article nests them: one group for each network.
    let nested = [&p[..2], &p[2..34], &p[34..]];
    assert_eq!(nested.iter().zip([&d[..2], &d[2..34], &d[34..]]).count(), 3);
}
