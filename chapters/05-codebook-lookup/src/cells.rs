//! Voronoi cells of a codebook in the plane: what is nearer to one vector
//! than to all others.

use ndarray::{Array2, ArrayView1};

/// A stretch of border between two cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Border {
    /// The two cells, by their rows in the codebook.
    pub between: (usize, usize),
    /// Where it begins and ends.
    pub ends: [(f64, f64); 2],
}

impl Border {
    /// The part of the border inside a rectangle, if there is any.
    pub fn clipped(
        &self,
        x: (f64, f64),
        y: (f64, f64),
    ) -> Option<[(f64, f64); 2]> {
        let [a, b] = self.ends;
        let (mut from, mut to) = (0.0_f64, 1.0_f64);
        let sides = [(a.0, b.0 - a.0, x), (a.1, b.1 - a.1, y)];
        for (start, step, (low, high)) in sides {
            if step == 0.0 && !(low..=high).contains(&start) {
                return None;
            }
            if step != 0.0 {
                let (s, t) = ((low - start) / step, (high - start) / step);
                (from, to) = (from.max(s.min(t)), to.min(s.max(t)));
            }
        }
        let at = |t: f64| (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1));
        (from < to).then(|| [at(from), at(to)])
    }
}

/// The borders of the cells of a codebook `[K, 2]`, as far as `reach` from
/// the middle of each pair. A row that is there twice borders on nothing.
///
/// # Panics
/// The codebook is not two columns wide.
pub fn borders(codebook: &Array2<f64>, reach: f64) -> Vec<Border> {
    assert_eq!(codebook.ncols(), 2, "cells are drawn in the plane");
    let mut all = Vec::new();
    for i in 0..codebook.nrows() {
        for j in i + 1..codebook.nrows() {
            all.extend(border(codebook, (i, j), reach));
        }
    }
    all
}

/// Walks the line of points that are as near to `i` as to `j`, and keeps the
/// part that no third vector is nearer to.
fn border(
    codebook: &Array2<f64>,
    (i, j): (usize, usize),
    reach: f64,
) -> Option<Border> {
    let (a, b) = (codebook.row(i), codebook.row(j));
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length = dx.hypot(dy);
    if length == 0.0 {
        return None;
    }
    let middle = ((a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0);
    let along = (-dy / length, dx / length);
    let at = |t: f64| (middle.0 + t * along.0, middle.1 + t * along.1);
    let square = |p: (f64, f64), e: ArrayView1<f64>| {
        (p.0 - e[0]).powi(2) + (p.1 - e[1]).powi(2)
    };
    let (mut from, mut to) = (-reach, reach);
    for (k, c) in codebook.rows().into_iter().enumerate() {
        if k == i || k == j {
            continue;
        }
        // Nearer to `a` than to `c` where `slope * t <= lead`.
        let lead = square(middle, c) - square(middle, a);
        let slope = 2.0 * (along.0 * (c[0] - a[0]) + along.1 * (c[1] - a[1]));
        if slope > 0.0 {
            to = to.min(lead / slope);
        } else if slope < 0.0 {
            from = from.max(lead / slope);
        } else if lead < 0.0 {
            return None;
        }
    }
    let ends = [at(from), at(to)];
    (from < to).then_some(Border { between: (i, j), ends })
}
