//! Hand gradients against finite differences, dfdx and PyTorch.

use gradients::plain::AdamConfig;
use lab::Against;
use minimax_loss::{ledger, on_dfdx, plain};
use ndarray::array;

#[test]
fn every_row_of_the_ledger_passes() {
    let rows = ledger::rows(&dfdx::tensor::Cpu::default(), Against::DfdxCpu)
        .unwrap();
    assert_eq!(rows.len(), 3 * 5);
    for row in rows {
        assert!(row.passes(), "{}: {:e}", row.name(), row.error);
    }
}

#[test]
fn both_rooms_climb_the_same_path() {
    let (p, q) = (array![0.6, 0.3, 0.1], array![0.2, 0.2, 0.6]);
    let config = AdamConfig { lr: 0.05, ..AdamConfig::default() };
    let history = plain::climb(&p, &q, config, 50);
    let dev = dfdx::tensor::Cpu::default();
    for steps in [1, 2, 10, 50] {
        let other = on_dfdx::climb::<3, _>(&dev, &p, &q, config, steps);
        assert!(
            lab::max_rel_err(&history[steps], &other) < 1e-9,
            "after {steps} steps"
        );
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
