//! Equations 11.8 and 11.9, and the linear map beside them.

use code_prior::model::{Prior, Sizes};
use code_prior::sampling::How;
use dfdx::prelude::Cpu;
use lab::{Room, max_rel_err, rng_at};
use ndarray::{Array2, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use uses::cycle::{Config, Training, Translates, generator, translate, trip};
use uses::on_dfdx;
use uses::translate::{Ridge, draw_given, joined, over_pairs, windows};
use vq_gan::plain::Form;

fn normal(shape: (usize, usize), seed: u64) -> Array2<f32> {
    Array2::random_using(shape, StandardNormal, &mut rng_at(seed, 0))
}

/// Three codes, four places, two classes.
pub fn prior() -> Prior<f32> {
    let sizes = Sizes {
        codes: 3,
        places: 4,
        width: 8,
        heads: 2,
        blocks: 1,
        classes: 2,
    };
    let mut prior = Prior::new(sizes, &mut rng_at(5, 5)).unwrap();
    prior.table *= 20.0;
    prior.positions *= 20.0;
    prior
}

/// All nine maps of two places.
pub fn all() -> Array2<usize> {
    Array2::from_shape_fn((9, 2), |(n, t)| n / [3, 1][t] % 3)
}

#[test]
fn the_likeliest_target_follows_its_source() {
    let prior = prior();
    let how = How { class: Some(1), ..How::from(0.0) };
    let source = all();
    let drawn = draw_given(&prior, &source, how, 1).unwrap();
    for (n, source) in source.rows().into_iter().enumerate() {
        let mut so_far = source.to_vec();
        for place in 2..4 {
            let with = |code: usize| {
                let mut map = so_far.clone();
                map.resize(4, 0);
                map[place] = code;
                let map = Array2::from_shape_vec((1, 4), map).unwrap();
                prior.nats_given(&map, &[Some(1)]).unwrap()[[0, place]]
            };
            let best = (0..3).min_by(|a, b| with(*a).total_cmp(&with(*b)));
            assert_eq!(drawn[[n, place - 2]], best.unwrap());
            so_far.push(best.unwrap());
        }
    }
}

#[test]
fn a_prior_over_pairs_begins_with_what_it_knows_of_one() {
    let single = prior();
    let both = over_pairs(&single);
    let sizes = both.sizes();
    assert_eq!((sizes.places, sizes.classes, sizes.codes), (8, 2, 3));
    let maps = joined(
        &all().slice(s![..3, ..]).to_owned(),
        &all().slice(s![3..6, ..]).to_owned(),
    );
    let far = joined(&maps, &maps); // [3, 8]
    let before = single.nats(&maps).unwrap();
    for class in [None, Some(0), Some(1)] {
        let after = both.nats_given(&far, &[class; 3]).unwrap();
        let first = after.slice(s![.., ..4]).to_owned();
        assert!(max_rel_err(&first, &before) < 1e-5, "{class:?}");
    }
}

const FORM: Form = Form { side: 8, channels: 3 };

#[test]
fn a_generator_begins_by_copying() {
    let x = normal((2, FORM.numbers()), 3);
    let g = generator(FORM, [4, 5], 1);
    assert_eq!(translate(&g, &x), x);
    let d = vq_gan::training::discriminator(FORM, [4, 4], 2);
    let away = trip([&g, &g], &d, &x, 5.0);
    assert_eq!(away.cycle, 0.0);
    let moves = away.d_there.layers[3].w.iter().any(|v| *v != 0.0);
    assert!(moves, "it does not stay there");
}

fn training(room: Room) -> Box<dyn Translates> {
    let config = Config {
        form: FORM,
        channels: [4, 5],
        of_d: [4, 4],
        batch: 3,
        steps: 8,
        ..Config::default()
    };
    let source = |n: u64| {
        [0, 1].map(|artist| normal((3, FORM.numbers()), 2 * n + artist))
    };
    let run = Training::new(config, Box::new(source), 7);
    match room {
        Room::Plain => Box::new(run),
        Room::Dfdx => {
            Box::new(on_dfdx::cycle::Training::new(&Cpu::default(), run))
        }
    }
}

#[test]
fn a_translation_can_change_rooms() {
    lab::either_room_goes_on(training, |run| run.losses().concat(), 3, 1e-3);
}

#[test]
fn both_rooms_train_the_same_four_networks() {
    let [mut one, mut other] = [Room::Plain, Room::Dfdx].map(training);
    let before = one.discriminators();
    for _ in 0..3 {
        one.step().unwrap();
        other.step().unwrap();
    }
    let pairs = one.generators().into_iter().zip(other.generators());
    let d = one.discriminators().into_iter().zip(other.discriminators());
    for (a, b) in pairs.chain(d) {
        for (a, b) in a.layers.iter().zip(&b.layers) {
            assert!((&a.w - &b.w).iter().all(|d| d.abs() < 1e-3));
        }
    }
    let after = one.discriminators();
    assert!(before[0] != after[0] && before[1] != after[1]);
    let [g, h] = one.generators();
    assert_ne!(g, h, "each has a hand of its own");
}

#[test]
fn a_linear_map_is_found_again() {
    let x = normal((40, FORM.numbers()), 1);
    let seen = windows(&x, FORM, 2, 1); // [40 · 16, 49]
    assert_eq!(seen.dim(), (40 * 16, 4 * 4 * 3 + 1));
    assert!(seen.column(48).iter().all(|v| *v == 1.0));
    // The first patch's own first pixel: behind a line and a column of border.
    let inner = seen.slice(s![0, 15..18]).mapv(|v| v as f32);
    assert_eq!(inner, x.slice(s![0, ..3]));
    let w = normal((49, 12), 2).mapv(|v| 0.1 * f64::from(v));
    let more = seen.dot(&w).mapv(|v| v as f32);
    let y = &x + &vq_gan::plain::depth_to_space(&more, FORM, 2);
    let ridge = Ridge::of([&x, &y], FORM, (2, 1));
    let found = ridge.weights(1e-9).unwrap();
    let apart = |a: &Array2<f32>, b: &Array2<f32>| {
        (a - b).iter().fold(0.0_f32, |most, d| most.max(d.abs()))
    };
    assert!(apart(&ridge.apply(&found, &x), &y) < 1e-3);
    let dear = ridge.weights(1e12).unwrap();
    let copied = ridge.apply(&dear, &x);
    assert!(apart(&copied, &x) < 1e-3, "dear weights copy");
    assert!(ridge.weights(0.0).is_err() && ridge.weights(f64::NAN).is_err());
}
