//! One layer with its numbers: the values on their way forward and, below each, its gradient on the way back.

use lab::{Cost, Diagram, Experiment, Flow, Lab, Look, Measurements};
use ndarray::array;

use crate::plain::{Activation, linear, linear_backward, mse, mse_backward};

pub const EXPERIMENT: Experiment = Experiment {
    name: "backward-pass",
    cost: Cost::Seconds,
    measure,
    figures: &[("backward_pass", draw)],
    claims: Vec::new,
};

/// A cell of an array, in pixels.
const CELL: (f64, f64) = (42.0, 26.0);

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let x = array![[1.0, 2.0], [3.0, -1.0]]; // [2, 2]
    let w = array![[1.0, -1.0], [0.0, 2.0]]; // [2, 2]
    let b = array![1.0, -1.0]; // [2]
    let t = array![[1.0, 4.0], [2.0, 1.0]]; // [2, 2]
    let s = linear(&x, &w, &b); // [2, 2]
    let y = Activation::Relu.forward(s.clone()); // [2, 2]
    let d_y = mse_backward(&y, &t); // [2, 2]
    let d_s = Activation::Relu.backward(&y, d_y.clone()); // [2, 2]
    let (d_x, d_w, d_b) = linear_backward(&x, &w, &d_s); // [2, 2], [2, 2], [2]
    lab.column("loss", [mse(&y, &t)])?;
    lab.column("b", b)?;
    lab.column("d_b", d_b)?;
    for (name, values) in [
        ("x", x),
        ("w", w),
        ("s", s),
        ("y", y),
        ("t", t),
        ("d_y", d_y),
        ("d_s", d_s),
        ("d_x", d_x),
        ("d_w", d_w),
    ] {
        lab.column(name, values)?;
    }
    Ok(())
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 382.0);
    let (upper, lower) = (36.0, 92.0);
    for (x, name, title) in [
        (52.0, "x", "x"),
        (184.0, "s", "s = x w + b"),
        (316.0, "y", "y = relu(s)"),
    ] {
        label(&mut it, (x, 20.0), title);
        table(&mut it, (x, upper), of.column(name)?, Look::Still);
        let gradient = of.column(&format!("d_{name}"))?;
        table(&mut it, (x, lower), gradient, Look::Moves(1));
    }
    let loss = number(of.column("loss")?[0]);
    it.block((442.0, 90.0), (60.0, 108.0), ("L", &loss), Look::Still);
    for (from, to) in [(94.0, 142.0), (226.0, 274.0), (358.0, 412.0)] {
        it.arrow(&[(from, 62.0), (to, 62.0)], Flow::Forward);
        it.arrow(&[(to, 118.0), (from, 118.0)], Flow::Gradient(1));
    }
    for (x, name, rows) in [(140.0, "w", 2.0), (240.0, "b", 1.0)] {
        let top = 196.0;
        let below = top + CELL.1 * rows + 4.0;
        table(&mut it, (x, top), of.column(name)?, Look::Still);
        let gradient = of.column(&format!("d_{name}"))?;
        table(&mut it, (x, below), gradient, Look::Moves(1));
        label(&mut it, (x, below + CELL.1 * rows + 14.0), name);
    }
    table(&mut it, (436.0, 196.0), of.column("t")?, Look::Still);
    label(&mut it, (436.0, 262.0), "t");
    for (forward, back) in [(152.0, 170.0), (204.0, 220.0)] {
        it.arrow(&[(forward, 196.0), (forward, 144.0)], Flow::Forward);
        it.arrow(&[(back, 144.0), (back, 196.0)], Flow::Gradient(1));
    }
    it.arrow(&[(442.0, 196.0), (442.0, 144.0)], Flow::Forward);
    it.text((6.0, 344.0), "plain: values, on the way forward");
    it.text((6.0, 366.0), "tinted: the gradient at the values above it");
    it.svg()
}

/// An array with its numbers, two columns wide, below a point.
fn table(it: &mut Diagram, (x, top): (f64, f64), values: &[f64], look: Look) {
    for (n, value) in values.iter().enumerate() {
        let (row, column) = ((n / 2) as f64, (n % 2) as f64);
        let at = (x + CELL.0 * (column - 0.5), top + CELL.1 * (row + 0.5));
        it.block(at, CELL, ("", ""), look);
        // Text around the middle of the cell: the shape of an array without cells.
        it.array((at.0, at.1 - 13.0), (0, 0), ("", &number(*value)));
    }
}

/// Bold text around a point: the name of an array without cells.
fn label(it: &mut Diagram, (x, y): (f64, f64), text: &str) {
    it.array((x, y + 12.0), (0, 0), (text, ""));
}

/// A number as short as it can be written.
fn number(value: f64) -> String {
    format!("{}", value + 0.0).replace('-', "−")
}
