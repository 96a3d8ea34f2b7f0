//! A pair in training: in both rooms, stopped and resumed, with every cure.

use approx::assert_abs_diff_eq;
use dfdx::tensor::{AsArray, Cpu};
use gan::training::{self, Noise};
use gradients::plain::{Activation, AdamConfig, Mlp, Parameters};
use lab::{Checkpoint, Lab, Options, Resumable, Room, Selection, rng_at};
use ndarray::{Array2, arr2};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use stability::net::{Map, Net, layer};
use stability::pair::{
    Config, Game, Pair, Penalties, Players, apart, side_by_side,
};
use stability::{CHAPTER, on_dfdx};

const LEAKY: Activation = Activation::LeakyRelu(0.2);

const GAMES: [Game; 6] = [
    Game::NonSaturating,
    Game::Saturating,
    Game::Relativistic,
    Game::LeastSquares,
    Game::Hinge,
    Game::Wasserstein,
];

fn config() -> Config {
    let adam = AdamConfig { lr: 1e-3, beta1: 0.0, beta2: 0.99, eps: 1e-8 };
    Config {
        batch: 8,
        noise: Noise { signs: 1, normals: 3 },
        g: adam,
        d: adam,
        ..Config::default()
    }
}

/// Small pictures of 8 × 8, a pair of convolutions.
fn pair(config: Config) -> Pair<'static> {
    let rng = &mut rng_at(3, 0);
    let g = vec![
        layer(Map::Dense, (4, 32), LEAKY, rng),
        layer(Map::Up { side: 4 }, (2, 1), Activation::Tanh, rng),
    ];
    let group = Map::Deviation { group: 2 };
    let d = vec![
        layer(Map::Down { side: 8 }, (config.pack, 3), LEAKY, rng),
        layer(group, (0, 0), Activation::Identity, rng),
        layer(Map::Dense, (49, 1), Activation::Identity, rng),
    ];
    let (batch, nets) =
        (config.batch, (Net { layers: g }, Net { layers: d }));
    Pair::new(config, nets, 5, move |n| {
        let noise = Array2::random_using(
            (batch, 64),
            StandardNormal,
            &mut rng_at(9, n),
        );
        noise.mapv(|v: f32| v.tanh())
    })
}

fn apart_by(a: &Net<f32>, b: &Net<f32>) -> f32 {
    let pairs = a.parameters().into_iter().zip(b.parameters());
    let far =
        pairs.map(|(a, b)| (&a - &b).fold(0.0_f32, |m, v| m.max(v.abs())));
    far.fold(0.0, f32::max)
}

/// What can be turned on, one at a time.
fn switches() -> Vec<Config> {
    let penalties = |real, fake, between| Penalties { real, fake, between };
    let mut all: Vec<_> =
        GAMES.map(|game| Config { game, ..config() }).to_vec();
    all.push(Config { penalties: penalties(1.0, 0.0, 0.0), ..config() });
    all.push(Config { penalties: penalties(0.0, 1.0, 0.0), ..config() });
    all.push(Config { penalties: penalties(0.0, 0.0, 1.0), ..config() });
    all.push(Config { pack: 2, ..config() });
    all.push(Config { k: 3, every: 2, ..config() });
    all.push(Config {
        instance_noise: 0.3,
        anneal: true,
        cool: Some(6),
        ..config()
    });
    all.push(Config { clip: Some(0.05), ..config() });
    all
}

#[test]
fn both_rooms_train_alike() {
    let dev = Cpu::default();
    for config in switches() {
        let mut here = pair(config);
        let mut there = on_dfdx::pair::Pair::new(&dev, pair(config));
        for _ in 0..3 {
            here.step().unwrap();
            there.step().unwrap();
        }
        there.settle().unwrap();
        let [of_d, of_g] = there.losses();
        for (a, b) in here
            .d
            .losses
            .iter()
            .zip(of_d)
            .chain(here.g.losses.iter().zip(of_g))
        {
            assert!(
                (a - b).abs() < 2e-3 * a.abs().max(1.0),
                "{a} {b} {config:?}"
            );
        }
        assert!(apart_by(&here.mean, &there.mean()) < 1e-3, "{config:?}");
        assert!(apart_by(&here.d(), &there.d()) < 2e-3, "{config:?}");
    }
}

#[test]
fn stopped_and_resumed_it_arrives_at_the_same_place() {
    let mut all = switches();
    all.push(Config { spectral: true, ..config() });
    for config in all {
        let mut whole = pair(config);
        let mut first = pair(config);
        for _ in 0..2 {
            whole.step().unwrap();
            first.step().unwrap();
        }
        let mut kept = Checkpoint::default();
        first.save(&mut kept);
        let mut second = pair(config);
        second.restore(&kept).unwrap();
        for _ in 0..2 {
            whole.step().unwrap();
            second.step().unwrap();
        }
        assert_eq!(whole.mean, second.mean, "{config:?}");
        assert_eq!(whole.d.net, second.d.net);
    }
}

#[test]
fn each_switch_is_felt() {
    let plain = {
        let mut pair = pair(config());
        (0..2).for_each(|_| drop(pair.step().unwrap()));
        pair.d.net
    };
    let mut all = switches();
    all.push(Config { spectral: true, ..config() });
    for config in all {
        if config == self::config() || config.pack > 1 {
            continue; // a pack's discriminator has other weights
        }
        let mut pair = pair(config);
        (0..2).for_each(|_| drop(pair.step().unwrap()));
        let same_d = apart_by(&pair.d.net, &plain) == 0.0;
        // The saturating loss is the generator's; D feels it through G.
        assert!(!same_d, "{config:?}");
    }
}

#[test]
fn on_points_it_is_chapter_3s() {
    let adam = config().g;
    let data =
        |n| Array2::random_using((8, 2), StandardNormal, &mut rng_at(9, n));
    let nets = || {
        let rng = &mut rng_at(4, 0);
        let g = Mlp::new(&[4, 6, 2], LEAKY, Activation::Identity, rng);
        (g, Mlp::new(&[2, 6, 1], LEAKY, Activation::Identity, rng))
    };
    let theirs = training::Config {
        game: gan::plain::Game::Relativistic,
        batch: 8,
        noise: config().noise,
        penalties: gan::plain::Penalties { real: 0.5, fake: 0.2 },
        g: adam,
        d: adam,
        ..training::Config::default()
    };
    let mut there = training::Gan::new(theirs, nets(), 5, data);
    let ours = Config {
        game: Game::Relativistic,
        penalties: Penalties { real: 0.5, fake: 0.2, between: 0.0 },
        ..config()
    };
    let (g, d) = nets();
    let mut here = Pair::new(ours, (g.into(), d.into()), 5, data);
    for n in 0..4 {
        // Noise is drawn in another order there: one round for both.
        let (shown, z_g) = here.source.round(&ours, n);
        let d = shown.iter().map(|s| (s.x_real.clone(), s.z.clone()));
        let round = training::Round { d: d.collect(), z_g: z_g.clone() };
        let a = there.train_on(&round).unwrap();
        let b = here.train_on((shown, z_g)).unwrap();
        assert_abs_diff_eq!(a.0, b.0, epsilon = 1e-6);
        assert_abs_diff_eq!(a.1, b.1, epsilon = 1e-6);
    }
}

#[test]
fn a_divided_weight_has_norm_1() {
    let mut pair = pair(Config { spectral: true, ..config() });
    for _ in 0..30 {
        pair.step().unwrap();
    }
    for layer in pair.d().layers.iter().filter(|l| l.map.has_weight()) {
        let w = nalgebra::DMatrix::from_fn(
            layer.w.nrows(),
            layer.w.ncols(),
            |i, j| f64::from(layer.w[[i, j]]),
        );
        let norm = w.singular_values().max();
        assert_abs_diff_eq!(norm, 1.0, epsilon = 0.05);
    }
}

#[test]
fn eq_4_33_packs_of_pictures_are_channels() {
    let x = arr2(&[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]);
    // One channel: place by place, what the two pictures have there.
    let packed = side_by_side(x.clone(), 2, 1);
    assert_eq!(packed, arr2(&[[1.0, 3.0, 2.0, 4.0], [5.0, 7.0, 6.0, 8.0]]));
    assert_eq!(apart(packed, 2, 1), x);
    // All numbers one place's channels: chapter 3's packing.
    assert_eq!(side_by_side(x.clone(), 2, 2), gan::plain::packed(x, 2));
}

#[test]
fn what_holds_at_a_step() {
    let config = Config {
        penalties: Penalties { real: 1.0, fake: 0.5, between: 2.0 },
        every: 4,
        cool: Some(10),
        anneal: true,
        instance_noise: 0.3,
        average: 0.6,
        ..config()
    };
    let now = config.at(4);
    assert_abs_diff_eq!(now.left, 0.6, epsilon = 1e-12);
    assert_abs_diff_eq!(now.penalties.real, 2.4, epsilon = 1e-12);
    assert_abs_diff_eq!(now.penalties.fake, 1.2, epsilon = 1e-12);
    assert_abs_diff_eq!(now.penalties.between, 4.8, epsilon = 1e-12);
    assert_abs_diff_eq!(now.instance_noise, 0.18, epsilon = 1e-12);
    assert_abs_diff_eq!(now.decay, 5.0 / 14.0, epsilon = 1e-12);
    assert_eq!(config.at(5).penalties.real, 0.0);
    assert_eq!(config.at(30).left, 0.0);
    assert_eq!(config.at(8).decay, 0.5);
    assert_eq!(config.at(20).decay, 0.6);
    let stays = Config { anneal: false, ..config };
    assert_eq!(stays.at(4).penalties.real, 4.0);
    assert_eq!(stays.at(4).instance_noise, 0.3);
}

#[test]
fn a_round_is_drawn_anew_each_time() {
    let config = Config { k: 3, instance_noise: 0.5, ..config() };
    let mut clean = pair(Config { k: 3, ..self::config() });
    let mut pair = pair(config);
    let (shown, z_g) = pair.source.round(&config, 2);
    let real = clean.source.round(&clean.config, 2).0;
    assert_ne!(real[0].x_real, real[1].x_real);
    assert_ne!(z_g, shown[0].z);
    assert_ne!(shown[0].z, shown[1].z);
    let blur = shown[0].blur.as_ref().unwrap();
    let on_real = &shown[0].x_real - &real[0].x_real;
    assert_ne!(&on_real, blur);
    for noise in [&on_real, blur] {
        let variance = noise.mapv(|v| v * v).sum() / noise.len() as f32;
        assert_abs_diff_eq!(variance, 0.25, epsilon = 0.06);
    }
    let eps = &shown[0].eps;
    assert!(eps.iter().all(|e| (0.0..1.0).contains(e)));
    assert_ne!(eps[[0, 0]], eps[[1, 0]]);
    let again = pair.source.round(&config, 2).0;
    assert_eq!(again[1].x_real, shown[1].x_real);
}

#[test]
fn both_rooms_find_the_same_gradients_of_the_discriminator() {
    let dev = Cpu::default();
    let of = |seed| {
        Array2::random_using((8, 64), StandardNormal, &mut rng_at(seed, 0))
    };
    let (x_real, x_fake): (Array2<f32>, Array2<f32>) = (of(1), of(2));
    let eps = Array2::from_shape_fn((8, 1), |(n, _)| n as f32 / 8.0);
    let d = pair(config()).d.net;
    let there = on_dfdx::net::Net::new(&dev, &d);
    for (real, fake, between) in
        [(3.0, 0.0, 0.0), (0.0, 3.0, 0.0), (0.0, 0.0, 3.0)]
    {
        let penalties = Penalties { real, fake, between };
        let game = Game::NonSaturating;
        let shown = (&x_real, &x_fake);
        let (loss, d_d) =
            stability::pair::d_step(&d, shown, &eps, game, penalties);
        let on = |x: &Array2<f32>| lab::tensor(&dev, x, x.dim());
        let taped = on_dfdx::pair::d_step(
            &there,
            (on(&x_real), on(&x_fake)),
            on(&eps),
            game,
            penalties,
        );
        let (value, tape) = gradients::on_dfdx::value_and_gradients(taped);
        assert_abs_diff_eq!(loss, value.as_vec()[0], epsilon = 1e-4);
        let found = gradients::on_dfdx::gradients(&there, &tape);
        for (a, b) in d_d.parameters().iter().zip(&found) {
            assert_abs_diff_eq!(a.to_owned(), b.clone(), epsilon = 1e-4);
        }
    }
}

#[test]
fn a_length_and_its_slope() {
    use stability::net::{near_one, zero_centred};
    let h = 1e-6;
    for n in [0.3, 1.0, 2.5] {
        let slope = |of: &dyn Fn(f64) -> (f64, f64)| {
            (of(n + h).0 - of(n - h).0) / (2.0 * h)
        };
        let r1 = zero_centred(3.0);
        assert_abs_diff_eq!(r1(n).0, 1.5 * n * n, epsilon = 1e-12);
        assert_abs_diff_eq!(r1(n).1, slope(&r1), epsilon = 1e-6);
        let gp = near_one(2.0);
        assert_abs_diff_eq!(
            gp(n).0,
            2.0 * (n - 1.0).powi(2),
            epsilon = 1e-12
        );
        assert_abs_diff_eq!(gp(n).1, slope(&gp), epsilon = 1e-6);
    }
}

#[test]
fn a_divergence_is_named_with_its_step() {
    let config = Config { k: 3, ..config() };
    let broken = || {
        let whole = pair(config);
        let nets = (whole.g.net, whole.d.net);
        Pair::new(config, nets, 5, |n| {
            let x = if n < 12 { 0.5 } else { f32::NAN };
            Array2::from_elem((8, 64), x)
        })
    };
    let mut here = broken();
    let found = (0..6).find_map(|_| here.step().err()).unwrap();
    assert_eq!(found.step, 4);
    let mut there = on_dfdx::pair::Pair::new(&Cpu::default(), broken());
    let found = (0..6).find_map(|_| there.step().err());
    let found = found.or_else(|| there.settle().err()).unwrap();
    assert_eq!(found.step, 4);
}

#[test]
fn at_the_end_of_its_fall_a_step_moves_nothing() {
    let mut pair = pair(Config { cool: Some(2), ..config() });
    (0..2).for_each(|_| drop(pair.step().unwrap()));
    let (g, d) = (pair.g.net.clone(), pair.d.net.clone());
    pair.step().unwrap();
    assert_eq!(pair.g.net, g);
    assert_eq!(pair.d.net, d);
}

#[test]
fn what_cannot_be_followed_is_said() {
    let whole = config();
    let said = |config: Config| -> String {
        let tried = std::panic::catch_unwind(|| drop(pair(config)));
        let said = tried.unwrap_err();
        let whole = said.downcast_ref::<String>().cloned();
        whole.unwrap_or_else(|| (*said.downcast::<&str>().unwrap()).into())
    };
    let packs = Config { pack: 3, ..whole };
    for (config, message) in [
        (Config { k: 0, ..whole }, "at least one step, not k = 0"),
        (Config { every: 0, ..whole }, "every step or less often, not 0"),
        (Config { clip: Some(-0.1), ..whole }, "a clip of Some(-0.1)"),
        (Config { pack: 0, ..whole }, "a pack of 0 must divide a batch of 8"),
        (packs, "a pack of 3 must divide a batch of 8"),
        (Config { batch: 6, ..whole }, "a group of 2 must divide 3 rows"),
    ] {
        let found = said(config);
        assert!(found.contains(message), "{found}");
    }
}

#[test]
fn another_activation_is_another_training() {
    let mut here = pair(config());
    let before = here.configuration();
    here.g.net.layers[0].activation = Activation::LeakyRelu(0.1);
    assert_ne!(here.configuration(), before);
}

/// A discriminator that is flat at all examples has slope 0: its length has no slope there, and nothing is NaN.
#[test]
fn a_flat_discriminator_is_no_nan() {
    let mut plain = pair(config()).d.net;
    for mut p in plain.parameters_mut() {
        p.fill(0.0);
    }
    let x = Array2::<f32>::zeros((4, 64));
    let near_one = stability::net::near_one(10.0);
    let (value, d_net) = stability::net::penalty(&plain, &x, near_one);
    assert_eq!(value, 10.0);
    let dev = Cpu::default();
    let there = on_dfdx::net::Net::new(&dev, &plain);
    let loss =
        on_dfdx::net::near_one(&there, lab::tensor(&dev, &x, x.dim()), 10.0);
    let (value, gradients) = gradients::on_dfdx::value_and_gradients(loss);
    assert_abs_diff_eq!(value.array(), 10.0, epsilon = 1e-5);
    for layer in there.layers.iter().filter(|l| l.map.has_weight()) {
        let d_w = gradients.get(&layer.w).as_vec();
        assert!(d_w.iter().all(|v| *v == 0.0), "{d_w:?}");
    }
    assert_eq!(apart_by(&d_net, &plain), 0.0);
}

#[test]
fn spectral_normalisation_asks_for_the_plain_room() {
    let spectral = || pair(Config { spectral: true, ..config() });
    let in_room = |room| {
        let options = Options { room, ..Options::default() };
        let lab = Lab::new(&CHAPTER, options, Selection::All);
        stability::pair::in_room(&lab, spectral()).map(drop)
    };
    in_room(Room::Plain).unwrap();
    let found = in_room(Room::Dfdx).unwrap_err().to_string();
    assert!(found.ends_with("leave out `--room dfdx`"), "{found}");
}
