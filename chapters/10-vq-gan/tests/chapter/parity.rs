//! The two rooms agree.

use dfdx::prelude::Cpu;
use lab::Against;
use vq_gan::ledger::rows;

#[test]
fn every_row_of_the_ledger_passes() {
    let rows = rows(&Cpu::default(), Against::DfdxCpu).unwrap();
    assert_eq!(rows.len(), 36);
    for row in rows {
        eprintln!("{} {:e}", row.name(), row.error);
        assert!(row.passes(), "{row:?}");
    }
}
