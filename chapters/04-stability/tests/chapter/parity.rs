//! Hand gradients against finite differences, dfdx and PyTorch; steps of both rooms side by side.

use dfdx::prelude::Backward;
use dfdx::tensor::{Cpu, Trace};
use gradients::plain::{Activation, Mlp};
use lab::Against;
use ndarray::{Array2, arr1};
use stability::critic;
use stability::ledger::{self, SCORES, reference};
use stability::on_dfdx::{self, numbers, pair};
use stability::plain::{
    Game, Order, Score, heavy_ball, matrix_of, spectral_radius,
};
use stability::spectral::{self, start};

const ORDERS: [(&str, Order); 2] = [
    ("simultaneous", Order::Simultaneous),
    ("alternating", Order::Alternating),
];

#[test]
fn every_row_of_the_ledger_passes() {
    let rows = ledger::rows(&Cpu::default(), Against::DfdxCpu).unwrap();
    assert_eq!(rows.len(), 3 * 10);
    for row in rows {
        assert!(row.passes(), "{}: {:e}", row.name(), row.error);
    }
}

/// Both rooms, from one start, twenty steps.
fn both_rooms_step_alike<E>(close: f64)
where
    E: gradients::on_dfdx::Number,
    Cpu: dfdx::prelude::Device<E>,
{
    let dev = Cpu::default();
    let e = |v: f64| E::from_f64(v).unwrap();
    for (_, score) in SCORES {
        let game = Game { score, gamma: 0.4 };
        for (name, order) in ORDERS {
            let mut w = [e(1.2), e(-0.5)];
            let mut there = pair(&dev, w);
            for t in 0..20 {
                w = order.step(game, w, e(0.3));
                there = match order {
                    Order::Simultaneous => {
                        on_dfdx::simultaneous(game, there, e(0.3))
                    }
                    Order::Alternating => {
                        on_dfdx::alternating(game, there, e(0.3))
                    }
                };
                for (a, b) in w.into_iter().zip(numbers(&there)) {
                    let apart = (a - b).abs().to_f64().unwrap();
                    assert!(apart < close, "{score:?} {name} {t}: {apart}");
                }
            }
        }
    }
}

#[test]
fn both_rooms_take_the_same_steps() {
    both_rooms_step_alike::<f64>(1e-13);
    both_rooms_step_alike::<f32>(1e-5);
}

/// PyTorch's own SGD with momentum, of which R1 is differentiated twice, against both rooms.
#[test]
fn heavy_balls_are_those_of_pytorch() {
    let mut values = reference().unwrap();
    let [gamma, eta, beta] =
        ["gamma", "eta", "beta"].map(|name| values.scalar(name).unwrap());
    let dev = Cpu::default();
    for (score_name, score) in SCORES {
        let game = Game { score, gamma };
        for (name, order) in ORDERS {
            let path =
                values.matrix(&format!("{score_name}/{name}")).unwrap();
            let mut w = [path[[0, 0]], path[[0, 1]], 0.0, 0.0];
            let mut there = (pair(&dev, [w[0], w[1]]), pair(&dev, [0.0; 2]));
            for row in path.rows().into_iter().skip(1) {
                w = heavy_ball(game, order, w, (eta, beta));
                there = on_dfdx::heavy_ball(game, order, there, (eta, beta));
                let by_hand = lab::max_rel_err(&arr1(&w[..2]), &row);
                let by_tape =
                    lab::max_rel_err(&arr1(&numbers(&there.0)), &row);
                assert!(by_hand < 1e-12, "{score_name} {name}: {by_hand}");
                assert!(by_tape < 1e-12, "{score_name} {name}: {by_tape}");
            }
        }
    }
}

#[test]
fn the_largest_eigenvalues_are_those_of_pytorch() {
    let mut values = reference().unwrap();
    let betas = values.vector("betas").unwrap();
    let eta = values.scalar("eta").unwrap();
    let game = Game { score: Score::Linear, gamma: 0.0 };
    for (name, order) in ORDERS {
        let radii = values.vector(&format!("radius/{name}")).unwrap();
        for (beta, expected) in betas.iter().zip(&radii) {
            let step = |w| heavy_ball(game, order, w, (eta, *beta));
            let m: Array2<f64> = matrix_of(step);
            let found = spectral_radius(&m);
            assert!(
                (found - expected).abs() < 1e-9,
                "{name} {beta}: {found}"
            );
        }
    }
}

/// Both rooms, from one direction, five steps, and the weight at the end.
fn both_rooms_normalise_alike<E>(close: f64)
where
    E: gradients::on_dfdx::Number,
    Cpu: dfdx::prelude::Device<E>,
{
    let dev = Cpu::default();
    let values = reference().unwrap().matrix("spectral/w").unwrap();
    let w = values.mapv(|v| E::from_f64(v).unwrap()); // [I, O]
    let there = lab::tensor(&dev, &w, w.dim()); // [I, O]
    let mut u = spectral::start::<E>(w.nrows(), &mut lab::rng_at(1, 0)); // [I]
    let mut p = lab::tensor(&dev, &u, (u.len(),)); // [I]
    for _ in 0..5 {
        let (next, v) = spectral::power_step(&w, &u); // [I], [O]
        let (q, r) = on_dfdx::power_step(&there, &p); // [I], [O]
        let bar = spectral::normalised(&w, &next, &v); // [I, O]
        let tape = on_dfdx::normalised(there.leaky_trace(), &q, &r);
        let apart = (bar - lab::array(&tape)).mapv(|v| v.to_f64().unwrap());
        let most = apart.fold(0.0_f64, |most, v| most.max(v.abs()));
        assert!(most < close, "{most}");
        (u, p) = (next, q);
    }
}

#[test]
fn both_rooms_normalise_the_same_weight() {
    both_rooms_normalise_alike::<f64>(1e-13);
    both_rooms_normalise_alike::<f32>(1e-5);
}

#[test]
fn the_spectral_norm_is_that_of_pytorch() {
    let mut values = reference().unwrap();
    let w = values.matrix("spectral/w").unwrap();
    let kept = values.vector("spectral/kept").unwrap();
    let norm = values.scalar("spectral/norm").unwrap();
    let found = spectral::spectral_norm(&w, &kept, 500);
    assert!((found - norm).abs() < 1e-10, "{found} {norm}");
}

/// Both rooms, with a row at which the critic is flat, which has a root's corner.
fn both_rooms_penalise_alike<E>(close: f64)
where
    E: gradients::on_dfdx::Number,
    Cpu: dfdx::prelude::Device<E>,
{
    let dev = Cpu::default();
    let relu = Activation::Relu;
    let rng = &mut lab::rng_at(5, 0);
    let net = Mlp::<E>::new(&[3, 8, 6, 1], relu, Activation::Identity, rng);
    let x = start::<E>(12, rng).into_shape_clone((4, 3)).unwrap();
    let mut x = x * E::from_f64(4.0).unwrap();
    x.row_mut(2).fill(E::zero()); // all biases are 0: nothing is on
    let (value, d_net) = critic::gradient_penalty(&net, &x, 10.0);
    let there = gradients::on_dfdx::Mlp::new(&dev, &net);
    let on_dev = lab::tensor(&dev, &x, x.dim());
    let loss = on_dfdx::critic::gradient_penalty(&there, on_dev, 10.0);
    let by_tape = loss.as_vec()[0];
    let found = loss.backward();
    let apart = |a: E, b: E| (a - b).abs().to_f64().unwrap();
    assert!(apart(value, by_tape) < close, "{value} {by_tape}");
    for (hand, layer) in d_net.layers.iter().zip(&there.layers) {
        let tape = lab::array(&found.get(&layer.w));
        for (a, b) in hand.w.iter().zip(&tape) {
            assert!(apart(*a, *b) < close, "{a} {b}");
        }
    }
}

#[test]
fn both_rooms_penalise_the_same_slope() {
    both_rooms_penalise_alike::<f64>(1e-12);
    both_rooms_penalise_alike::<f32>(1e-4);
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_agrees_with_the_hand_gradients() {
    let dev = lab::open_cuda(0).unwrap();
    for row in ledger::rows(&dev, Against::DfdxCuda).unwrap() {
        assert!(row.passes(), "{}: {:e}", row.name(), row.error);
    }
}
