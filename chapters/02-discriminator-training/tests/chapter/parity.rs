//! Hand gradients against finite differences, dfdx and PyTorch; one step against PyTorch; resuming.

use dfdx::prelude::{
    Backward, BuildModule, Const, LeakyReLU, Module, Tensor,
};
use dfdx::tensor::Cpu;
use discriminator_training::ledger::{self, reference, reference_players};
use discriminator_training::on_dfdx;
use discriminator_training::plain::{
    Targets, blur, input_gradient, leak_into_generator,
};
use discriminator_training::training::{
    Batches, Config, Discriminates, Discriminator, Objective, Training,
};
use gradients::compare::network_err;
use gradients::on_dfdx::{gradients, to_plain};
use gradients::plain::{Activation, AdamConfig, Layer, Mlp};
use lab::{Against, Resumable, Room, Trains, rng_at, tensor};
use minimax_loss::plain::g_loss_non_saturating_backward;
use ndarray::{Array2, Array3};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

#[test]
fn every_row_of_the_ledger_passes() {
    let rows = ledger::rows(&dfdx::tensor::Cpu::default(), Against::DfdxCpu)
        .unwrap();
    assert_eq!(rows.len(), 3 * 5);
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
    let (g, _) = reference_players(&mut values).unwrap();
    let fakes = g.output(&values.matrix("step/z").unwrap());
    assert!(
        lab::max_rel_err(&fakes, &values.matrix("step/x_fake").unwrap())
            < 1e-12
    );
}

fn normal(rows: usize, columns: usize, stream: u64) -> Array2<f32> {
    Array2::random_using(
        (rows, columns),
        StandardNormal,
        &mut rng_at(9, stream),
    )
}

fn article_players() -> (Mlp<f32>, Mlp<f32>) {
    let g = Mlp::new(
        &[100, 128, 784],
        Activation::Relu,
        Activation::Tanh,
        &mut rng_at(1, 0),
    );
    let leaky = Activation::LeakyRelu(0.2);
    (
        g,
        Mlp::new(
            &[784, 128, 1],
            leaky,
            Activation::Identity,
            &mut rng_at(1, 1),
        ),
    )
}

fn players_of(adam: AdamConfig) -> (Mlp<f32>, Discriminator) {
    let (g, d) = article_players();
    (g, Discriminator::new(d, Config::new(adam)))
}

fn both_rooms_train_alike<D: Trains>(dev: &D, limit: f32) {
    let config = AdamConfig { lr: 2e-4, beta1: 0.5, ..AdamConfig::default() };
    let (_, mut plain) = players_of(config);
    let mut other = on_dfdx::Discriminator::new(dev, plain.clone());
    for n in 0..6 {
        let batches = (normal(16, 784, 2 * n), normal(16, 784, 2 * n + 1));
        plain.learn(&batches).unwrap();
        other.learn(&batches).unwrap();
    }
    let (a, b) = (plain.losses(), other.losses());
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        assert!((a - b).abs() < limit * a.abs(), "{a} {b}");
    }
}

#[test]
fn both_rooms_train_step_by_step_to_the_same_losses() {
    both_rooms_train_alike(&Cpu::default(), 1e-5);
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_takes_the_same_first_steps() {
    let dev = lab::open_cuda(0).unwrap();
    both_rooms_train_alike(&dev, 1e-3);
}

fn wide(net: &Mlp<f32>) -> Mlp<f64> {
    let layer = |l: &Layer<f32>| Layer {
        w: l.w.mapv(f64::from),
        b: l.b.mapv(f64::from),
        activation: l.activation,
    };
    Mlp { layers: net.layers.iter().map(layer).collect() }
}

#[test]
fn both_rooms_leak_the_same_and_detach_the_same() {
    let (g, d) = article_players();
    let z = normal(8, 100, 3);
    let dev = Cpu::default();
    let [other_g, other_d] =
        [&g, &d].map(|net| gradients::on_dfdx::Mlp::new(&dev, net));
    for detach in [true, false] {
        let mine = leak_into_generator(&g, &d, &z, detach);
        let z = tensor(&dev, &z, z.dim());
        let loss =
            on_dfdx::leak_into_generator(&other_g, &other_d, z, detach);
        let theirs = to_plain(&g, &gradients(&other_g, &loss.backward()));
        assert!(network_err(&wide(&theirs), &wide(&mine)) < 1e-5);
        let all = theirs.layers.iter().flat_map(|l| l.w.iter().chain(&l.b));
        assert_eq!(all.into_iter().all(|v| *v == 0.0), detach);
    }
}

#[test]
fn the_same_gradient_reaches_the_fakes_in_both_rooms() {
    let (g, d) = article_players();
    let x = g.output(&normal(8, 100, 4));
    let mine = input_gradient(&d, &x, g_loss_non_saturating_backward);
    let dev = Cpu::default();
    let other = gradients::on_dfdx::Mlp::new(&dev, &d);
    let on_dev = tensor(&dev, &x, x.dim());
    let theirs = on_dfdx::input_gradient(&other, &on_dev, |s| {
        minimax_loss::on_dfdx::g_loss_non_saturating(s)
    });
    let [mine, theirs] =
        [mine, lab::array(&theirs)].map(|x| x.mapv(f64::from));
    assert!(lab::max_rel_err(&theirs, &mine) < 1e-5);
}

#[test]
fn players_of_types_are_the_same_players() {
    let ((g, d), dev) = (article_players(), Cpu::default());
    let mut typed: on_dfdx::TypedPlayers<Cpu> = BuildModule::build(&dev);
    let (of_g, of_d) = (&mut typed.0, &mut typed.1);
    // dfdx stores the weights of its `Linear` as [O, I].
    macro_rules! copy {
        ($to:expr, $from:expr) => {
            $to.weight = tensor(&dev, &$from.w.t(), Default::default());
            $to.bias = tensor(&dev, &$from.b, Default::default());
        };
    }
    copy!(of_g.0.0, g.layers[0]);
    copy!(of_g.1.0, g.layers[1]);
    copy!(of_d.0.0, d.layers[0]);
    copy!(of_d.1, d.layers[1]);
    of_d.0.1 = LeakyReLU(0.2);
    let z = normal(3, 100, 5);
    let on_dev: Tensor<(usize, Const<100>), _, _> =
        tensor(&dev, &z, (3, Const));
    let s = lab::array(&typed.forward(on_dev)); // [3, 1]
    let apart = (s - d.output(&g.output(&z))).mapv(f32::abs);
    assert!(apart.iter().all(|v| *v < 1e-5), "{apart}");
}

type Draw = fn(u64) -> Batches;

/// A small discriminator in training, not begun yet.
fn start(room: Room, config: Config) -> Box<Training<Draw>> {
    let plain =
        Discriminator::of_widths(&[5, 7, 1], config, &mut rng_at(2, 0));
    let d: Box<dyn Discriminates> = match room {
        Room::Plain => Box::new(plain),
        Room::Dfdx => {
            Box::new(on_dfdx::Discriminator::new(&Cpu::default(), plain))
        }
    };
    let draw: Draw =
        |step| (normal(8, 5, 2 * step), normal(8, 5, 2 * step + 1));
    Box::new(Training::new(d, draw))
}

#[test]
fn a_training_can_change_rooms_whatever_its_loss() {
    let smoothed = Objective::Smoothed(Targets { real: 0.9, fake: 0.1 });
    for objective in [Objective::Minimax, smoothed, Objective::Article] {
        for two_sigmoids in [false, true] {
            let config = Config {
                objective,
                two_sigmoids,
                cool_from: 5,
                ..Config::new(AdamConfig::default())
            };
            let start = |room| start(room, config);
            lab::either_room_goes_on(start, |t| t.d.losses(), 4, 1e-4);
        }
    }
}

#[test]
fn a_run_that_diverges_stops_at_that_step_and_says_where() {
    for room in [Room::Plain, Room::Dfdx] {
        let lr = 1e30;
        let adam = AdamConfig { lr, ..AdamConfig::default() };
        let mut run = start(room, Config::new(adam));
        let found = (0..100).find_map(|_| run.step().err());
        let found = found.unwrap().to_string();
        let start = "diverged at step 1: the loss of the discriminator is ";
        assert!(found.starts_with(start), "{found}");
    }
}

#[test]
fn blurring_keeps_the_mean_and_spreads_a_point() {
    let mut point = Array3::<f32>::zeros((1, 15, 15));
    point[[0, 7, 7]] = 1.0;
    let blurred = blur(&point, 1.0);
    assert!((blurred.sum() - 1.0).abs() < 1e-5);
    let peak = 1.0 / (2.0 * std::f64::consts::PI);
    assert!((f64::from(blurred[[0, 7, 7]]) - peak).abs() < 1e-4);
    assert!(
        (blurred[[0, 7, 8]] / blurred[[0, 7, 7]] - (-0.5_f32).exp()).abs()
            < 1e-5
    );
    assert_eq!(blur(&point, 0.0), point);
    let flat = Array3::<f32>::from_elem((2, 4, 6), 0.3);
    assert!(
        blur(&flat, 2.0).iter().all(|v| (v - 0.3).abs() < 1e-6),
        "edges are continued"
    );
}
