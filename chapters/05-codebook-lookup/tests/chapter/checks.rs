//! The checks of this chapter's exercises.

use lab::{Diagnosis, judge, judge_number};
use ndarray::{Array1, Array2, ArrayView1, array};

/// Latents and a codebook with two rows alike.
fn lookup() -> (Array2<f64>, Array2<f64>) {
    (
        array![[0.9, 0.1], [3.5, 2.0], [-1.0, -0.8], [0.1, 0.2], [1.2, -0.4]],
        array![[0.0, 0.0], [1.0, 0.0], [3.0, 2.0], [1.0, 0.0], [-1.0, -1.0]],
    )
}

/// The row of the codebook that wins against every earlier one, for each latent, as numbers.
fn winners(
    better: impl Fn(ArrayView1<f64>, ArrayView1<f64>, ArrayView1<f64>) -> bool,
) -> Array1<f64> {
    let (z, codebook) = lookup();
    let first = |z: ArrayView1<f64>| {
        (1..codebook.nrows()).fold(0, |old, new| {
            let wins = better(z, codebook.row(new), codebook.row(old));
            if wins { new } else { old }
        })
    };
    z.rows().into_iter().map(|z| first(z) as f64).collect()
}

fn square(z: ArrayView1<f64>, e: ArrayView1<f64>) -> f64 {
    (&z - &e).mapv(|v| v * v).sum()
}

fn numbers(indices: &[usize]) -> Array1<f64> {
    indices.iter().map(|&k| k as f64).collect()
}

pub fn nearest(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> Vec<usize>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 5, § The nearest vector, equation 5.1";
    let (z, codebook) = lookup();
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    judge(
        &winners(|z, new, old| square(z, new) < square(z, old)),
        &numbers(&candidate(&z, &codebook)),
        1e-10,
        vec![
            (
                winners(|z, new, old| square(z, new) <= square(z, old)),
                told(
                    "last of equals",
                    "Rows 1 and 3 of the codebook are the same vector, and the later one was taken. Replace the best \
                     so far only by something strictly nearer.",
                ),
            ),
            (
                winners(|z, new, old| square(z, new) > square(z, old)),
                told(
                    "farthest",
                    "This is the farthest vector: an argmax of distances where the argmin belongs.",
                ),
            ),
            (
                winners(|z, new, old| z.dot(&new) > z.dot(&old)),
                told(
                    "largest product",
                    "This takes the largest dot product. It prefers long vectors: without ‖e‖² it is no distance.",
                ),
            ),
            (
                winners(|z, new, old| (&z - &new).sum() < (&z - &old).sum()),
                told(
                    "signed difference",
                    "The differences were added up with their signs; square them first.",
                ),
            ),
        ],
        told("value", "Some index is wrong."),
    )
}

pub fn squared_distances(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 5, § All distances in one product, equation 5.2";
    let z = array![[1.0, 2.0], [0.5, -1.0], [0.0, 3.0]];
    let codebook = array![[2.0, 0.0], [1.0, 1.0], [-1.0, 0.5]];
    let of = |f: &dyn Fn(ArrayView1<f64>, ArrayView1<f64>) -> f64| {
        Array2::from_shape_fn((3, 3), |(n, k)| f(z.row(n), codebook.row(k)))
    };
    let norm = |x: ArrayView1<f64>| x.dot(&x);
    let right = of(&|z, e| square(z, e));
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    judge(
        &right,
        &candidate(&z, &codebook),
        1e-10,
        vec![
            (
                of(&|z, e| norm(z) - 2.0 * z.dot(&e)),
                told(
                    "codebook norm forgotten",
                    "‖e‖² is missing. It differs from column to column, so the nearest may change, not only the numbers.",
                ),
            ),
            (
                of(&|z, e| norm(z) - z.dot(&e) + norm(e)),
                told("two forgotten", "The product counts twice: -2 z·e."),
            ),
            (
                of(&|z, e| norm(z) + 2.0 * z.dot(&e) + norm(e)),
                told("plus", "This is ‖z + e‖². The product is subtracted."),
            ),
            (
                Array2::from_shape_fn((3, 3), |(n, k)| {
                    let (z_n, e_k) = (z.row(n), codebook.row(k));
                    norm(z.row(k)) - 2.0 * z_n.dot(&e_k)
                        + norm(codebook.row(n))
                }),
                told(
                    "axes swapped",
                    "The norms were added along the wrong axes: ‖z‖² belongs to a row, ‖e‖² to a column. With N = K \
                     nothing complains.",
                ),
            ),
            (
                right.mapv(f64::sqrt),
                told(
                    "rooted",
                    "These are distances; the squares were asked for. The nearest is the same, the loss and its \
                     gradient are not.",
                ),
            ),
        ],
        told("value", "Some distance is wrong."),
    )
}

pub fn nearest_in_tiles(
    candidate: fn(&Array2<f64>, &Array2<f64>, usize) -> Vec<usize>,
) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 5, § Without storing the distances, equation 5.3";
    let z = array![[0.1], [1.2], [2.1], [2.9], [4.2]];
    let codebook = array![[0.0], [1.0], [2.0], [3.0], [4.0], [1.0], [9.0]];
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    judge(
        &array![0.0, 1.0, 2.0, 3.0, 4.0],
        &numbers(&candidate(&z, &codebook, 3)),
        1e-10,
        vec![
            (
                array![0.0, 1.0, 2.0, 0.0, 1.0],
                told(
                    "place in the tile",
                    "This is the place within a tile. Add where the tile begins: tile number times tile size.",
                ),
            ),
            (
                array![6.0, 6.0, 6.0, 6.0, 6.0],
                told(
                    "minimum forgotten",
                    "The smallest distance so far was thrown away at the start of each tile, so the last tile decides.",
                ),
            ),
            (
                array![0.0, 5.0, 2.0, 3.0, 4.0],
                told(
                    "last of equals",
                    "Rows 1 and 5 are the same vector, in two tiles; the lower index wins. Compare strictly.",
                ),
            ),
        ],
        told("value", "Some index is wrong."),
    )?;
    let far = array![[8.0], [0.0]];
    judge(
        &array![6.0, 0.0],
        &numbers(&candidate(&far, &codebook, 3)),
        1e-10,
        vec![(
            array![4.0, 0.0],
            told(
                "short tile dropped",
                "Seven rows in tiles of three leave a tile of one, and it was not visited.",
            ),
        )],
        told("value", "Some index in the last, shorter tile is wrong."),
    )
}

pub fn gather_backward(
    candidate: fn(&Array2<f64>, &[usize], usize) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 5, § What stands for a latent, equation 5.5";
    let d = array![[1.0, 2.0], [0.5, -1.0], [4.0, 3.0]];
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    judge(
        &array![[0.0, 0.0], [0.5, -1.0], [5.0, 5.0], [0.0, 0.0]],
        &candidate(&d, &[2, 1, 2], 4),
        1e-10,
        vec![
            (
                array![[0.0, 0.0], [0.5, -1.0], [4.0, 3.0], [0.0, 0.0]],
                told(
                    "overwritten",
                    "Row 2 was handed out twice, and its second gradient replaced the first. Gradients of several uses \
                     add up. (Assignment with repeated indices does this in NumPy too.)",
                ),
            ),
            (
                array![[0.0, 0.0], [0.5, -1.0], [2.5, 2.5], [0.0, 0.0]],
                told(
                    "averaged",
                    "Row 2 got the mean of its two gradients. The chain rule adds; a mean, if wanted, is the loss's \
                     business.",
                ),
            ),
            (
                Array2::zeros((4, 2)),
                told(
                    "stopped",
                    "Nothing arrives. It is the choice of the index that has no derivative; the row that was handed \
                     out is as differentiable as any copy.",
                ),
            ),
        ],
        told("value", "Some gradient is wrong."),
    )
}

pub fn cluster_means(
    candidate: fn(&Array2<f64>, &[usize], &Array2<f64>) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 5, § Learning a codebook, equation 5.7";
    let z = array![[1.0, 0.0], [3.0, 2.0], [5.0, 5.0], [2.0, 4.0]];
    let indices = [0, 0, 2, 0];
    let codebook = array![[1.5, 1.0], [-7.0, 8.0], [4.0, 4.0]];
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let came = candidate(&z, &indices, &codebook);
    if came.iter().any(|v| v.is_nan()) {
        return Err(told(
            "nothing over nothing",
            "Nobody chose vector 1, and 0 / 0 is not a number. One such row spoils every distance of the next step; \
             leave the vector where it is.",
        ));
    }
    judge(
        &array![[2.0, 2.0], [-7.0, 8.0], [5.0, 5.0]],
        &came,
        1e-10,
        vec![
            (
                array![[2.0, 2.0], [0.0, 0.0], [5.0, 5.0]],
                told(
                    "empty to the origin",
                    "Nobody chose vector 1, and it was sent to the origin: a place it has no reason to be in.",
                ),
            ),
            (
                array![[1.5, 1.5], [-7.0, 8.0], [1.25, 1.25]],
                told(
                    "divided by all",
                    "Each sum was divided by N. Divide by the number of latents that chose the vector.",
                ),
            ),
            (
                (array![[6.0, 6.0], [0.0, 0.0], [5.0, 5.0]] + &codebook)
                    / array![[4.0], [1.0], [2.0]],
                told(
                    "old one counted",
                    "The old vector was averaged with its latents. Lloyd's step forgets it; a step that remembers is \
                     chapter 7's moving average.",
                ),
            ),
        ],
        told("value", "Some mean is wrong."),
    )
}

pub fn next_start(
    candidate: fn(&Array2<f64>, &[usize]) -> Array1<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 5, § Learning a codebook, equation 5.8";
    let z = array![[0.0], [1.0], [4.0], [6.0], [10.0]];
    let chosen = [0, 3];
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let shares = |w: Array1<f64>| &w / w.sum();
    judge(
        &shares(array![0.0, 1.0, 4.0, 0.0, 16.0]),
        &candidate(&z, &chosen),
        1e-10,
        vec![
            (
                shares(array![0.0, 1.0, 2.0, 0.0, 4.0]),
                told(
                    "not squared",
                    "These are proportional to the distance. k-means++ draws by its square, which is what a latent \
                     adds to the distortion.",
                ),
            ),
            (
                shares(array![36.0, 25.0, 4.0, 0.0, 16.0]),
                told(
                    "from the newest",
                    "Only the distance from the last of the chosen was used. The nearest of them counts: even the \
                     latent that was chosen first could be drawn again here.",
                ),
            ),
            (
                shares(array![36.0, 26.0, 20.0, 36.0, 116.0]),
                told(
                    "all added",
                    "The distances from all the chosen were added up. A latent is served by its nearest alone.",
                ),
            ),
            (
                array![0.0, 0.0, 0.0, 0.0, 1.0],
                told(
                    "always the farthest",
                    "This always takes the farthest latent, which is where outliers are. k-means++ draws.",
                ),
            ),
        ],
        told("value", "Some probability is wrong."),
    )
}

pub fn coded_bits(
    candidate: fn(&Array1<usize>, usize) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 5, § Digits in few patches, equations 5.9 and 5.10";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    // Shares of 1/2, 1/4, 1/8 and twice 1/16: 1.875 bits an index, in a codebook of five.
    judge_number(
        49.0 * 1.875,
        candidate(&array![8, 4, 2, 1, 1], 49),
        1e-10,
        vec![
            (
                49.0 * 1.875 * 2.0_f64.ln(),
                told(
                    "in nats",
                    "This is in nats. The size of a file is in bits: divide by ln 2.",
                ),
            ),
            (
                1.875,
                told(
                    "one code",
                    "This is the cost of one code; an image has many.",
                ),
            ),
            (
                98.0,
                told(
                    "rounded up",
                    "The entropy was rounded up to whole bits per code. A coder that sees many codes at once need not.",
                ),
            ),
            (
                49.0 * 5.0_f64.log2(),
                told(
                    "all alike",
                    "This is log2 K for every code, the cost when no use is made of how often each occurs.",
                ),
            ),
        ],
        told("value", "The number of bits is wrong."),
    )?;
    let skewed = array![14, 1, 1, 0];
    let came = candidate(&skewed, 49);
    if !came.is_finite() {
        return Err(told(
            "zero times infinity",
            "A code that was never used made the result infinite or NaN. p log p goes to 0 with p; leave it out.",
        ));
    }
    let bits = |p: f64| -p * p.log2();
    let right = 49.0 * (bits(14.0 / 16.0) + 2.0 * bits(1.0 / 16.0));
    judge_number(
        right,
        came,
        1e-10,
        vec![],
        told("value", "The number of bits is wrong for a skewed table."),
    )
}
