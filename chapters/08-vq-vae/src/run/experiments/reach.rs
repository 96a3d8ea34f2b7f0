//! What each code draws, and how far one reaches: a part of the experiment `digits`.

use codebook_lookup::plain::usage;
use lab::{Claim, ImageGrid, Lab, Within};
use ndarray::{Array2, Axis as Dim, s};

use crate::model::VqVae;

/// The most frequent codes: what lies around each, and how far one reaches.
pub fn measure(
    lab: &mut Lab,
    model: &VqVae<f32>,
    codes: &Array2<usize>,
) -> anyhow::Result<()> {
    let flat: Vec<usize> = codes.iter().copied().collect();
    let counts = usage(&flat, model.codes());
    let mut order: Vec<usize> = (0..model.codes()).collect();
    order.sort_by_key(|k| std::cmp::Reverse(counts[*k]));
    let shown = 64.min(order.len());
    let mut grid = ImageGrid::new(16).zoom(4);
    for around in surroundings(model, codes, &order[..shown])? {
        grid.push(around.view(), 0.0, 1.0);
    }
    lab.image("single", &grid)?;

    how_far(lab, model, codes, &order)
}

/// What changes in an image when the code in its middle does.
fn how_far(
    lab: &mut Lab,
    model: &VqVae<f32>,
    codes: &Array2<usize>,
    order: &[usize],
) -> anyhow::Result<()> {
    let mut maps = codes.slice(s![..codes.nrows().min(64), ..]).to_owned();
    let before = model.decode(&maps)?; // [64, 784]
    let middle = model.sizes.places() / 2;
    for (mut map, k) in maps.rows_mut().into_iter().zip(order) {
        map[middle] = *k;
    }
    let change = model.decode(&maps)? - before; // [64, 784]
    let reach = change.mapv(|v| f64::from(v * v)).sum_axis(Dim(0));
    let (side, patch) = (model.sizes.side(), model.sizes.patch);
    let middle = side / 2;
    let within = |places: usize| {
        let inside = |v: usize| (v / patch).abs_diff(middle) <= places;
        let pixels = reach.iter().enumerate();
        let pixels = pixels.filter(|(n, _)| inside(n / 28) && inside(n % 28));
        pixels.map(|(_, v)| v).sum::<f64>() / reach.sum().max(1e-30)
    };
    lab.result("change_in_own_patch", within(0), Within::Absolute(0.1))?;
    lab.result("change_in_3x3_patches", within(1), Within::Absolute(0.1))?;
    lab.result("change_in_5x5_patches", within(2), Within::Absolute(0.05))?;
    lab.result("change_in_7x7_patches", within(3), Within::Absolute(1e-6))
}

/// What lies around each code, its own patch in the middle: the mean over its places in the first few thousand images.
/// `[3p, 3p]`, a picture for each of `shown`.
fn surroundings(
    model: &VqVae<f32>,
    codes: &Array2<usize>,
    shown: &[usize],
) -> anyhow::Result<Vec<Array2<f32>>> {
    let (side, patch) = (model.sizes.side(), model.sizes.patch);
    let few = codes.slice(s![..codes.nrows().min(2000), ..]).to_owned();
    let drawn = model.decode(&few)?; // [2000, 784]
    let empty = Array2::<f32>::zeros((3 * patch, 3 * patch));
    let mut sums = vec![(empty, 0.0_f32); model.codes()];
    for (map, image) in few.rows().into_iter().zip(drawn.rows()) {
        let image = image.to_shape((28, 28))?;
        for (place, &code) in map.iter().enumerate() {
            let (top, left) = (place / side * patch, place % side * patch);
            let (sum, count) = &mut sums[code];
            *count += 1.0;
            for ((i, j), v) in sum.indexed_iter_mut() {
                let y = (top + i).checked_sub(patch);
                let x = (left + j).checked_sub(patch);
                let pixel = y.zip(x).and_then(|at| image.get(at));
                *v += pixel.copied().unwrap_or(0.0);
            }
        }
    }
    let mean = |k: &usize| &sums[*k].0 / sums[*k].1.max(1.0);
    Ok(shown.iter().map(mean).collect())
}

pub fn claims() -> Vec<(&'static str, Claim)> {
    vec![
        (
            "and_hardly_beyond_the_next_ones",
            Claim::less(0.99, "change_in_3x3_patches"),
        ),
        (
            "a_code_draws_beyond_its_patch",
            Claim::less("change_in_own_patch", 0.9),
        ),
    ]
}
