use gan::plain::through;
use gradients::plain::{Mlp, last};
use ndarray::{Array1, Array2, Axis};

type M = Array2<f64>;
type Found = (Array1<f64>, Array2<f64>);

fn square(v: &M) -> Array1<f64> {
    (v * v).sum_axis(Axis(1))
}

/// What each layer gives, and the pictures.
fn draw(g: &Mlp<f64>, z: &M) -> (Vec<M>, M) {
    let outputs = g.forward(z);
    let x = (last(&outputs) + 1.0) / 2.0;
    (outputs, x)
}

fn energy(off: &M, nu: f64, z: &M) -> Array1<f64> {
    (square(off) / nu + square(z)) / 2.0
}

/// "The gradient at a picture is that at what the generator draws."
pub fn no_half_on_the_way_back(
    g: &Mlp<f64>,
    a: &M,
    nu: f64,
    y: &M,
    z: &M,
) -> Found {
    let (outputs, x) = draw(g, z);
    let off = x.dot(&a.t()) - y;
    let (d_z, _) = through(g, &outputs, off.dot(a) / nu);
    (energy(&off, nu, z), d_z + z)
}

/// Compares what the generator draws, as it is.
pub fn not_mapped(g: &Mlp<f64>, a: &M, nu: f64, y: &M, z: &M) -> Found {
    let outputs = g.forward(z);
    let off = last(&outputs).dot(&a.t()) - y;
    let (d_z, _) = through(g, &outputs, off.dot(a) / nu);
    (energy(&off, nu, z), d_z + z)
}

/// "A once more."
pub fn forward_again(g: &Mlp<f64>, a: &M, nu: f64, y: &M, z: &M) -> Found {
    let (outputs, x) = draw(g, z);
    let off = x.dot(&a.t()) - y;
    let d_x = off.dot(&a.t()) / nu;
    let (d_z, _) = through(g, &outputs, d_x * 0.5);
    (energy(&off, nu, z), d_z + z)
}

/// "The gradient of a squared difference is the difference."
pub fn differences_for_the_gradient(
    g: &Mlp<f64>,
    a: &M,
    nu: f64,
    y: &M,
    z: &M,
) -> Found {
    let (outputs, x) = draw(g, z);
    let off = x.dot(&a.t()) - y;
    let (d_z, _) = through(g, &outputs, &off * (0.5 / nu));
    (energy(&off, nu, z), d_z + z)
}

/// "The picture has to fit what is left."
pub fn without_the_damage(
    g: &Mlp<f64>,
    _: &M,
    nu: f64,
    y: &M,
    z: &M,
) -> Found {
    let (outputs, x) = draw(g, z);
    let off = x - y;
    let (d_z, _) = through(g, &outputs, &off * (0.5 / nu));
    (energy(&off, nu, z), d_z + z)
}

/// "Where nothing is left, 0 was measured."
pub fn zeros_were_measured(
    g: &Mlp<f64>,
    a: &M,
    nu: f64,
    y: &M,
    z: &M,
) -> Found {
    let mut a = a.clone();
    for p in 0..a.nrows() {
        if a.row(p).iter().all(|v| *v == 0.0) {
            a[[p, p]] = 1.0;
        }
    }
    let (outputs, x) = draw(g, z);
    let off = x.dot(&a.t()) - y;
    let (d_z, _) = through(g, &outputs, off.dot(&a) * (0.5 / nu));
    (energy(&off, nu, z), d_z + z)
}

pub fn any_noise_will_do(
    g: &Mlp<f64>,
    a: &M,
    nu: f64,
    y: &M,
    z: &M,
) -> Found {
    let (outputs, x) = draw(g, z);
    let off = x.dot(&a.t()) - y;
    let (d_z, _) = through(g, &outputs, off.dot(a) * (0.5 / nu));
    (square(&off) / (2.0 * nu), d_z)
}

pub fn noise_moves_nothing(
    g: &Mlp<f64>,
    a: &M,
    nu: f64,
    y: &M,
    z: &M,
) -> Found {
    let (outputs, x) = draw(g, z);
    let off = x.dot(&a.t()) - y;
    let (d_z, _) = through(g, &outputs, off.dot(a) * (0.5 / nu));
    (energy(&off, nu, z), d_z)
}

pub fn a_mean_over_pixels(
    g: &Mlp<f64>,
    a: &M,
    nu: f64,
    y: &M,
    z: &M,
) -> Found {
    let many = y.ncols() as f64;
    let (outputs, x) = draw(g, z);
    let off = x.dot(&a.t()) - y;
    let d_x = off.dot(a) / (many * nu);
    let (d_z, _) = through(g, &outputs, d_x * 0.5);
    (energy(&off, many * nu, z), d_z + z)
}

pub fn a_mean_over_the_batch(
    g: &Mlp<f64>,
    a: &M,
    nu: f64,
    y: &M,
    z: &M,
) -> Found {
    let n = y.nrows() as f64;
    let (outputs, x) = draw(g, z);
    let off = x.dot(&a.t()) - y;
    let (d_z, _) = through(g, &outputs, off.dot(a) * (0.5 / nu));
    (energy(&off, nu, z), (d_z + z) / n)
}

/// "Much noise, much energy."
pub fn nu_above(g: &Mlp<f64>, a: &M, nu: f64, y: &M, z: &M) -> Found {
    let (outputs, x) = draw(g, z);
    let off = x.dot(&a.t()) - y;
    let (d_z, _) = through(g, &outputs, off.dot(a) * (0.5 * nu));
    (energy(&off, 1.0 / nu, z), d_z + z)
}

pub fn nu_only_in_the_energy(
    g: &Mlp<f64>,
    a: &M,
    nu: f64,
    y: &M,
    z: &M,
) -> Found {
    let (outputs, x) = draw(g, z);
    let off = x.dot(&a.t()) - y;
    let (d_z, _) = through(g, &outputs, off.dot(a) * 0.5);
    (energy(&off, nu, z), d_z + z)
}

/// "What is left is a picture, so damage both."
pub fn damages_what_is_left(
    g: &Mlp<f64>,
    a: &M,
    nu: f64,
    y: &M,
    z: &M,
) -> Found {
    let (outputs, x) = draw(g, z);
    let off = (x - y).dot(&a.t());
    let (d_z, _) = through(g, &outputs, off.dot(a) * (0.5 / nu));
    (energy(&off, nu, z), d_z + z)
}

/// Maps in place, and goes back with what is there then.
pub fn mapped_in_place(g: &Mlp<f64>, a: &M, nu: f64, y: &M, z: &M) -> Found {
    let (mut outputs, x) = draw(g, z);
    let off = x.dot(&a.t()) - y;
    if let Some(end) = outputs.last_mut() {
        *end = x;
    }
    let (d_z, _) = through(g, &outputs, off.dot(a) * (0.5 / nu));
    (energy(&off, nu, z), d_z + z)
}
