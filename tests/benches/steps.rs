//! `cargo bench -p workbook-tests`: the cases of the page "How fast?", without the peers.

use lab::Device;
use workbook_tests::speed::{Case, Room, TABLE, cases};

fn main() {
    rayon::scope(|_| divan::main());
}

fn bench(bencher: divan::Bencher, case: Case, room: Room) {
    let work = case.prepare(room).expect("a training that starts");
    let mut work = work.expect("a case of this room");
    bencher.bench_local(|| work(1));
}

/// Plain ndarray.
#[divan::bench(args = cases())]
fn plain(bencher: divan::Bencher, case: Case) {
    bench(bencher, case, Room::Plain);
}

/// dfdx on the processor.
#[divan::bench(args = TABLE)]
fn on_dfdx(bencher: divan::Bencher, case: Case) {
    bench(bencher, case, Room::Dfdx(Device::Cpu));
}
