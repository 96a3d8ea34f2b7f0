//! From one digit to another: a part of the experiment `digits`.

use codebook_lookup::plain::{gather, nearest};
use lab::{ImageGrid, Lab};
use ndarray::s;

use crate::model::VqVae;
use crate::run::pictures::push_rows;
use crate::run::setting::Data;

/// Latents mixed and drawn as they are, the same latents rounded to codes, and places
/// that change over one by one.
pub fn measure(
    lab: &mut Lab,
    model: &VqVae<f32>,
    data: &Data,
) -> anyhow::Result<()> {
    let columns = 12;
    let mut grid = ImageGrid::new(columns);
    let places = model.sizes.places();
    let pairs = data.test.exact_chunks((2, 784)).into_iter().take(2);
    for x in pairs.map(|pair| pair.to_owned()) {
        let z = model.latents(&x)?; // [2 S², D]
        let codes = model.encode(&x)?; // [2, S²]
        let (a, b) = (z.slice(s![..places, ..]), z.slice(s![places.., ..]));
        let mut rows = [const { Vec::new() }; 3];
        for n in 0..columns {
            let t = n as f32 / (columns - 1) as f32;
            let mixed = &a * (1.0 - t) + &b * t; // [S², D]
            let rounded = nearest(&mixed, &model.codebook)?;
            let changed = (t * places as f32).round() as usize;
            let from = |place| usize::from(place < changed);
            let swapped: Vec<usize> =
                (0..places).map(|p| codes[[from(p), p]]).collect();
            rows[0].push(model.draw(&mixed)?);
            rows[1].push(model.draw(&gather(&model.codebook, &rounded))?);
            rows[2].push(model.draw(&gather(&model.codebook, &swapped))?);
        }
        for images in rows.iter().flatten() {
            push_rows(&mut grid, images);
        }
    }
    lab.image("between", &grid)
}
