//! Hand gradients against finite differences, dfdx and PyTorch; training in both rooms.

use code_prior::ledger::{
    self, numeric_gradient_of_prior, prior_err, reference, reference_prior,
};
use code_prior::model::{Prior, Sizes};
use code_prior::on_dfdx;
use code_prior::training::Adam;
use dfdx::prelude::{AsArray, Backward, Cpu, Device, SumTo, Trace};
use gradients::compare::scalar_err;
use gradients::plain::AdamConfig;
use lab::{Against, rng_at};

use crate::equations::{SMALL, normal, small, some_codes};

#[test]
fn every_row_of_the_ledger_passes() {
    let rows = ledger::rows(&Cpu::default(), Against::DfdxCpu).unwrap();
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

/// Models of several sizes: one head or three, one block or none.
#[test]
fn whole_models_of_several_sizes_have_the_gradient_of_their_loss() {
    for (n, (width, heads, blocks)) in
        [(4, 1, 1), (6, 3, 1), (3, 1, 0)].into_iter().enumerate()
    {
        let sizes = Sizes { codes: 3, places: 3, width, heads, blocks };
        let prior = small(sizes, n as u64);
        let codes = some_codes(2, sizes, n as u64);
        let (_, d) = prior.loss_and_gradient(&codes).unwrap();
        let loss = |p: &Prior<f64>| p.loss_and_gradient(&codes).unwrap().0;
        let numeric = numeric_gradient_of_prior(loss, &prior);
        assert!(prior_err(&d, &numeric) < 1e-6, "{sizes:?}");
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
    let sizes = Sizes { codes: 6, places: 9, width: 8, heads: 2, blocks: 2 };
    let config = AdamConfig { lr: 3e-3, ..AdamConfig::default() };
    let start = Prior::<f64>::new(sizes, &mut rng_at(3, 0)).unwrap();
    let batches: Vec<_> = (0..8)
        .map(|t| (3e-3 / (t + 1) as f64, some_codes(4, sizes, t)))
        .collect();
    let (losses, theirs) =
        on_dfdx::train(dev, &start, config, batches.iter().cloned()).unwrap();
    let (mut prior, mut adam) = (start.clone(), Adam::new(&start, config));
    for ((lr, codes), other) in batches.iter().zip(losses) {
        let (loss, d) = prior.loss_and_gradient(codes).unwrap();
        assert!(scalar_err(loss, other) < 1e-10, "{loss} {other}");
        adam.config.lr = *lr;
        adam.step(&mut prior, &d);
    }
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
    let sizes = Sizes { codes: 6, places: 9, width: 8, heads: 2, blocks: 2 };
    let prior = Prior::<f32>::new(sizes, &mut rng_at(3, 0)).unwrap();
    let codes = some_codes(4, sizes, 0);
    let (loss, d) = prior.loss_and_gradient(&codes).unwrap();
    let there = on_dfdx::Prior::new(&Cpu::default(), &prior);
    let taped = there.loss(&codes);
    assert!((loss - taped.array()).abs() < 1e-5 * loss);
    let theirs = there.gradient(&taped.backward());
    let largest = |p: &Prior<f32>| {
        let all = p.parameters();
        all.iter().flat_map(|p| p.iter()).fold(0.0_f32, |m, v| m.max(v.abs()))
    };
    let scale = largest(&d);
    for (a, b) in d.parameters().iter().zip(theirs.parameters()) {
        let far = (a - &b).iter().fold(0.0_f32, |m, v| m.max(v.abs()));
        assert!(far < 1e-5 * scale, "{far:e}");
    }
    assert_eq!(there.to_plain(), prior, "weights survive the journey");
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
