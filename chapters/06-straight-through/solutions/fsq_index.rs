use ndarray::Array2;

pub fn fsq_index(z: &Array2<f64>, levels: &[usize]) -> Vec<usize> {
    let index = |row: ndarray::ArrayView1<f64>| {
        row.iter().zip(levels).rev().fold(0, |index, (z, &l)| {
            let half = (l - 1) as f64 / 2.0;
            let digit = (z.tanh() * half + half + 0.5).floor() as usize;
            index * l + digit
        })
    };
    z.rows().into_iter().map(index).collect()
}
