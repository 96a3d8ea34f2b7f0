//! Hand gradients against finite differences, dfdx and PyTorch; training in both rooms.

use code_prior::ledger::{
    self, numeric_gradient_of_prior, prior_err, reference, reference_prior,
};
use code_prior::model::{Prior, Sizes};
use code_prior::on_dfdx;
use code_prior::plain::shift_right;
use code_prior::sampling::{Draws, complete, sample};
use code_prior::training::{Config, Learns, Training};
use dfdx::prelude::{AsArray, Backward, Cpu, Device, SumTo, Trace};
use gradients::compare::scalar_err;
use gradients::on_dfdx::{arrays, gradients, to_plain};
use gradients::plain::{Adam, AdamConfig, Parameters};
use lab::{Against, Resumable, Room, rng_at};
use ndarray::Array2;

use crate::equations::{SMALL, normal, small, some_codes};

#[test]
fn every_row_of_the_ledger_passes() {
    let rows = ledger::rows(&Cpu::default(), Against::DfdxCpu).unwrap();
    assert_eq!(rows.len(), 3 * 7);
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

/// Models of several sizes: one head or three, one block or none.
#[test]
fn whole_models_of_several_sizes_have_the_gradient_of_their_loss() {
    for (n, (width, heads, blocks)) in
        [(4, 1, 1), (6, 3, 1), (3, 1, 0)].into_iter().enumerate()
    {
        let sizes =
            Sizes { codes: 3, places: 3, width, heads, blocks, classes: 0 };
        let prior = small(sizes, n as u64);
        let codes = some_codes(2, sizes, n as u64);
        let (_, d) = prior.loss_and_gradient(&codes).unwrap();
        let loss = |p: &Prior<f64>| p.loss_and_gradient(&codes).unwrap().0;
        let numeric = numeric_gradient_of_prior(loss, &prior);
        assert!(prior_err(&d, &numeric) < 1e-6, "{sizes:?}");
    }
}

#[test]
fn a_batch_is_the_sum_of_its_halves() {
    let prior = small(SMALL, 5);
    for maps in [1, 2, 5] {
        let codes = some_codes(maps, SMALL, 6);
        let (loss, whole) = prior.loss_and_gradient(&codes).unwrap();
        let seen = shift_right(&codes, prior.codes());
        let (sum, halves) = prior.learn_in_halves(&seen, &codes);
        assert!((sum - loss).abs() < 1e-12);
        assert!(prior_err(&halves, &whole) < 1e-10, "{maps}");
    }
}

/// What the hand gradient leaves unsaid, dfdx confirms: 0 exactly at later rows.
#[test]
fn the_tape_finds_the_same_zeros() {
    let (prior, dev) = (small(SMALL, 4), Cpu::default());
    let there = on_dfdx::Prior::new(&dev, &prior);
    let rows = normal((5, 6), 7);
    for i in 0..5 {
        let x = lab::tensor(&dev, &rows, (5, 6));
        let logits = there.forward_rows(x.leaky_trace());
        let mut pick = ndarray::Array2::zeros((5, 4));
        pick.row_mut(i).assign(&ndarray::array![1.0, -2.0, 0.5, 3.0]);
        let s = (logits * lab::tensor(&dev, &pick, (5, 4))).sum::<(), _>();
        let d = lab::array(&s.backward().get(&x));
        let pass = prior.forward_rows(rows.clone());
        let (by_hand, _) = prior.backward_rows(&pass, &pick);
        for j in 0..5 {
            let zero =
                |d: &ndarray::Array2<f64>| d.row(j).iter().all(|v| *v == 0.0);
            assert_eq!(zero(&d), j > i, "place {i}, row {j}");
            assert_eq!(zero(&by_hand), j > i, "place {i}, row {j}");
        }
        assert!(lab::max_rel_err(&by_hand, &d) < 1e-10);
    }
}

fn both_rooms_train_alike<D: Device<f64>>(dev: &D) {
    let sizes = Sizes {
        codes: 6,
        places: 9,
        width: 8,
        heads: 2,
        blocks: 2,
        classes: 0,
    };
    let config = AdamConfig { lr: 3e-3, ..AdamConfig::default() };
    let start = Prior::<f64>::new(sizes, &mut rng_at(3, 0)).unwrap();
    let batches: Vec<_> = (0..8)
        .map(|t| (3e-3 / (t + 1) as f64, some_codes(4, sizes, t)))
        .collect();
    let (mut prior, mut adam) = (start.clone(), Adam::new(&start, config));
    let mut there = on_dfdx::Prior::new(dev, &start);
    let mut adam_there = gradients::on_dfdx::Adam::new(config);
    for (lr, codes) in &batches {
        let (loss, d) = prior.loss_and_gradient(codes).unwrap();
        let seen = shift_right(codes, 6);
        let (other, mut d_there) = there.learn(&seen, codes);
        let other = other.as_vec()[0];
        assert!(scalar_err(loss, other) < 1e-10, "{loss} {other}");
        (adam.config.lr, adam_there.config.lr) = (*lr, *lr);
        adam.step(&mut prior, &d);
        adam_there.step(&mut there, &mut d_there);
    }
    let theirs = to_plain(&start, &arrays(&there));
    // Where a gradient is 0 up to rounding, Adam goes where rounding says:
    // a key's bias moves nothing, so it is left out.
    for (n, (a, b)) in
        prior.parameters().iter().zip(theirs.parameters()).enumerate()
    {
        let bias_of_keys = n >= 2 && (n - 2) % 16 == 5 && n < 2 + 16 * 2;
        let far = (a - &b).iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        assert!(bias_of_keys || far < 1e-8, "parameter {n}: {far:e}");
    }
}

#[test]
fn both_rooms_train_step_by_step_to_the_same_losses() {
    both_rooms_train_alike(&Cpu::default());
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_takes_the_same_first_steps() {
    let dev = lab::open_cuda(0).unwrap();
    both_rooms_train_alike(&dev);
}

#[test]
fn single_precision_agrees_to_its_own_digits() {
    let sizes = Sizes {
        codes: 6,
        places: 9,
        width: 8,
        heads: 2,
        blocks: 2,
        classes: 0,
    };
    let prior = Prior::<f32>::new(sizes, &mut rng_at(3, 0)).unwrap();
    let codes = some_codes(4, sizes, 0);
    let (loss, d) = prior.loss_and_gradient(&codes).unwrap();
    let there = on_dfdx::Prior::new(&Cpu::default(), &prior);
    let (theirs, d_there) = there.learn(&shift_right(&codes, 6), &codes);
    assert!((loss - theirs.array()).abs() < 1e-5 * loss);
    let theirs = to_plain(&prior, &gradients(&there, &d_there));
    let largest = |p: &Prior<f32>| {
        let all = p.parameters();
        all.iter().flat_map(|p| p.iter()).fold(0.0_f32, |m, v| m.max(v.abs()))
    };
    let scale = largest(&d);
    for (a, b) in d.parameters().iter().zip(theirs.parameters()) {
        let far = (a - &b).iter().fold(0.0_f32, |m, v| m.max(v.abs()));
        assert!(far < 1e-5 * scale, "{far:e}");
    }
    let back = to_plain(&prior, &arrays(&there));
    assert_eq!(back, prior, "weights survive the journey");
}

const SIZES: Sizes =
    Sizes { codes: 6, places: 9, width: 8, heads: 2, blocks: 2, classes: 0 };

fn start<'a>(room: Room, codes: &'a Array2<usize>) -> Box<dyn Learns + 'a> {
    changed(room, codes, |training| training)
}

fn changed<'a>(
    room: Room,
    codes: &'a Array2<usize>,
    change: impl FnOnce(Training<'a>) -> Training<'a>,
) -> Box<dyn Learns + 'a> {
    let adam = AdamConfig { lr: 3e-3, ..AdamConfig::default() };
    let config =
        Config { sizes: SIZES, batch: 8, steps: 20, warm_up: 5, adam };
    let plain = change(Training::new(config, codes, 7).unwrap());
    let dev = Cpu::default();
    match room {
        Room::Plain => Box::new(plain),
        Room::Dfdx => Box::new(on_dfdx::Training::new(&dev, plain)),
    }
}

/// Warm-up, then the way down: both are under way where the rooms change.
#[test]
fn a_training_can_change_rooms() {
    let codes = some_codes(50, SIZES, 2);
    let start = |room| start(room, &codes);
    lab::either_room_goes_on(start, |t| t.losses(), 5, 1e-5);
}

#[test]
fn the_switches_do_the_same_in_both_rooms() {
    let codes = some_codes(50, SIZES, 2);
    let whole = |change: fn(Training) -> Training| {
        [Room::Plain, Room::Dfdx].map(|room| {
            let mut run = changed(room, &codes, change);
            (0..6).for_each(|_| drop(run.step().unwrap()));
            (run.losses(), run.prior())
        })
    };
    let mut last = Vec::new();
    let changes: [fn(Training) -> Training; 3] =
        [|t| t, |t| t.without_shift(), |t| t.without_positions()];
    for (n, change) in changes.into_iter().enumerate() {
        let [(a, plain), (b, there)] = whole(change);
        for (a, b) in a.iter().zip(&b) {
            assert!((a - b).abs() < 1e-4 * a, "switch {n}: {a} {b}");
        }
        for prior in [&plain, &there] {
            let zero = prior.positions.iter().all(|v| *v == 0.0);
            assert_eq!(zero, n == 2, "switch {n}");
        }
        last.push(a[5]);
    }
    assert!(last[1] != last[0] && last[2] != last[0], "{last:?}");
}

#[test]
fn a_run_that_diverges_stops_at_that_step_and_says_where() {
    let codes = some_codes(50, SIZES, 2);
    for room in [Room::Plain, Room::Dfdx] {
        let mut run = changed(room, &codes, |mut training| {
            training.config.adam.lr = 1e30;
            training
        });
        let found = (0..100).find_map(|_| run.step().err());
        let found = found.unwrap().to_string();
        let start = "diverged at step 1: the loss of the prior is ";
        assert!(found.starts_with(start), "{room}: {found}");
    }
}

fn the_cache_there_gives_what_a_whole_pass_here_gives<D: Device<f32>>(
    dev: &D,
) {
    for (heads, blocks) in [(2, 2), (1, 1), (4, 0)] {
        let sizes = Sizes { heads, blocks, ..SIZES };
        let prior = Prior::<f32>::new(sizes, &mut rng_at(3, 0)).unwrap();
        let codes = some_codes(7, sizes, 1);
        let full = prior.forward(&codes).unwrap().logits; // [7 · 9, K]
        let there = on_dfdx::Prior::new(dev, &prior);
        let mut cache = there.cache(7);
        let mut last = vec![sizes.codes; 7];
        for i in 0..9 {
            let here = there.next(&mut cache, &last); // [7, K]
            for n in 0..7 {
                let whole = full.row(n * 9 + i);
                let apart = (&here.row(n) - &whole).mapv(f32::abs);
                assert!(apart.iter().all(|v| *v < 1e-5), "place {i}");
            }
            last = codes.column(i).to_vec();
        }
    }
}

#[test]
fn the_cache_of_either_room_gives_what_a_whole_pass_gives() {
    the_cache_there_gives_what_a_whole_pass_here_gives(&Cpu::default());
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_keeps_the_same_keys_and_values() {
    let dev = lab::open_cuda(0).unwrap();
    the_cache_there_gives_what_a_whole_pass_here_gives(&dev);
}

#[test]
fn both_rooms_draw_the_same_codes() {
    let prior = Prior::<f64>::new(SIZES, &mut rng_at(5, 0)).unwrap();
    let there = on_dfdx::Prior::new(&Cpu::default(), &prior);
    assert_eq!(Draws::sizes(&there), SIZES);
    // More than are drawn side by side, so that a second part begins.
    let drawn = sample(&prior, 300, 1.0, 3).unwrap();
    assert_eq!(sample(&there, 300, 1.0, 3).unwrap(), drawn);
    let given = drawn.slice(ndarray::s![..40, ..4]).to_owned();
    for temperature in [0.0, 0.7, 2.0] {
        let done = complete(&prior, &given, temperature, 4).unwrap();
        let theirs = complete(&there, &given, temperature, 4).unwrap();
        assert_eq!(theirs, done, "temperature {temperature}");
    }
}

#[test]
fn codes_cost_the_same_in_both_rooms() {
    let prior = Prior::<f64>::new(SIZES, &mut rng_at(5, 0)).unwrap();
    let there = on_dfdx::Prior::new(&Cpu::default(), &prior);
    let codes = some_codes(300, SIZES, 1); // two batches and a rest
    let here = prior.nats(&codes).unwrap();
    assert!(lab::max_rel_err(&here, &there.nats(&codes)) < 1e-12);
}

#[test]
fn the_gradient_is_pytorch_s() {
    let mut values = reference().unwrap();
    let prior = reference_prior(&mut values, "model/parameters").unwrap();
    let codes = ledger::reference_codes(&mut values, "model/codes").unwrap();
    let (_, mut d) = prior.loss_and_gradient(&codes).unwrap();
    let expected = reference_prior(&mut values, "model/gradient").unwrap();
    assert!(prior_err(&d, &expected) < 1e-10);
    d.table[[0, 0]] += 1e-3;
    assert!(prior_err(&d, &expected) > 1e-5, "and a wrong one is not");
}
