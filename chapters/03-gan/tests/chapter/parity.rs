//! Hand gradients against finite differences, dfdx and PyTorch; whole steps of both players in both rooms and in PyTorch.

use dfdx::prelude::{Const, Device, Module};
use dfdx::tensor::Cpu;
use discriminator_training::plain::leak_into_generator;
use gan::ledger::{
    self, DISCRIMINATOR, GENERATOR, reference, reference_players,
};
use gan::on_dfdx::{
    self, DigitDiscriminator, DigitGenerator, Discriminator, Generator, Pair,
    RingDiscriminator, RingGenerator, Round, ToPlain,
};
use gan::plain::{Game, Penalties, average, d_step, g_step};
use gan::training::{Config, Gan, Noise, load_generator, save_generator};
use gradients::compare::{network_err, scalar_err, worst};
use gradients::ledger::reference_network;
use gradients::plain::{Activation, Adam, AdamConfig, Layer, Mlp};
use lab::{Against, Checkpoint, Reference, rng_at, to_f32};
use ndarray::Array2;
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

#[test]
fn every_row_of_the_ledger_passes() {
    let rows = ledger::rows(&Cpu::default(), Against::DfdxCpu).unwrap();
    assert_eq!(rows.len(), 3 * 6);
    for row in rows {
        assert!(row.passes(), "{}: {:e}", row.name(), row.error);
    }
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_agrees_with_the_hand_gradients() {
    let dev = lab::open_cuda(0).unwrap();
    for row in ledger::rows(&dev, Against::DfdxCuda).unwrap() {
        assert!(row.passes(), "{}: {:e}", row.name(), row.error);
    }
}

#[test]
fn the_reference_fakes_are_those_of_the_reference_generator() {
    let mut values = reference().unwrap();
    let [g, d, _] = reference_players(&mut values).unwrap();
    let mut m = |name: &str| values.matrix(name).unwrap();
    assert!(lab::max_rel_err(&g.output(&m("z")), &m("x_fake")) < 1e-12);
    assert!(lab::max_rel_err(&d.output(&m("x_real")), &m("s_real")) < 1e-12);
}

/// A run of three whole steps in the reference file.
struct Run {
    name: &'static str,
    game: Game,
    adam: AdamConfig,
    penalties: Penalties,
    detach: bool,
}

fn runs(values: &mut Reference) -> [Run; 4] {
    let mut number = |name: &str| values.scalar(name).unwrap();
    let lr = number("rounds/lr");
    let (r1, r2) = (number("r1/gamma"), number("r2/gamma"));
    let adam = |beta1, beta2| AdamConfig { lr, beta1, beta2, eps: 1e-8 };
    let of = |name, game, adam, real, fake| {
        let penalties = Penalties { real, fake };
        Run { name, game, adam, penalties, detach: true }
    };
    let (usual, quick) = (adam(0.5, 0.999), adam(0.0, 0.99));
    [
        of("simple", Game::NonSaturating, usual, 0.0, 0.0),
        of("penalised", Game::NonSaturating, quick, r1, 0.0),
        of("relativistic", Game::Relativistic, quick, r1, r2),
        Run {
            detach: false,
            ..of("attached", Game::NonSaturating, usual, 0.0, 0.0)
        },
    ]
}

/// Real examples, the discriminator's noise, the generator's.
fn round(values: &mut Reference, n: usize) -> [Array2<f64>; 3] {
    ["x_real", "z_d", "z_g"]
        .map(|name| values.matrix(&format!("rounds/{n}/{name}")).unwrap())
}

fn losses(values: &mut Reference, run: &Run, n: usize) -> (f64, f64) {
    let mut of = |player: &str| {
        values.scalar(&format!("{}/{player}_loss_{n}", run.name)).unwrap()
    };
    (of("d"), of("g"))
}

#[test]
fn whole_steps_are_those_of_pytorch() {
    let mut values = reference().unwrap();
    for run in runs(&mut values) {
        let [mut g, mut d, _] = reference_players(&mut values).unwrap();
        let mut mean = g.clone();
        let (mut adam_g, mut adam_d) =
            (Adam::new(&g, run.adam), Adam::new(&d, run.adam));
        let decay = values.scalar("rounds/decay").unwrap();
        for n in 0..3 {
            let [x_real, z_d, z_g] = round(&mut values, n);
            let leak = leak_into_generator(&g, &d, &z_d, run.detach);
            let (d_loss, d_d) =
                d_step(&d, &x_real, &g.output(&z_d), run.game, run.penalties);
            adam_d.step(&mut d, &d_d);
            let s_real = d.output(&x_real);
            let (g_loss, mut d_g) =
                g_step(&g, &d, &z_g, &s_real, run.game, 1);
            for (mut to, from) in
                d_g.parameters_mut().into_iter().zip(leak.parameters())
            {
                to += &from;
            }
            adam_g.step(&mut g, &d_g);
            average(&mut mean, &g, decay);
            let (of_d, of_g) = losses(&mut values, &run, n);
            let err =
                worst([scalar_err(d_loss, of_d), scalar_err(g_loss, of_g)]);
            assert!(err < 1e-9, "{}, step {n}: {err:e}", run.name);
        }
        let mut expected = |what: &str, kinds: &[Activation]| {
            let prefix = format!("{}/{what}_", run.name);
            reference_network(&mut values, &prefix, kinds).unwrap()
        };
        for (what, found, kinds) in [
            ("g", &g, &GENERATOR),
            ("d", &d, &DISCRIMINATOR),
            ("mean", &mean, &GENERATOR),
        ] {
            let err = network_err(found, &expected(what, kinds));
            assert!(err < 1e-8, "{}, {what}: {err:e}", run.name);
        }
    }
}

#[test]
fn a_generator_that_is_not_detached_goes_another_way() {
    let mut values = reference().unwrap();
    let mut of = |name: &str| {
        let prefix = format!("{name}/g_");
        reference_network(&mut values, &prefix, &GENERATOR).unwrap()
    };
    assert!(network_err(&of("attached"), &of("simple")) > 0.01);
}

fn single(net: &Mlp<f64>) -> Mlp<f32> {
    let layer = |l: &Layer<f64>| Layer {
        w: to_f32(&l.w),
        b: to_f32(&l.b),
        activation: l.activation,
    };
    Mlp { layers: net.layers.iter().map(layer).collect() }
}

type TinyPair = Pair<
    Generator<3, 6, 5, 4, dfdx::prelude::Tanh, f32, Cpu>,
    Discriminator<4, 6, 5, f32, Cpu>,
>;

#[test]
fn whole_steps_on_dfdx_are_those_of_pytorch() {
    let mut values = reference().unwrap();
    let dev = Cpu::default();
    for run in runs(&mut values).into_iter().filter(|run| run.detach) {
        let [g, d, _] = reference_players(&mut values).unwrap();
        let g = on_dfdx::generator(&dev, &single(&g));
        let d = on_dfdx::discriminator(&dev, &single(&d));
        let mut pair: TinyPair = Pair { mean: g.clone(), g, d };
        let rounds: Vec<Round> = (0..3)
            .map(|n| {
                let [x_real, z_d, z_g] = round(&mut values, n);
                let [x_real, z_d, z_g] =
                    [x_real, z_d, z_g].map(|x| to_f32(&x));
                Round { x_real, z_d, z_g }
            })
            .collect();
        let config = Config {
            game: run.game,
            penalties: run.penalties,
            g: run.adam,
            d: run.adam,
            ..Config::default()
        };
        let found = on_dfdx::train(&dev, &mut pair, config, rounds);
        for (n, (d_loss, g_loss)) in found.into_iter().enumerate() {
            let (of_d, of_g) = losses(&mut values, &run, n);
            let err = worst([
                scalar_err(f64::from(d_loss), of_d),
                scalar_err(f64::from(g_loss), of_g),
            ]);
            assert!(err < 1e-4, "{}, step {n}: {err:e}", run.name);
        }
    }
}

fn network(widths: &[usize], last: Activation, stream: u64) -> Mlp<f32> {
    let leaky = Activation::LeakyRelu(0.2);
    Mlp::new(widths, leaky, last, &mut rng_at(3, stream))
}

fn normal(rows: usize, columns: usize, stream: u64) -> Array2<f32> {
    let rng = &mut rng_at(4, stream);
    Array2::random_using((rows, columns), StandardNormal, rng)
}

const SEED: u64 = 7;

/// The losses of so many steps of a plain pair, the averaged generator after them, and what the steps were made from.
fn plain_run(
    config: Config,
    (g, d): (Mlp<f32>, Mlp<f32>),
    steps: u64,
) -> (Vec<(f32, f32)>, Mlp<f32>, Vec<Round>) {
    let width = g.layers[g.layers.len() - 1].b.len();
    let data = |n| normal(config.batch, width, n).mapv(f32::tanh);
    let round = |n| {
        let rng = &mut rng_at(SEED, n);
        let z_d = config.noise.sample(config.batch, rng);
        let z_g = config.noise.sample(config.batch, rng);
        Round { x_real: data(n), z_d, z_g }
    };
    let rounds = (0..steps).map(round).collect();
    let mut gan = Gan::new(config, (g, d), SEED, data);
    let losses = (0..steps).map(|_| gan.train_once()).collect();
    (losses, gan.mean, rounds)
}

fn same(a: &[(f32, f32)], b: &[(f32, f32)], limit: f32) {
    assert_eq!(a.len(), b.len());
    for (n, (a, b)) in a.iter().zip(b).enumerate() {
        for (a, b) in [(a.0, b.0), (a.1, b.1)] {
            assert!((a - b).abs() < limit * b.abs(), "step {n}: {a} {b}");
        }
    }
}

/// How far two networks are apart, relative to the larger entries.
fn apart(a: &Mlp<f32>, b: &Mlp<f32>) -> f64 {
    worst(a.parameters().iter().zip(b.parameters()).map(|(a, b)| {
        let (a, b) = (a.mapv(f64::from), b.mapv(f64::from));
        lab::max_rel_err(&a, &b)
    }))
}

fn both_rooms_play_on_a_ring<D: Device<f32>>(dev: &D, limit: f32) {
    let adam = AdamConfig { lr: 1e-3, beta1: 0.0, beta2: 0.99, eps: 1e-8 };
    let config = Config {
        game: Game::Relativistic,
        batch: 16,
        noise: Noise { signs: 10, normals: 2 },
        penalties: Penalties { real: 0.1, fake: 0.1 },
        every: 2,
        g: adam,
        d: adam,
        cool: Some(12),
        anneal: true,
        ..Config::default()
    };
    let g = network(&[12, 128, 128, 2], Activation::Identity, 0);
    let d = network(&[2, 128, 128, 1], Activation::Identity, 1);
    let other_g: RingGenerator<D> = on_dfdx::generator(dev, &g);
    let other_d: RingDiscriminator<D> = on_dfdx::discriminator(dev, &d);
    let mut pair = Pair { mean: other_g.clone(), g: other_g, d: other_d };
    let (losses, mean, rounds) = plain_run(config, (g, d), 8);
    let others = on_dfdx::train(dev, &mut pair, config, rounds);
    same(&others, &losses, limit);
    let apart = apart(&pair.mean.to_plain(), &mean);
    assert!(apart < 1e-2, "{apart:e}");
}

#[test]
fn both_rooms_play_the_relativistic_game_on_a_ring() {
    both_rooms_play_on_a_ring(&Cpu::default(), 1e-4);
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_takes_the_same_first_steps() {
    let dev = lab::open_cuda(0).unwrap();
    both_rooms_play_on_a_ring(&dev, 1e-3);
    both_rooms_train_on_images(&dev, 1e-3);
}

#[test]
fn both_rooms_pack() {
    let config = Config {
        batch: 16,
        noise: Noise::normal(8),
        pack: 2,
        ..Config::default()
    };
    let g = network(&[8, 32, 32, 2], Activation::Identity, 2);
    let d = network(&[4, 32, 32, 1], Activation::Identity, 3);
    let dev = Cpu::default();
    let other_g: Generator<8, 32, 32, 2, (), f32, Cpu> =
        on_dfdx::generator(&dev, &g);
    let other_d: Discriminator<4, 32, 32, f32, Cpu> =
        on_dfdx::discriminator(&dev, &d);
    let mut pair = Pair { mean: other_g.clone(), g: other_g, d: other_d };
    let (losses, _, rounds) = plain_run(config, (g, d), 6);
    same(&on_dfdx::train(&dev, &mut pair, config, rounds), &losses, 1e-4);
}

fn digit_players() -> (Mlp<f32>, Mlp<f32>) {
    let g = network(&[64, 256, 512, 784], Activation::Tanh, 4);
    (g, network(&[784, 512, 256, 1], Activation::Identity, 5))
}

fn both_rooms_train_on_images<D: Device<f32>>(dev: &D, limit: f32) {
    let adam = AdamConfig { lr: 5e-4, beta1: 0.0, beta2: 0.99, eps: 1e-8 };
    let config = Config {
        batch: 8,
        noise: Noise::normal(64),
        penalties: Penalties { real: 1.0, fake: 0.0 },
        every: 2,
        g: adam,
        d: adam,
        ..Config::default()
    };
    let (g, d) = digit_players();
    let other_g: DigitGenerator<D> = on_dfdx::generator(dev, &g);
    let other_d: DigitDiscriminator<D> = on_dfdx::discriminator(dev, &d);
    let mut pair = Pair { mean: other_g.clone(), g: other_g, d: other_d };
    let (losses, _, rounds) = plain_run(config, (g, d), 3);
    let others = on_dfdx::train(dev, &mut pair, config, rounds);
    same(&others, &losses, limit);
}

#[test]
fn both_rooms_train_on_images_step_by_step_to_the_same_losses() {
    both_rooms_train_on_images(&Cpu::default(), 1e-4);
}

#[test]
fn weights_survive_the_way_to_dfdx_and_back() {
    let (g, d) = digit_players();
    let dev = Cpu::default();
    let other: DigitGenerator<Cpu> = on_dfdx::generator(&dev, &g);
    assert_eq!(other.to_plain(), g);
    let other: DigitDiscriminator<Cpu> = on_dfdx::discriminator(&dev, &d);
    assert_eq!(other.to_plain(), d);
}

#[test]
fn a_generator_of_either_room_is_loaded_by_the_other() {
    let (g, d) = digit_players();
    let dev = Cpu::default();
    let noise = Noise::normal(64);
    let config = Config { batch: 4, noise, ..Config::default() };
    let other_g: DigitGenerator<Cpu> = on_dfdx::generator(&dev, &g);
    let other_d: DigitDiscriminator<Cpu> = on_dfdx::discriminator(&dev, &d);
    let mut pair = Pair { mean: other_g.clone(), g: other_g, d: other_d };
    let (_, _, rounds) = plain_run(config, (g.clone(), d), 1);
    on_dfdx::train(&dev, &mut pair, config, rounds);
    let trained = pair.mean.to_plain();
    assert_ne!(trained, g);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("generator.safetensors");
    let mut checkpoint = Checkpoint::default();
    save_generator(noise, &trained, &mut checkpoint);
    checkpoint.save(&path).unwrap();
    let (found, loaded) = load_generator(&path).unwrap();
    assert_eq!((found, &loaded), (noise, &trained));

    let z = normal(3, 64, 0);
    let on_dev: DigitGenerator<Cpu> = on_dfdx::generator(&dev, &loaded);
    let x = on_dev.forward(lab::tensor(&dev, &z, (3, Const::<64>)));
    let (x, same) = (lab::array(&x), loaded.output(&z));
    assert!(x.iter().zip(&same).all(|(a, b)| (a - b).abs() < 1e-5));
}
