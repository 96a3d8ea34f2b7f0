//! Hand gradients against finite differences, dfdx and PyTorch; whole steps of both players in both rooms and in PyTorch.

use dfdx::tensor::Cpu;
use discriminator_training::plain::leak_into_generator;
use gan::ledger::{
    self, DISCRIMINATOR, GENERATOR, reference, reference_players,
};
use gan::on_dfdx;
use gan::plain::{Game, Penalties, average, d_step, g_step};
use gan::training::{Config, Gan, Noise, Players, Round, load_generator};
use gradients::compare::{network_err, reference_network, scalar_err, worst};
use gradients::on_dfdx::Mlp as OnDfdx;
use gradients::plain::{
    Activation, Adam, AdamConfig, Layer, Mlp, Parameters, add,
};
use lab::{
    Against, Checkpoint, Reference, Resumable, Room, Trains,
    either_room_goes_on, rng_at, to_f32,
};
use ndarray::{Array2, aview1};
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
            add(&mut d_g, &leak);
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

#[test]
fn whole_steps_on_dfdx_are_those_of_pytorch() {
    let mut values = reference().unwrap();
    let decay = values.scalar("rounds/decay").unwrap();
    for run in runs(&mut values) {
        let [g, d, _] = reference_players(&mut values).unwrap();
        let config = Config {
            game: run.game,
            penalties: run.penalties,
            g: run.adam,
            d: run.adam,
            average: decay,
            detach: run.detach,
            ..Config::default()
        };
        let pair = (single(&g), single(&d));
        let unused = |_| Array2::zeros((0, 0));
        let start = Gan::new(config, pair, 0, unused);
        let mut gan = on_dfdx::Gan::new(&Cpu::default(), start);
        for n in 0..3 {
            let of = round(&mut values, n).map(|x| to_f32(&x));
            let [x_real, z_d, z_g] = of;
            gan.train_on(&Round { d: vec![(x_real, z_d)], z_g }).unwrap();
        }
        let [of_d, of_g] = gan.losses();
        for (n, (d_loss, g_loss)) in of_d.into_iter().zip(of_g).enumerate() {
            let (of_d, of_g) = losses(&mut values, &run, n);
            let err = worst([
                scalar_err(f64::from(d_loss), of_d),
                scalar_err(f64::from(g_loss), of_g),
            ]);
            assert!(err < 1e-4, "{}, step {n}: {err:e}", run.name);
        }
        let expected = format!("{}/g_", run.name);
        let expected =
            reference_network(&mut values, &expected, &GENERATOR).unwrap();
        let apart = apart(&gan.g(), &single(&expected));
        assert!(apart < 1e-2, "{}: {apart:e}", run.name);
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

/// How far two networks are apart, relative to the larger entries.
fn apart(a: &Mlp<f32>, b: &Mlp<f32>) -> f64 {
    worst(a.parameters().iter().zip(b.parameters()).map(|(a, b)| {
        let (a, b) = (a.mapv(f64::from), b.mapv(f64::from));
        lab::max_rel_err(&a, &b)
    }))
}

/// A pair that has not been trained, on a distribution of `width` numbers.
fn pair(
    config: Config,
    widths: (&[usize], &[usize]),
    last: Activation,
) -> Gan<'static> {
    let (g, d) = widths;
    let pair = (network(g, last, 0), network(d, Activation::Identity, 1));
    let (batch, width) = (config.batch, g[g.len() - 1]);
    let data = move |n| normal(batch, width, n).mapv(f32::tanh);
    Gan::new(config, pair, SEED, data)
}

fn on_cpu(room: Room, plain: Gan<'static>) -> Box<dyn Players> {
    match room {
        Room::Plain => Box::new(plain),
        Room::Dfdx => Box::new(on_dfdx::Gan::new(&Cpu::default(), plain)),
    }
}

fn adam(lr: f64) -> AdamConfig {
    AdamConfig { lr, beta1: 0.5, beta2: 0.99, eps: 1e-8 }
}

/// Everything at once: chapter 3's recipe for the ring.
fn ring_config() -> Config {
    Config {
        game: Game::Relativistic,
        batch: 16,
        noise: Noise { signs: 10, normals: 2 },
        penalties: Penalties { real: 0.1, fake: 0.1 },
        every: 2,
        g: adam(1e-3),
        d: adam(1e-3),
        cool: Some(12),
        anneal: true,
        ..Config::default()
    }
}

fn ring(config: Config) -> Gan<'static> {
    let (z, x) = (config.noise.width(), 2 * config.pack);
    let widths: (&[usize], &[usize]) = (&[z, 24, 24, 2], &[x, 24, 24, 1]);
    pair(config, widths, Activation::Identity)
}

/// Images, small enough for a test.
fn images() -> Gan<'static> {
    let config = Config {
        batch: 8,
        noise: Noise::normal(64),
        penalties: Penalties { real: 1.0, fake: 0.0 },
        every: 2,
        g: adam(5e-4),
        d: adam(5e-4),
        ..Config::default()
    };
    let widths: (&[usize], &[usize]) =
        (&[64, 32, 48, 784], &[784, 48, 32, 1]);
    pair(config, widths, Activation::Tanh)
}

/// Both rooms from one start: losses, and where the averaged generator ends.
fn both_rooms_train_alike<D: Trains>(
    dev: &D,
    start: impl Fn() -> Gan<'static>,
    limit: f32,
) {
    let mut plain = start();
    let mut other = on_dfdx::Gan::new(dev, start());
    for _ in 0..8 {
        plain.step().unwrap();
        other.step().unwrap();
    }
    for (a, b) in plain.losses().iter().zip(other.losses()) {
        assert_eq!(a.len(), b.len());
        for (n, (a, b)) in a.iter().zip(b).enumerate() {
            assert!((a - b).abs() < limit * a.abs(), "step {n}: {a} {b}");
        }
    }
    let apart = apart(&other.mean(), &plain.mean);
    assert!(apart < 1e-2, "{apart:e}");
    // How far the average is behind says whether it is the same average.
    let behind = lag(&other) / lag(&plain) - 1.0;
    assert!(behind.abs() < 2e-3, "{behind:e}");
}

/// How far the averaged generator is behind the one in training.
fn lag(gan: &impl Players) -> f64 {
    let (mean, g) = (gan.mean(), gan.g());
    let pairs = mean.parameters().into_iter().zip(g.parameters());
    let far =
        |(a, b): (ndarray::ArrayViewD<f32>, ndarray::ArrayViewD<f32>)| {
            f64::from((&a - &b).mapv(f32::abs).sum())
        };
    pairs.map(far).sum()
}

#[test]
fn both_rooms_train_step_by_step_to_the_same_losses() {
    both_rooms_train_alike(&Cpu::default(), || ring(ring_config()), 1e-4);
    both_rooms_train_alike(&Cpu::default(), images, 1e-4);
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_takes_the_same_first_steps() {
    let dev = lab::open_cuda(0).unwrap();
    both_rooms_train_alike(&dev, || ring(ring_config()), 1e-3);
    both_rooms_train_alike(&dev, images, 1e-3);
}

/// Both players' losses, and how large the averaged generator and the discriminator are.
fn told(gan: &(dyn Players + 'static)) -> Vec<f32> {
    let size = |net: Mlp<f32>| {
        let parameters = net.parameters().into_iter();
        vec![parameters.map(|p| p.mapv(f32::abs).sum()).sum()]
    };
    let [of_d, of_g] = gan.losses();
    [of_d, of_g, size(gan.mean()), size(gan.d())].concat()
}

fn changes_rooms(start: impl Fn() -> Gan<'static>) {
    either_room_goes_on(|room| on_cpu(room, start()), told, 5, 2e-4);
}

#[test]
fn a_ring_can_change_rooms() {
    changes_rooms(|| ring(ring_config()));
}

#[test]
fn images_can_change_rooms() {
    changes_rooms(images);
}

#[test]
fn every_switch_can_change_rooms() {
    let plain =
        Config { game: Game::NonSaturating, anneal: false, ..ring_config() };
    for config in [
        Config { k: 2, ..plain },
        Config { pack: 2, ..plain },
        Config { detach: false, ..plain },
        Config { game: Game::Saturating, cool: None, ..plain },
        Config { k: 2, pack: 2, every: 3, ..ring_config() },
        Config { k: 2, detach: false, every: 3, ..ring_config() },
    ] {
        changes_rooms(|| ring(config));
    }
}

#[test]
fn a_pair_that_diverges_stops_there_and_names_the_player() {
    let said = |room, config| {
        let mut gan = on_cpu(room, ring(config));
        let found = (0..200).find_map(|_| gan.step().err());
        found.unwrap().to_string()
    };
    let usual = Config { k: 2, anneal: false, cool: None, ..ring_config() };
    for (config, start) in [
        (
            Config { d: adam(1e30), ..usual },
            "diverged at step 0: the loss of the discriminator is ",
        ),
        (
            Config { g: adam(1e30), ..usual },
            "diverged at step 1: the loss of the discriminator is ",
        ),
        (
            Config { d: adam(1e30), k: 1, ..usual },
            "diverged at step 0: the loss of the generator is ",
        ),
    ] {
        for room in [Room::Plain, Room::Dfdx] {
            let found = said(room, config);
            assert!(found.starts_with(start), "{room}: {found}");
        }
    }
}

#[test]
fn the_step_as_written_gives_the_numbers_of_the_fast_one() {
    for game in [Game::NonSaturating, Game::Saturating, Game::Relativistic] {
        let config = Config { game, cool: None, ..ring_config() };
        let (mut fast, mut simple) = (ring(config), ring(config));
        for n in 0..5 {
            let round = simple.source.round(&config, n);
            let (x_real, z_d) = &round.d[0];
            let noise = (z_d, &round.z_g);
            let (d, g) = simple.step_as_written(x_real, noise).unwrap();
            let (of_d, of_g) = fast.train_once().unwrap();
            let apart = [(d, of_d), (g, of_g)].map(|(a, b)| (a - b).abs());
            assert!(apart.iter().all(|v| *v < 1e-6), "{n}: {apart:?}");
        }
        let apart = apart(&simple.mean, &fast.mean);
        assert!(apart < 1e-5, "{apart:e}");
    }
}

#[test]
fn weights_survive_the_way_to_dfdx_and_back() {
    let Gan { g, d, .. } = images();
    for net in [g.net, d.net] {
        assert_eq!(OnDfdx::new(&Cpu::default(), &net).to_plain(), net);
    }
}

/// A checkpoint of a pair that took a step in a room.
fn checkpoint(room: Room) -> (Checkpoint, Mlp<f32>) {
    let (mut gan, mut checkpoint) =
        (on_cpu(room, images()), Checkpoint::default());
    gan.step().unwrap();
    gan.save(&mut checkpoint);
    (checkpoint, gan.mean())
}

#[test]
fn a_generator_of_either_room_is_loaded_to_draw() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("generator.safetensors");
    for room in [Room::Plain, Room::Dfdx] {
        let (kept, mean) = checkpoint(room);
        kept.save(&path).unwrap();
        let loaded = load_generator(&path).unwrap();
        assert_eq!(loaded, (Noise::normal(64), mean));
    }
}

#[test]
fn a_hostile_checkpoint_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("odd.safetensors");
    let of = "expected the checkpoint of a generator of 28 × 28 images, ";
    let refused = |change: &dyn Fn(&mut Checkpoint), found: &str| {
        let mut odd = checkpoint(Room::Plain).0;
        change(&mut odd);
        odd.save(&path).unwrap();
        let said = load_generator(&path).unwrap_err().to_string();
        assert!(said.contains(&format!("{of}found {found}")), "{said}");
    };
    for most in [u64::MAX, 1 << 33] {
        for name in ["noise.signs", "noise.normals", "mean.layers"] {
            let found = format!("`{name}` = {most}");
            refused(&|c| c.note(name, most), &found);
        }
    }
    refused(
        &|c| c.note("noise.signs", 1_u64 << 32),
        "layer 0 of shapes [64, 32], [32] behind 4294967360 numbers",
    );
    refused(&|c| c.note("mean.layers", 1_u64 << 31), "no `mean.parameter.6`");
    refused(&|c| c.note("mean.layers", 2), "a generator of 48 numbers");
    let bare = |c: &mut Checkpoint| {
        c.note("noise.normals", 784);
        c.note("mean.layers", 0);
    };
    refused(&bare, "a generator without layers");
    refused(
        &|c| c.put("mean.parameter.3", &aview1(&[0.0_f32])),
        "layer 1 of `mean` of shapes [32, 48], [1]",
    );
}

#[test]
fn a_generator_of_empty_layers_draws_its_biases() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.safetensors");
    let mut empty = Checkpoint::default();
    for (name, value) in
        [("noise.signs", 0), ("noise.normals", 0), ("mean.layers", 1)]
    {
        empty.note(name, value);
    }
    empty.put("mean.parameter.0", &Array2::<f32>::zeros((0, 784)));
    empty.put("mean.parameter.1", &ndarray::Array1::<f32>::ones(784));
    empty.save(&path).unwrap();
    let (noise, g) = load_generator(&path).unwrap();
    gan::training::draw(noise, &g, 3, 1);
    let drawn = g.output(&noise.sample(1, &mut rng_at(1, 0))); // [1, 784]
    let apart = (drawn[[0, 5]] - 1.0_f32.tanh()).abs();
    assert!(apart < 1e-6, "{drawn}");
}

#[test]
fn whatever_changes_a_training_changes_its_configuration() {
    let said = |change: &dyn Fn(&mut Config)| {
        let mut config = ring_config();
        change(&mut config);
        ring(config).configuration()
    };
    let first = said(&|_| ());
    assert_eq!(first, said(&|_| ()));
    let changes: [&dyn Fn(&mut Config); 6] = [
        &|c| c.g.lr *= 2.0,
        &|c| c.d.beta2 = 0.9,
        &|c| c.penalties.fake = 0.0,
        &|c| c.cool = None,
        &|c| c.average = 0.5,
        &|c| c.detach = false,
    ];
    let changed = changes.map(said);
    let (config, seed) = (ring_config(), SEED);
    let Gan { g, d, .. } = ring(config);
    let mut sharper = d.net.clone();
    sharper.layers[0].activation = Activation::LeakyRelu(0.1);
    let other_data = |n| normal(16, 2, n).mapv(|v| 0.5 * v.tanh());
    let other_nets = (g.net.clone(), sharper);
    let data = |n| normal(16, 2, n).mapv(f32::tanh);
    let mut others = [
        Gan::new(config, (g.net, d.net), seed, other_data),
        Gan::new(config, other_nets, seed, data),
    ];
    let others = others.each_mut().map(|gan| gan.configuration());
    for other in changed.iter().chain(&others) {
        assert_ne!(*other, first);
    }
}

#[test]
fn a_checkpoint_that_does_not_fit_changes_nothing() {
    for room in [Room::Plain, Room::Dfdx] {
        let mut kept = checkpoint(room).0;
        kept.put("discriminator.adam.v.5", &aview1(&[0.0_f32, 0.0]));
        let mut gan = on_cpu(room, images());
        let said = gan.restore(&kept).unwrap_err().to_string();
        assert!(said.contains("expected shape [1], found [2]"), "{said}");
        let start = images();
        assert_eq!((gan.g(), gan.d()), (start.g.net, start.d.net));
        assert_eq!((gan.mean(), gan.steps_done()), (start.mean, 0));
    }
}
