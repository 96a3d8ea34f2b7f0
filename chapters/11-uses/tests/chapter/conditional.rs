//! Equations 11.6 and 11.7: a pair that is told classes, and what a classifier learns from besides.

use gan::training::{Config, Noise, Players};
use gradients::plain::{Activation, AdamConfig, Mlp, one_hot, real};
use lab::{Resumable, Room, either_room_goes_on, max_rel_err, rng_at};
use ndarray::{Array2, array, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use uses::augment::{Lessons, learnt, moved, named};
use uses::conditional::{Pair, beside, drawn, networks, penalty};
use uses::on_dfdx;

const K: usize = 3;

pub fn normal(shape: (usize, usize), stream: u64) -> Array2<f64> {
    Array2::random_using(shape, StandardNormal, &mut rng_at(11, stream))
}

fn net(widths: &[usize], last: Activation, stream: u64) -> Mlp<f64> {
    let leaky = Activation::LeakyRelu(0.2);
    Mlp::new(widths, leaky, last, &mut rng_at(19, stream))
}

/// A generator of pictures of four pixels from two numbers, a discriminator, noise and classes.
pub fn players() -> (Mlp<f64>, Mlp<f64>, Array2<f64>, Array2<f64>) {
    let g = net(&[2 + K, 6, 4], Activation::Tanh, 1);
    let d = net(&[4 + K, 5, 6, 1], Activation::Identity, 2);
    (g, d, normal((5, 2), 3), one_hot(&[0, 2, 1, 2, 0], K))
}

/// The gradient of `f` at every parameter of a network by central differences, against another.
pub fn parameters_agree(
    net: &Mlp<f64>,
    d_net: &Mlp<f64>,
    f: impl Fn(&Mlp<f64>) -> f64,
) {
    let numeric = gradients::compare::numeric_gradient_of_network(f, net);
    let apart = gradients::compare::network_err(d_net, &numeric);
    assert!(apart < 1e-6, "{apart:e}");
}

#[test]
fn the_penalty_is_of_the_gradient_at_the_picture() {
    let (_, d, _, y) = players();
    let x = normal((5, 4), 5);
    let rows = beside(&x, &y);
    let (loss, d_d) = penalty(&d, &rows, 4, 0.7);
    let logits = |x: &Array2<f64>| d.output(&beside(x, &y)).sum();
    let slope = gradients::plain::numeric_gradient(logits, &x, 1e-6);
    let expected = 0.7 / 2.0 * slope.mapv(|v| v * v).sum() / 5.0;
    assert!((loss - expected).abs() < 1e-6 * expected);
    parameters_agree(&d, &d_d, |d| penalty(d, &rows, 4, 0.7).0);
    // Of the whole row it is chapter 3's.
    let (whole, d_whole) = penalty(&d, &rows, 4 + K, 0.7);
    let (theirs, d_theirs) = gan::plain::penalty(&d, &rows, 0.7);
    assert!((whole - theirs).abs() < 1e-12 && whole > loss);
    let apart = gradients::compare::network_err(&d_whole, &d_theirs);
    assert!(apart < 1e-12);
}

fn config() -> Config {
    let adam = AdamConfig { lr: 2e-3, beta1: 0.5, ..AdamConfig::default() };
    let mut config = Config {
        batch: 16,
        noise: Noise::normal(3),
        every: 2,
        g: adam,
        d: adam,
        cool: Some(5000),
        average: 0.99,
        ..Config::default()
    };
    config.penalties.real = 0.1;
    config
}

/// Two classes: points near (½, ½), and near (-½, -½).
fn pair(config: Config) -> Pair<'static> {
    let nets = networks((config.noise.width(), 2, 2), (16, 16), 3);
    Pair::new(config, nets, 5, move |n| {
        let rng = &mut rng_at(17, n);
        let classes: Vec<usize> = (0..config.batch).map(|n| n % 2).collect();
        let y = one_hot(&classes, 2);
        let noise: Array2<f32> =
            Array2::random_using((config.batch, 2), StandardNormal, rng);
        let centre = |c: usize| if c == 0 { 0.5 } else { -0.5 };
        let mut x = noise * 0.05;
        for (mut row, class) in x.rows_mut().into_iter().zip(&classes) {
            row += centre(*class);
        }
        (x, y)
    })
}

#[test]
fn what_is_asked_for_is_drawn() {
    let mut pair = pair(config());
    for _ in 0..1500 {
        pair.step().unwrap();
    }
    let classes: Vec<usize> = (0..200).map(|n| n % 2).collect();
    let x = drawn(&pair.mean, &pair.config, (&classes, 2), &mut rng_at(1, 1));
    let right = x.rows().into_iter().zip(&classes).filter(|(x, class)| {
        let sign = if **class == 0 { 1.0 } else { -1.0 };
        x.iter().all(|v| v * sign > 0.25)
    });
    assert!(right.count() > 190);
}

#[test]
fn a_pair_can_change_rooms() {
    let start = |room: Room| -> Box<dyn Players> {
        match room {
            Room::Plain => Box::new(pair(config())),
            Room::Dfdx => {
                let dev = dfdx::prelude::Cpu::default();
                Box::new(on_dfdx::conditional::Pair::new(
                    &dev,
                    pair(config()),
                ))
            }
        }
    };
    either_room_goes_on(start, |p| p.losses().concat(), 5, 2e-4);
}

#[test]
#[should_panic(expected = "no packs")]
fn what_it_does_not_do_it_does_not_ignore() {
    let _ = pair(Config { pack: 2, ..config() });
}

#[test]
fn a_picture_that_moves_nowhere_stays() {
    let x = Array2::from_shape_fn((2, 9), |(n, p)| (n * 9 + p) as f32 / 18.0);
    let still = moved(&x, 3, (0.0, 0.0), &mut rng_at(1, 1));
    assert_eq!(still, x);
    assert_eq!(moved(&x, 3, (2.0, 0.3), &mut rng_at(1, 1)).dim(), (2, 9));
    let none =
        moved(&Array2::zeros((0, 9)), 3, (1.0, 1.0), &mut rng_at(1, 1));
    assert_eq!(none.dim(), (0, 9));
}

#[test]
fn moving_shifts_and_turns_by_no_more_than_told() {
    let side = 21;
    let mut x = Array2::zeros((200, side * side));
    let at = |i: usize, j: usize| i * side + j;
    x.column_mut(at(10, 10)).fill(1.0);
    let rng = &mut rng_at(2, 2);
    let shifted = moved(&x, side, (2.0, 0.0), rng);
    let mut furthest = 0.0_f32;
    for row in shifted.rows() {
        assert!((row.sum() - 1.0).abs() < 1e-5, "nothing is lost inside");
        let mean = |of: fn(usize, usize) -> usize| -> f32 {
            row.iter().enumerate().map(|(p, v)| of(p, 21) as f32 * v).sum()
        };
        let (i, j) = (mean(|p, s| p / s), mean(|p, s| p % s));
        let far = (i - 10.0).abs().max((j - 10.0).abs());
        assert!(far < 2.0 + 1e-4);
        furthest = furthest.max(far);
    }
    assert!(furthest > 1.8);
    // The middle turns in its place; a point five pixels away by 0.3 · 5 at most.
    let turned = moved(&x, side, (0.0, 0.3), rng);
    assert!(turned.column(at(10, 10)).iter().all(|v| (v - 1.0).abs() < 1e-5));
    let mut x = Array2::zeros((200, side * side));
    x.column_mut(at(10, 15)).fill(1.0);
    let turned = moved(&x, side, (0.0, 0.3), rng);
    let lowest = turned.rows().into_iter().map(|row| {
        let lines = (0..side)
            .filter(|i| row.slice(s![i * side..(i + 1) * side]).sum() > 1e-3);
        lines.map(|i| i.abs_diff(10)).max().unwrap_or(0)
    });
    let lowest: Vec<usize> = lowest.collect();
    assert_eq!(lowest.iter().max(), Some(&2), "5 sin 0.3 is 1.48");
}

fn two_dots(n: u64) -> (Array2<f32>, Vec<usize>) {
    let rng = &mut rng_at(3, n);
    let noise: Array2<f32> =
        Array2::random_using((8, 2), StandardNormal, rng);
    let classes: Vec<usize> = (0..8).map(|n| n % 2).collect();
    let x = one_hot::<f32>(&classes, 2) + noise * 0.1;
    (x, classes)
}

#[test]
fn a_classifier_learns_with_and_without_dropout() {
    for dropped in [0.0, 0.5] {
        let lessons = Lessons { steps: 300, hidden: 16, dropped, seed: 1 };
        let net = learnt(lessons, (2, 2), two_dots);
        let x = array![[1.0, 0.0], [0.0, 1.0], [0.9, 0.2]];
        assert_eq!(named(&net, &x), [0, 1, 0]);
    }
    assert!(named(&learnt_nothing(), &Array2::zeros((0, 2))).is_empty());
}

fn learnt_nothing() -> Mlp<f32> {
    let lessons = Lessons { steps: 0, hidden: 4, dropped: 0.0, seed: 1 };
    learnt(lessons, (2, 2), two_dots)
}

#[test]
fn the_share_that_was_kept_weighs_the_hidden_units() {
    let of = |dropped| {
        let lessons = Lessons { steps: 0, hidden: 4, dropped, seed: 1 };
        learnt(lessons, (2, 2), two_dots).layers[1].w.clone()
    };
    let half: f32 = real(0.5);
    let (whole, halved) = (of(0.0) * half, of(0.5));
    let to = |x: Array2<f32>| x.mapv(f64::from);
    assert!(max_rel_err(&to(whole), &to(halved)) < 1e-6);
}
