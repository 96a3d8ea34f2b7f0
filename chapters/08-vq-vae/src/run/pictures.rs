//! Pictures that are no plots.

use std::fmt::Write;

use lab::ImageGrid;
use ndarray::{Array1, Array2};

use crate::measures::principal_components;
use crate::model::VqVae;
use crate::plain::IMAGE;

/// Adds images `[N, 784]` in [0, 1] to a grid.
pub fn push_rows(grid: &mut ImageGrid, x: &Array2<f32>) {
    for row in x.rows() {
        let image = row.to_shape((IMAGE, IMAGE)).expect("784 pixels");
        grid.push(image.view(), 0.0, 1.0);
    }
}

/// A colour for each code: near codes have near hues. The hue is the angle in the plane of the first two principal
/// components of the codebook; `[K]`, degrees.
fn hues(codebook: &Array2<f32>) -> Array1<f64> {
    let e = codebook.mapv(f64::from);
    let found = principal_components(&e);
    let along = |n: usize| (&e - &found.mean).dot(&found.directions.row(n));
    let (x, y) = (along(0), along(1.min(e.ncols() - 1)));
    let angle = |(x, y): (&f64, &f64)| y.atan2(*x).to_degrees() + 180.0;
    x.iter().zip(&y).map(angle).collect()
}

/// Images `[N, 784]`, below each its codes as coloured places with their numbers, as SVG.
pub fn code_maps(
    model: &VqVae<f32>,
    x: &Array2<f32>,
    columns: usize,
) -> anyhow::Result<String> {
    let codes = model.encode(x)?; // [N, S²]
    let hues = hues(&model.codebook);
    let side = model.sizes.side();
    let (cell, gap) = (112.0, 8.0);
    let step = cell + gap;
    let size = cell / side as f64;
    let rows = x.nrows().div_ceil(columns);
    let width = columns.min(x.nrows()) as f64 * step - gap;
    let height = 2.0 * rows as f64 * step - gap;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" font-family=\"sans-serif\" font-size=\"{:.1}\" text-anchor=\"middle\">\n",
        0.45 * size,
    );
    for (n, (image, map)) in
        x.rows().into_iter().zip(codes.rows()).enumerate()
    {
        let left = (n % columns) as f64 * step;
        let top = 2.0 * (n / columns) as f64 * step;
        writeln!(svg, "<g transform=\"translate({left} {top})\">")?;
        svg.push_str(&pixels(&image.to_vec(), cell)?);
        for (place, code) in map.iter().enumerate() {
            let (x, y) = ((place % side) as f64, (place / side) as f64);
            let (x, y) = (size * x, size * y + step);
            writeln!(
                svg,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{size:.1}\" height=\"{size:.1}\" \
                 fill=\"hsl({:.0} 60% 72%)\"/><text x=\"{:.1}\" y=\"{:.1}\" fill=\"#222\">{code}</text>",
                hues[*code],
                x + 0.5 * size,
                y + 0.66 * size,
            )?;
        }
        svg.push_str("</g>\n");
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

/// A grey image as runs of pixels of one of eight shades, on black.
fn pixels(image: &[f32], cell: f64) -> anyhow::Result<String> {
    let size = cell / IMAGE as f64;
    let mut svg =
        format!("<rect width=\"{cell}\" height=\"{cell}\" fill=\"#000\"/>\n");
    for (y, line) in image.chunks(IMAGE).enumerate() {
        let shades: Vec<u32> =
            line.iter().map(|v| (8.0 * v).round() as u32).collect();
        let mut x = 0;
        for run in shades.chunk_by(|a, b| a == b) {
            if run[0] > 0 {
                let grey = (run[0] * 32).min(255);
                writeln!(
                    svg,
                    "<rect x=\"{:.0}\" y=\"{:.0}\" width=\"{:.0}\" height=\"{size:.0}\" \
                     fill=\"#{grey:02x}{grey:02x}{grey:02x}\"/>",
                    x as f64 * size,
                    y as f64 * size,
                    run.len() as f64 * size,
                )?;
            }
            x += run.len();
        }
    }
    Ok(svg)
}
