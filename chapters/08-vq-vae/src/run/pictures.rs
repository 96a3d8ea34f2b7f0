//! Pictures that are no plots.

use std::fmt::Write;

use anyhow::Context;
use lab::ImageGrid;
use ndarray::{Array1, Array2, Axis};

use crate::measures::principal_components;
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
pub fn hues(codebook: &Array2<f32>) -> Array1<f64> {
    let e = codebook.mapv(f64::from);
    let found = principal_components(&e);
    let along = |n: usize| (&e - &found.mean).dot(&found.directions.row(n));
    let (x, y) = (along(0), along(1.min(e.ncols() - 1)));
    let angle = |(x, y): (&f64, &f64)| y.atan2(*x).to_degrees() + 180.0;
    x.iter().zip(&y).map(angle).collect()
}

/// The first 16 of some images above what became of them.
pub fn beside(
    rows: &[usize],
    (x, y): (&Array2<f32>, &Array2<f32>),
) -> ImageGrid {
    let rows = &rows[..16.min(rows.len())];
    let mut grid = ImageGrid::new(rows.len());
    for images in [x, y] {
        push_rows(&mut grid, &images.select(Axis(0), rows));
    }
    grid
}

/// The side of an image, and the space between two.
const CELL: f64 = 112.0;
const GAP: f64 = 8.0;

/// Images, below each its codes as coloured places with their numbers.
pub struct CodeMaps<'a> {
    /// Of each pixel, from 0, black, to 8; 784 an image.
    pub shades: &'a [f64],
    /// As many for each image.
    pub codes: &'a [f64],
    /// Of each code, in degrees.
    pub hues: &'a [f64],
}

impl CodeMaps<'_> {
    /// As SVG, all images in a row.
    pub fn svg(&self) -> anyhow::Result<String> {
        let images = self.shades.chunks_exact(IMAGE * IMAGE);
        let places = self.codes.len() / images.len().max(1);
        let side = (places as f64).sqrt();
        let (width, height) =
            ((images.len() as f64) * (CELL + GAP) - GAP, 2.0 * CELL + GAP);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" font-family=\"sans-serif\" font-size=\"{:.1}\" text-anchor=\"middle\">\n",
            0.45 * CELL / side,
        );
        let maps = self.codes.chunks_exact(places.max(1));
        for (n, (image, map)) in images.zip(maps).enumerate() {
            let left = n as f64 * (CELL + GAP);
            writeln!(svg, "<g transform=\"translate({left} 0)\">")?;
            svg.push_str(&pixels(image)?);
            svg.push_str(&self.map(map, side)?);
            svg.push_str("</g>\n");
        }
        svg.push_str("</svg>\n");
        Ok(svg)
    }

    /// The codes of an image where they stand.
    fn map(&self, map: &[f64], side: f64) -> anyhow::Result<String> {
        let size = CELL / side;
        let mut svg = String::new();
        for (place, code) in map.iter().enumerate() {
            let place = place as f64;
            let x = size * (place % side);
            let y = size * (place / side).floor() + CELL + GAP;
            let hue = self.hues.get(*code as usize);
            let hue = hue.context("a code has no hue")?;
            writeln!(
                svg,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{size:.1}\" height=\"{size:.1}\" \
                 fill=\"hsl({hue:.0} 60% 72%)\"/><text x=\"{:.1}\" y=\"{:.1}\" fill=\"#222\">{code}</text>",
                x + 0.5 * size,
                y + 0.66 * size,
            )?;
        }
        Ok(svg)
    }
}

/// A grey image as runs of pixels of one of eight shades, on black.
fn pixels(shades: &[f64]) -> anyhow::Result<String> {
    let size = CELL / IMAGE as f64;
    let mut svg =
        format!("<rect width=\"{CELL}\" height=\"{CELL}\" fill=\"#000\"/>\n");
    for (y, line) in shades.chunks(IMAGE).enumerate() {
        let mut x = 0;
        for run in line.chunk_by(|a, b| a == b) {
            if run[0] > 0.0 {
                let grey = (run[0] as u32 * 32).min(255);
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
