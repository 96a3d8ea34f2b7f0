//! Where the source article slips, shown on the whole training step.

use datasets::toy::{Density, GaussianMixture};
use datasets::{Digits, PixelRange, Split};
use discriminator_training::plain::{
    accuracy, article_d_loss, article_d_loss_backward,
};
use gan::plain::{Game, Penalties, average, d_step, g_step, modes, through};
use gan::training::Noise;
use gradients::plain::{
    Activation, Adam, AdamConfig, Mlp, Parameters, numeric_gradient,
    sgd_step, sigmoid,
};
use lab::rng_at;
use minimax_loss::plain::{
    d_loss, g_loss_double_sigmoid_backward, g_loss_non_saturating,
    g_loss_non_saturating_backward,
};
use ndarray::{Array1, Array2, Array3, Axis, array, aview1};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

const CENTRE: [f32; 2] = [2.0, -1.0];

fn noise(step: u64) -> Array2<f32> {
    Noise::normal(2).sample(64, &mut rng_at(3, step))
}

/// A round cloud around `CENTRE`.
fn cloud(step: u64) -> Array2<f32> {
    let around = Noise::normal(2).sample(64, &mut rng_at(4, step));
    around * 0.5 + aview1(&CENTRE)
}

fn net(widths: &[usize], last: Activation, stream: u64) -> Mlp<f32> {
    let hidden = Activation::LeakyRelu(0.2);
    Mlp::new(widths, hidden, last, &mut rng_at(5, stream))
}

fn players(last: Activation) -> (Mlp<f32>, Mlp<f32>) {
    let d = net(&[2, 32, 1], Activation::Identity, 1);
    (net(&[2, 16, 2], last, 0), d)
}

/// Trains a pair on data and noise of each step, the discriminator along any gradient made of a real and a fake batch.
/// Gives both, the generator averaged, and its last loss.
fn trained(
    (mut g, mut d): (Mlp<f32>, Mlp<f32>),
    steps: u64,
    (data, noise): (impl Fn(u64) -> Array2<f32>, impl Fn(u64) -> Array2<f32>),
    d_gradient: impl Fn(&Mlp<f32>, &Array2<f32>, &Array2<f32>) -> Mlp<f32>,
) -> (Mlp<f32>, Mlp<f32>, f32) {
    let config =
        AdamConfig { lr: 0.003, beta1: 0.5, ..AdamConfig::default() };
    let (mut of_g, mut of_d) = (Adam::new(&g, config), Adam::new(&d, config));
    let (mut mean, mut g_loss) = (g.clone(), 0.0);
    for step in 0..steps {
        let fake = g.output(&noise(2 * step));
        let d_d = d_gradient(&d, &data(step), &fake);
        of_d.step(&mut d, &d_d);
        let z = noise(2 * step + 1);
        let unused = Array2::zeros((z.nrows(), 1));
        let (loss, d_g) = g_step(&g, &d, &z, &unused, Game::NonSaturating, 1);
        of_g.step(&mut g, &d_g);
        average(&mut mean, &g, 0.98);
        g_loss = loss;
    }
    (mean, d, g_loss)
}

/// This chapter's step, with a penalty R1 of strength γ.
fn ours(
    gamma: f64,
) -> impl Fn(&Mlp<f32>, &Array2<f32>, &Array2<f32>) -> Mlp<f32> {
    let penalties = Penalties { real: gamma, fake: 0.0 };
    move |d, real, fake| {
        d_step(d, real, fake, Game::NonSaturating, penalties).1
    }
}

/// Noise of which no run has seen a row.
fn many() -> Array2<f32> {
    Noise::normal(2).sample(1000, &mut rng_at(3, u64::MAX))
}

/// How far the middle of the fakes is from the middle of the data.
fn miss(g: &Mlp<f32>) -> f32 {
    let x = g.output(&many());
    let off = x.mean_axis(Axis(0)).unwrap() - aview1(&CENTRE);
    off.dot(&off).sqrt()
}

fn size(gradient: &Mlp<f32>) -> f32 {
    let parameters = gradient.parameters();
    parameters.iter().map(|p| p.mapv(|v| v * v).sum()).sum::<f32>().sqrt()
}

/// E14: a shape of one number has no second one. With the first in its place the generator gives as many numbers as
/// it takes, and the discriminator, built from the same shape, looks at noise.
#[test]
fn e14_one_shape_does_not_fit_two_players() {
    let input_shape: &[usize] = &[100];
    assert_eq!(input_shape.get(1), None);
    let z = Noise::normal(100).sample(4, &mut rng_at(6, 1));
    let mended = net(&[100, 128, input_shape[0]], Activation::Tanh, 0);
    assert_eq!(mended.output(&z).dim(), (4, 100), "no image");
    let right = net(&[100, 128, 784], Activation::Tanh, 0);
    assert_eq!(right.output(&z).dim(), (4, 784));
}

/// E15: one more axis in front. Dense layers work along the last axis and do not mind; whatever counts examples along
/// the first counts one.
#[test]
fn e15_a_batch_in_disguise_is_one_example() {
    let (_, d) = players(Activation::Identity);
    let flat = noise(0);
    let raised: Array3<f32> = flat.clone().insert_axis(Axis(0)); // [1, 64, 2]
    assert_eq!(raised.len_of(Axis(0)), 1);
    let rows = raised.to_shape((64, 2)).unwrap().into_owned();
    assert_eq!(d.output(&rows), d.output(&flat), "a dense layer's view");

    let spread = flat.std_axis(Axis(0), 0.0);
    assert!(spread.iter().all(|s| *s > 0.5));
    let spread = raised.std_axis(Axis(0), 0.0);
    assert!(
        spread.iter().all(|s| *s == 0.0),
        "one example varies in nothing"
    );
    let gap = d.output(&flat);
    let mean = gap.sum() / raised.len_of(Axis(0)) as f32;
    assert!(
        (mean / gap.mean().unwrap() - 64.0).abs() < 1e-3,
        "64 times over"
    );
}

/// E16, on the whole step: once the discriminator is sure, the gradient that arrives at the generator's weights is
/// smaller by the factor that its two sigmoids lose at the logit.
#[test]
fn e16_two_sigmoids_starve_the_generator() {
    let (g, mut d) = players(Activation::Identity);
    d.layers[1].b -= 8.0;
    let made = g.forward(&noise(0));
    let fake = d.forward(&made[2]);
    assert!(fake[2].iter().all(|s| sigmoid(*s) < 0.02), "D is sure");
    let arriving = |d_s: Array2<f32>| {
        let (d_x, _) = through(&d, &fake, d_s);
        size(&g.backward(&made, d_x).1)
    };
    let once = arriving(g_loss_non_saturating_backward(&fake[2]));
    let twice = arriving(g_loss_double_sigmoid_backward(&fake[2]));
    assert!(once > 100.0 * twice, "{once} and {twice}");
}

/// E17 and E19: a discriminator that scores real examples twice and fakes never says nothing of use to the generator.
#[test]
fn e17_e19_a_generator_taught_by_the_articles_loss_goes_nowhere() {
    let start = || players(Activation::Identity);
    let (g, d, _) = trained(start(), 500, (cloud, noise), |d, real, _| {
        let outputs = d.forward(real);
        d.backward(&outputs, article_d_loss_backward(&outputs[2])).1
    });
    assert!(miss(&g) > 1.0, "it misses by {}", miss(&g));
    let s_real = d.output(&cloud(500));
    assert!((article_d_loss(&s_real) - 2.0 * 2.0_f32.ln()).abs() < 0.02);

    let (g, ..) = trained(start(), 500, (cloud, noise), ours(1.0));
    assert!(miss(&g) < 0.4, "cured, it misses by {}", miss(&g));
}

/// E18: a loss of pixels has no gradient at the discriminator, which stays what it was, bit for bit. The generator
/// finds what that random function likes; its loss falls as if all were well.
#[test]
fn e18_a_generator_that_pleases_a_random_function() {
    let start = players(Activation::Identity);
    let before = start.1.clone();
    let (g, d, g_loss) = trained(start, 500, (cloud, noise), |d, _, _| {
        let mut none = d.clone();
        none.parameters_mut().iter_mut().for_each(|p| p.fill(0.0));
        none
    });
    assert_eq!(d, before);
    assert!(g_loss < 0.1, "the loss looks like success: {g_loss}");
    assert!(miss(&g) > 2.0, "it misses by {}", miss(&g));
}

/// E20: each loss takes two arguments and uses one. That hides E17, E18 and E19: what is passed in vain is not missed.
#[test]
fn e20_an_unused_argument_has_no_gradient() {
    let discriminator_loss = |_: &Array2<f64>, real_output: &Array2<f64>| {
        article_d_loss(real_output)
    };
    let generator_loss = |gen_output: &Array2<f64>, _: &Array2<f64>| {
        g_loss_non_saturating(gen_output)
    };
    let (s, x) = (array![[0.4], [-1.0]], array![[0.2], [0.9]]);
    let slopes = |loss: &dyn Fn(&Array2<f64>, &Array2<f64>) -> f64| {
        let at_s = numeric_gradient(|s| loss(s, &x), &s, 1e-4);
        let at_x = numeric_gradient(|x| loss(&s, x), &x, 1e-4);
        [at_s, at_x].map(|g| g.iter().fold(0.0, |a: f64, v| a.max(v.abs())))
    };
    let [of_scores, of_pixels] = slopes(&discriminator_loss);
    assert_eq!(of_scores, 0.0, "whatever D answers");
    assert!(of_pixels > 0.1, "{of_pixels}");
    let [of_scores, of_pixels] = slopes(&generator_loss);
    assert_eq!(of_pixels, 0.0);
    assert!(of_scores > 0.1, "{of_scores}");
    let both = slopes(&|real, fake| d_loss(real, fake));
    assert!(both.iter().all(|slope| *slope > 0.1), "{both:?}");
}

/// E21: noise drawn once. The generator learns to send these few rows to the data and nothing else: watched on them it
/// seems perfect; on fresh noise it is worse by far than one that never saw a row twice.
#[test]
fn e21_frozen_noise_teaches_a_few_points() {
    const B: usize = 16;
    let ring = GaussianMixture::ring_of_8(0.1).unwrap();
    let data =
        |step| ring.sample(64, &mut rng_at(8, step)).mapv(|v| v as f32);
    let draw = |n, step| Noise::normal(4).sample(n, &mut rng_at(9, step));
    let good = |g: &Mlp<f32>, z: &Array2<f32>| {
        let x = g.output(z).mapv(f64::from);
        let (good, _) = modes(&x, ring.means(), ring.sigma());
        good as f64 / x.nrows() as f64
    };
    let (watched, new) = (draw(B, 0), draw(1000, u64::MAX));
    let learned = |draws: &dyn Fn(u64) -> Array2<f32>| {
        let pair = (
            net(&[4, 64, 64, 2], Activation::Identity, 2),
            net(&[2, 64, 64, 1], Activation::Identity, 3),
        );
        trained(pair, 1500, (data, draws), ours(0.1)).0
    };
    let frozen = learned(&|_| draw(B, 0));
    let fresh = learned(&|step| draw(B, step));
    let (seen, unseen) = (good(&frozen, &watched), good(&frozen, &new));
    assert!(
        seen > unseen + 0.2,
        "{seen} of what is watched, {unseen} of new"
    );
    assert!(unseen < 0.4, "{unseen}");
    assert!(good(&fresh, &new) > 0.5, "{}", good(&fresh, &new));
}

/// E21, exactly: gradient descent changes the first layer by combinations of the noise rows that it meets. The
/// 64 rows of 100 numbers leave at least 36 directions in which the generator stays as it started.
#[test]
fn e21_directions_that_the_frozen_rows_lack_are_never_learnt() {
    let draw = |step| -> Array2<f64> {
        Array2::random_using((64, 100), StandardNormal, &mut rng_at(10, step))
    };
    let across = orthogonal_to(&draw(0), draw(1).row(0).to_owned());
    let moved = |noise: &dyn Fn(u64) -> Array2<f64>| {
        let last = Activation::Identity;
        let hidden = Activation::LeakyRelu(0.2);
        let net = |widths: &[usize], stream| {
            Mlp::<f64>::new(widths, hidden, last, &mut rng_at(11, stream))
        };
        let (mut g, d) = (net(&[100, 32, 2], 0), net(&[2, 32, 1], 1));
        let before = across.dot(&g.layers[0].w);
        for step in 0..50 {
            let unused = Array2::zeros((64, 1));
            let (_, d_g) =
                g_step(&g, &d, &noise(step), &unused, Game::NonSaturating, 1);
            for (mut p, d_p) in
                g.parameters_mut().into_iter().zip(d_g.parameters())
            {
                sgd_step(&mut p, &d_p, 0.1);
            }
        }
        let after = across.dot(&g.layers[0].w);
        (after - before).fold(0.0, |a: f64, b| a.max(b.abs()))
    };
    assert!(moved(&|_| draw(0)) < 1e-12);
    assert!(moved(&|step| draw(step)) > 1e-3);
}

/// `v` without its part in the span of the rows of `z`.
fn orthogonal_to(z: &Array2<f64>, v: Array1<f64>) -> Array1<f64> {
    let mut basis: Vec<Array1<f64>> = Vec::new();
    let without = |mut v: Array1<f64>, basis: &[Array1<f64>]| {
        for e in [basis, basis].concat() {
            v = &v - &e * e.dot(&v);
        }
        v
    };
    for row in z.rows() {
        let row = without(row.to_owned(), &basis);
        basis.push(&row / row.dot(&row).sqrt());
    }
    without(v, &basis)
}

/// E22: the generator ends in tanh, the data does not. Its range alone gives every example away, and the generator
/// presses against a wall where its own slope is gone.
#[test]
fn e22_a_range_gives_the_fakes_away() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../datasets/mnist");
    let digits = Digits::load_28x28(folder, Split::Test).unwrap();
    let rows: Vec<usize> = (0..100).collect();
    let unit = digits.pixels::<f32>(&rows, PixelRange::Unit);
    let generator = net(&[100, 128, 784], Activation::Tanh, 0);
    let z = Noise::normal(100).sample(100, &mut rng_at(7, 1));
    let fake = generator.output(&z);
    // Two discriminators without a weight: is the brightest pixel above tanh's range, the darkest above its middle?
    let brightest = |x: &Array2<f32>| {
        x.fold_axis(Axis(1), -1.0_f32, |a, b| a.max(*b)) - 1.5
    };
    let darkest = |x: &Array2<f32>| {
        x.fold_axis(Axis(1), 1.0_f32, |a, b| a.min(*b)) + 0.01
    };
    let right_of = |d: &dyn Fn(&Array2<f32>) -> Array1<f32>, real| {
        let column = |x| d(x).insert_axis(Axis(1));
        accuracy(&column(real), &column(&fake))
    };
    let bytes = &unit * 255.0;
    assert_eq!(right_of(&brightest, &bytes), 1.0, "as bytes");
    assert_eq!(right_of(&darkest, &unit), 1.0, "in [0, 1]");
    let right = digits.pixels::<f32>(&rows, PixelRange::Symmetric);
    assert_eq!(right_of(&brightest, &right), 0.5, "scaled");
    assert_eq!(right_of(&darkest, &right), 0.5, "scaled");

    let (g, ..) =
        trained(players(Activation::Tanh), 500, (cloud, noise), ours(1.0));
    let x = g.output(&many()).column(0).to_owned();
    let slope = x.mapv(|x| 1.0 - x * x).mean().unwrap();
    assert!(x.mean().unwrap() > 0.9 && slope < 0.1, "at the wall: {slope}");
}

/// E32: "a GAN can be used to train GANs" [326], so that images become better. Here the generator is a Gaussian, fitted to
/// 20 samples of the one before it. Each time the variance loses a twentieth, on average, and what is lost does not come
/// back; fitted to fresh data each time, it loses that once.
#[test]
fn e32_a_generator_taught_by_a_generator_forgets() {
    const SAMPLES: usize = 20;
    const GENERATIONS: usize = 40;
    let fit = |x: &Array1<f64>| (x.mean().unwrap(), x.std(0.0));
    let rng = &mut rng_at(12, 0);
    let mut variance_after = |taught_by_itself: bool| {
        let chains = (0..2000).map(|_| {
            let (mut mean, mut sd) = (0.0, 1.0);
            for _ in 0..GENERATIONS {
                let noise: Array1<f64> =
                    Array1::random_using(SAMPLES, StandardNormal, rng);
                let (from, spread) =
                    if taught_by_itself { (mean, sd) } else { (0.0, 1.0) };
                (mean, sd) = fit(&(noise * spread + from));
            }
            sd * sd
        });
        chains.sum::<f64>() / 2000.0
    };
    let kept = 1.0 - 1.0 / SAMPLES as f64;
    let own = variance_after(true);
    let expected = kept.powi(GENERATIONS as i32);
    assert!((own - expected).abs() < 0.04, "{own}, expected {expected}");
    let fresh = variance_after(false);
    assert!((fresh - kept).abs() < 0.03, "{fresh}, expected {kept}");
}
