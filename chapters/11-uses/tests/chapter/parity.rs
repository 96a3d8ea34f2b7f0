//! The rooms agree.

use dfdx::prelude::Cpu;
use lab::Against;
use uses::ledger::rows;

#[test]
fn every_row_of_the_ledger_passes() {
    let rows = rows(&Cpu::default(), Against::DfdxCpu).unwrap();
    assert_eq!(rows.len(), 12);
    for row in rows {
        assert!(row.passes(), "{row:?}");
    }
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_agrees_with_the_hand_gradients() {
    let dev = lab::open_cuda(0).unwrap();
    for row in rows(&dev, Against::DfdxCuda).unwrap() {
        assert!(row.passes(), "{}: {:e}", row.name(), row.error);
    }
}
