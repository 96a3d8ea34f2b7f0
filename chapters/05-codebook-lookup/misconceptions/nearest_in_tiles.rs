use ndarray::{Array2, Axis};

fn walk(
    z: &Array2<f64>,
    codebook: &Array2<f64>,
    tile: usize,
    keep: impl Fn(&mut (f64, usize), usize, usize, f64),
) -> Vec<usize> {
    let mut best = vec![(f64::INFINITY, 0); z.nrows()];
    for (t, part) in codebook.axis_chunks_iter(Axis(0), tile).enumerate() {
        for (best, z) in best.iter_mut().zip(z.rows()) {
            for (k, e) in part.rows().into_iter().enumerate() {
                let d = (&z - &e).mapv(|v| v * v).sum();
                keep(best, t, k, d);
            }
        }
    }
    best.into_iter().map(|(_, k)| k).collect()
}

pub fn place_in_tile(
    z: &Array2<f64>,
    codebook: &Array2<f64>,
    tile: usize,
) -> Vec<usize> {
    walk(z, codebook, tile, |best, _, k, d| {
        if d < best.0 {
            *best = (d, k);
        }
    })
}

pub fn minimum_forgotten(
    z: &Array2<f64>,
    codebook: &Array2<f64>,
    tile: usize,
) -> Vec<usize> {
    walk(z, codebook, tile, |best, t, k, d| {
        if k == 0 || d < best.0 {
            *best = (d, t * tile + k);
        }
    })
}

pub fn last_of_equals(
    z: &Array2<f64>,
    codebook: &Array2<f64>,
    tile: usize,
) -> Vec<usize> {
    walk(z, codebook, tile, |best, t, k, d| {
        if d <= best.0 {
            *best = (d, t * tile + k);
        }
    })
}

pub fn short_tile_dropped(
    z: &Array2<f64>,
    codebook: &Array2<f64>,
    tile: usize,
) -> Vec<usize> {
    let whole = codebook.nrows() / tile;
    walk(z, codebook, tile, |best, t, k, d| {
        if t < whole && d < best.0 {
            *best = (d, t * tile + k);
        }
    })
}

/// The score with ‖e‖² in place of its half.
pub fn half_forgotten(
    z: &Array2<f64>,
    codebook: &Array2<f64>,
    tile: usize,
) -> Vec<usize> {
    let mut best = vec![(f64::INFINITY, 0); z.nrows()];
    for (t, part) in codebook.axis_chunks_iter(Axis(0), tile).enumerate() {
        let scores = (&part * &part).sum_axis(Axis(1)) - z.dot(&part.t());
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
