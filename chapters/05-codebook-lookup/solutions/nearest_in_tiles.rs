use ndarray::{Array2, Axis};

pub fn nearest_in_tiles(
    z: &Array2<f64>,
    codebook: &Array2<f64>,
    tile: usize,
) -> Vec<usize> {
    let mut best = vec![(f64::INFINITY, 0); z.nrows()];
    for (t, part) in codebook.axis_chunks_iter(Axis(0), tile).enumerate() {
        let halves = (&part * &part).sum_axis(Axis(1)) / 2.0;
        let scores = halves - z.dot(&part.t());
        for (best, row) in best.iter_mut().zip(scores.rows()) {
            for (k, &score) in row.iter().enumerate() {
                if score < best.0 {
                    *best = (score, t * tile + k);
                }
            }
        }
    }
    best.into_iter().map(|(_, k)| k).collect()
}
