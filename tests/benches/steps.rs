//! `cargo bench -p workbook-tests`: the cases of the page "How fast?", without the peers.

use workbook_tests::speed::{Case, Room, TABLE, cases};

fn main() {
    divan::main();
}

fn bench(bencher: divan::Bencher, case: Case, room: Room) {
    let mut work = case.prepare(room).expect("a case of this room");
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
    bench(bencher, case, Room::Dfdx);
}
