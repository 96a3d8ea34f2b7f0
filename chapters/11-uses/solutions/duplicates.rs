use ndarray::{Array2, ArrayView2, s};

pub fn duplicates(
    codes: &Array2<usize>,
    pictures: &Array2<f64>,
    side: usize,
    (common, most): (usize, f64),
) -> Vec<(usize, usize)> {
    let n = pictures.nrows();
    let pairs = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
    let same = |(i, j): &(usize, usize)| {
        let [a, b] = [i, j].map(|n| codes.row(*n).to_vec());
        let [x, y] = [i, j].map(|n| pictures.row(*n));
        let [x, y] = [&x, &y].map(|x| x.to_shape((side, side)).unwrap());
        shared(&a, b) >= common && apart(x.view(), y.view()) <= most
    };
    pairs.filter(same).collect()
}

/// How many codes two pictures have in common.
fn shared(a: &[usize], mut left: Vec<usize>) -> usize {
    let taken = a.iter().filter(|code| {
        let at = left.iter().position(|c| c == *code);
        at.map(|at| left.swap_remove(at)).is_some()
    });
    taken.count()
}

/// The mean squared difference after the best shift.
fn apart(x: ArrayView2<f64>, y: ArrayView2<f64>) -> f64 {
    let side = x.nrows();
    // Of a side, what remains of either picture.
    let parts = [
        (0..side - 1, 1..side), // -1
        (0..side, 0..side),
        (1..side, 0..side - 1), // 1
    ];
    let mut least = f64::INFINITY;
    for (a, b) in &parts {
        for (c, d) in &parts {
            let x = x.slice(s![a.clone(), c.clone()]);
            let y = y.slice(s![b.clone(), d.clone()]);
            let off = &x - &y;
            least = least.min((&off * &off).mean().unwrap());
        }
    }
    least
}
