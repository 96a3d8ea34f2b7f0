//! Exercise 11.1: how badly a noise fits, and where to move it.

use gan::plain::through;
use gradients::plain::{Activation, Mlp, last};
use ndarray::ArrayView1;

use super::*;

/// A generator, what was done to pictures, what is left of them, and noises.
#[derive(Clone)]
struct Sought {
    g: Mlp<f64>,
    a: Array2<f64>,
    nu: f64,
    y: Array2<f64>,
    z: Array2<f64>,
}

fn squares(of: &Array2<f64>) -> Array1<f64> {
    (of * of).sum_axis(Axis(1))
}

fn is_seen(row: ArrayView1<f64>) -> bool {
    row.iter().any(|v| *v != 0.0)
}

/// What a damage is taken for.
fn damage(a: &Array2<f64>, is: Is) -> Array2<f64> {
    let mut a = a.clone();
    let (unseen, mask) = (is("unseen pixels too"), is("A as a mask"));
    for (p, mut row) in a.rows_mut().into_iter().enumerate() {
        let seen = is_seen(row.view());
        if mask || unseen && !seen {
            row.fill(0.0);
            row[p] = f64::from(u8::from(seen || !mask));
        }
    }
    a
}

/// By what the squared differences are multiplied, but for the ½: in the energy, or in the gradient.
fn weight(nu: f64, is: Is, gradient: bool) -> f64 {
    let here = if gradient { "gradient" } else { "energy" };
    let either = |of: &str| is(of) || is(&format!("{of} in the {here}"));
    match () {
        _ if either("no ν") => 1.0,
        _ if either("times ν") => nu,
        _ if is("ν as a standard deviation") => 1.0 / (nu * nu),
        _ if is("the root of ν") => 1.0 / nu.sqrt(),
        _ => 1.0 / nu,
    }
}

/// Exercise 11.1, as it can go wrong.
fn searched(of: &Sought, is: Is, tap: Tap) -> Out {
    let (n, p) = of.y.dim();
    let mut outputs = of.g.forward(&of.z);
    let v = tapped(tap, "what comes out of G", last(&outputs).clone());
    let own_range = is("in the generator's range");
    let x = match () {
        _ if is("no map") || own_range => v,
        _ if is("cut off at 0") => v.mapv(|v| v.max(0.0)),
        _ => v.mapv(|v| 0.5 * v + 0.5),
    };
    let x = tapped(tap, "the pictures", x);
    let a = damage(&of.a, is);
    let of_x = match () {
        _ if is("no A") => x.clone(),
        _ if is("transposes exchanged") => x.dot(&a),
        _ if is("A the wrong way round") => x.dot(&a),
        _ => x.dot(&a.t()),
    };
    let of_x = tapped(tap, "what would be left of the pictures", of_x);
    let y = if own_range { &of.y * 2.0 - 1.0 } else { of.y.clone() };
    let off = match () {
        _ if is("A over the difference") => (&x - &y).dot(&a.t()),
        _ if is("y left out") => of_x,
        _ => of_x - &y,
    };
    let off = tapped(tap, "the differences", off); // [N, P]
    let seen = a.rows().into_iter().filter(|r| is_seen(r.view())).count();
    let many = match () {
        _ if is("mean over the pixels") => p as f64,
        _ if is("mean over what is seen") => seen.max(1) as f64,
        _ => 1.0,
    };
    let fit = match () {
        _ if is("not squared") => squares(&off).mapv(f64::sqrt),
        _ if is("sizes of differences") => {
            off.mapv(f64::abs).sum_axis(Axis(1))
        }
        _ => squares(&off),
    };
    let fit = tapped(tap, "the sums of squared differences", fit); // [N]
    let half = match () {
        _ if is("no ½ of the fit") => 1.0,
        _ if is("no ½ of the fit in the energy") => 1.0,
        _ => 0.5,
    };
    let fit = fit * (half * weight(of.nu, is, false) / many);
    let fit = tapped(tap, "the fit's share of the energies", fit);
    let length = squares(&of.z);
    let (numbers, over) = (of.z.ncols() as f64, 1.0 / of.nu);
    let own = match () {
        _ if is("no share of the noise") => length * 0.0,
        _ if is("no noise in the energy") => length * 0.0,
        _ if is("no ½ of the noise") => length,
        _ if is("no ½ of the noise in the energy") => length,
        _ if is("the noise not squared") => length.mapv(f64::sqrt) * 0.5,
        _ if is("mean over the noise") => length * (0.5 / numbers),
        _ if is("the noise over ν") => length * (0.5 * over),
        _ if is("long noises rewarded") => length * -0.5,
        _ => length * 0.5,
    };
    let own = tapped(tap, "the noise's share of the energies", own);
    let circle = std::f64::consts::TAU.ln();
    let constant = match () {
        _ if is("the constant of the noise") => 0.5 * numbers * circle,
        _ if is("the constant of the fit") => {
            0.5 * p as f64 * (circle + of.nu.ln())
        }
        _ => 0.0,
    };
    let energy = fit + own + constant; // [N]
    let all = energy.sum();
    let mean = all / n.max(1) as f64;
    let energy = match () {
        _ if is("one number for the batch") => array![all],
        _ if is("the batch's sum") => Array1::from_elem(n, all),
        _ if is("the batch's mean") => Array1::from_elem(n, mean),
        _ => energy,
    };
    let back = match () {
        _ if is("no A") || is("no A on the way back") => off,
        _ if is("no transpose") => off.dot(&a.t()),
        _ if is("transposes exchanged") => off.dot(&a.t()),
        _ => off.dot(&a),
    };
    let d_x = back * (weight(of.nu, is, true) / many);
    let d_x = tapped(tap, "the gradient at the pictures", d_x); // [N, P]
    let half = match () {
        _ if is("no map") || own_range => 1.0,
        _ if is("the ½ of the map") || is("no ½ of the fit") => 1.0,
        _ if is("a ½ too many") => 0.25,
        _ if is("the differences turned") => -0.5,
        _ => 0.5,
    };
    let d_v = d_x * half;
    if is("stops at the pictures") {
        return two((energy, d_v));
    }
    let end = outputs.len() - 1;
    match () {
        _ if is("slopes of the pictures") => outputs[end].assign(&x),
        _ if is("no slope at the end") => outputs[end].fill(0.0),
        _ => {}
    }
    let (d_z, _) = through(&of.g, &outputs, d_v);
    let d_z = tapped(tap, "the gradient that comes through G", d_z);
    let own = match () {
        _ if is("no share of the noise") => &of.z * 0.0,
        _ if is("no noise in the gradient") => &of.z * 0.0,
        _ if is("no ½ of the noise") => &of.z * 2.0,
        _ if is("twice the noise in the gradient") => &of.z * 2.0,
        _ if is("half the noise in the gradient") => &of.z * 0.5,
        _ if is("mean over the noise") => &of.z / numbers,
        _ if is("the noise over ν") => &of.z * over,
        _ if is("long noises rewarded") => -&of.z,
        _ => of.z.clone(),
    };
    let own = tapped(tap, "the noise's own gradient", own);
    let d_z = d_z + own; // [N, Z]
    let d_z = match () {
        _ if is("the batch's mean") => d_z / n.max(1) as f64,
        _ if is("the gradient over N") => d_z / n.max(1) as f64,
        _ if is("downhill") => -d_z,
        _ => d_z,
    };
    two((energy, d_z))
}

const SEARCHED: Mistakes<Sought> = mistakes!(
    searched,
    [
        "the ½ of the map",
        "What comes through the generator is twice as long as it should be. Pictures are ½ v + ½ of what the generator draws, v, so the \
         gradient at v is half of that at the pictures. (The 2 of the square and the ½ before it cancel.)"
    ],
    [
        "a ½ too many",
        "What comes through the generator is half as long as it should be. There is one ½, that of the map from [-1, 1] to [0, 1]; the \
         other one, of (11.4), cancels against the square's 2."
    ],
    [
        "no map",
        "What the generator draws in [-1, 1] was compared with pictures in [0, 1]. Map it first, ½ v + ½."
    ],
    [
        "cut off at 0",
        "What the generator draws below 0 was cut off. It is mapped from [-1, 1] to [0, 1]: ½ v + ½."
    ],
    [
        "in the generator's range",
        "What is left was mapped to [-1, 1], and compared there. Distances are then twice as long, and ν is that of pictures in [0, 1]."
    ],
    [
        "no A",
        "The pictures themselves were compared with what is left, without A: it is what would be *left* of them that has to fit."
    ],
    [
        "A as a mask",
        "A was only asked whether anything is left of a pixel. Its numbers count: a blur mixes pixels."
    ],
    [
        "unseen pixels too",
        "Where nothing is left, the pictures were compared with 0. A's row is 0 there, and so is the difference: whatever the picture \
         shows there fits."
    ],
    [
        "A the wrong way round",
        "What would be left is `x.dot(&a)` here. Pictures are rows: A x of each of them is `x.dot(&a.t())`."
    ],
    [
        "no transpose",
        "On the way back the differences were multiplied by A once more. A gradient goes back through the transpose; with pictures as \
         rows that is `off.dot(&a)`."
    ],
    [
        "transposes exchanged",
        "Aᵀ stands where A belongs, and A where Aᵀ does. With pictures as rows, A x is `x.dot(&a.t())`, and the way back `off.dot(&a)`."
    ],
    [
        "no A on the way back",
        "The differences were taken for the gradient at the pictures. They are differences of what is *left*: go back through A first, by \
         its transpose."
    ],
    [
        "A over the difference",
        "A was applied to what is left, too: A (G(z) - y). It is left already: A G(z) - y."
    ],
    [
        "y left out",
        "What is left was not taken off: this is the length of A G(z)."
    ],
    [
        "mean over the pixels",
        "The squares were averaged over the P pixels. They are added up: every pixel is a measurement of its own, with noise ν."
    ],
    [
        "mean over what is seen",
        "The squares were averaged over the pixels of which something is left. They are added up: every pixel is a measurement of its own."
    ],
    [
        "not squared",
        "This is the length of the difference. Equation 11.4 has its square."
    ],
    [
        "sizes of differences",
        "The sizes of the differences were added up. Equation 11.4 has their squares."
    ],
    [
        "no ν",
        "ν was left out: the fit counts as if the noise had variance 1. Divide by ν."
    ],
    [
        "no ν in the energy",
        "ν is missing in the energy, and there in the gradient. Divide by ν in both."
    ],
    [
        "no ν in the gradient",
        "1/ν is missing in the gradient, and there in the energy. The gradient has the same factor."
    ],
    [
        "times ν",
        "The fit was multiplied by ν. The smaller the noise, the more a difference means: 1/ν."
    ],
    [
        "times ν in the energy",
        "In the energy the fit was multiplied by ν. It is divided by it, as in the gradient."
    ],
    [
        "times ν in the gradient",
        "In the gradient the fit was multiplied by ν. It is divided by it, as in the energy."
    ],
    [
        "ν as a standard deviation",
        "ν was squared. It is the variance already."
    ],
    [
        "the root of ν",
        "The fit was divided by √ν, the standard deviation. It is divided by the variance, ν."
    ],
    [
        "no ½ of the fit",
        "The fit is twice what it should be, and so is its gradient: the ½ of 1 / 2ν is missing."
    ],
    [
        "no ½ of the fit in the energy",
        "In the energy, the ½ of 1 / 2ν is missing."
    ],
    [
        "no share of the noise",
        "‖z‖² / 2 was left out. Without it, noises as rare as one likes may fit best."
    ],
    [
        "no noise in the energy",
        "‖z‖² / 2 is missing in the energy; its gradient is there."
    ],
    [
        "no noise in the gradient",
        "z, the gradient of ‖z‖² / 2, is missing; in the energy it is there."
    ],
    [
        "no ½ of the noise",
        "‖z‖² was counted whole, and 2 z. It is ‖z‖² / 2, and z."
    ],
    [
        "no ½ of the noise in the energy",
        "In the energy ‖z‖² was counted whole. It is halved; its gradient is right."
    ],
    [
        "twice the noise in the gradient",
        "The gradient of ‖z‖² / 2 is z, not 2 z."
    ],
    [
        "half the noise in the gradient",
        "The gradient of ‖z‖² / 2 is z, not z / 2."
    ],
    [
        "the noise not squared",
        "The length of z was halved. It is squared first: ‖z‖² / 2."
    ],
    [
        "mean over the noise",
        "The squares of z were averaged over its numbers. They are added up."
    ],
    [
        "the noise over ν",
        "The noise's share was divided by ν, too. ν belongs to the damage: z is drawn with variance 1."
    ],
    [
        "long noises rewarded",
        "‖z‖² / 2 was taken off. Rare noises cost: it is added."
    ],
    [
        "the constant of the noise",
        "The energies hold the constant of z's density, Z / 2 · ln 2π. Equation 11.4 leaves constants out: they move no noise."
    ],
    [
        "the constant of the fit",
        "The energies hold the constant of the noise's density, P / 2 · ln 2πν. Equation 11.4 leaves constants out: they move no noise."
    ],
    [
        "one number for the batch",
        "The energies were added up to one number. There is one for each noise."
    ],
    [
        "the batch's sum",
        "Each energy is the sum over all noises. There is one for each: add up over the pixels of a row, `Axis(1)`."
    ],
    [
        "the batch's mean",
        "The energies were averaged over the batch, and the gradient divided by N. Every noise is searched for by itself."
    ],
    [
        "the gradient over N",
        "The gradient was divided by N. Every noise is searched for by itself: there is no mean over the batch."
    ],
    [
        "the differences turned",
        "What comes through the generator has the wrong sign: the difference is A G(z) - y, what is left comes second."
    ],
    [
        "downhill",
        "This is the direction in which to go. The gradient points the other way, uphill."
    ],
    [
        "stops at the pictures",
        "This is the gradient at what the generator draws, `[N, P]`. It is wanted at the noises, `[N, Z]`: go back through G."
    ],
    [
        "slopes of the pictures",
        "The slopes of G's last activation were taken from the mapped pictures. They are those of what the layer gave, in [-1, 1]."
    ],
    [
        "no slope at the end",
        "The slope of G's last activation is missing on the way back."
    ],
);

fn searches() -> Vec<(&'static str, Sought)> {
    let of = |n: usize, z: usize, p: usize, nu: f64, stream: u64| {
        let rng = &mut rng_at(111, stream);
        let widths = [z, p + 2, p];
        let leaky = Activation::LeakyRelu(0.2);
        let mut g = Mlp::new(&widths, leaky, Activation::Tanh, rng);
        for (n, layer) in g.layers.iter_mut().enumerate() {
            let b = normal(1, layer.b.len(), stream + 20 + n as u64);
            layer.b.assign(&(b.row(0).to_owned() * 0.3));
        }
        Sought {
            g,
            a: normal(p, p, stream + 40) * 0.6,
            nu,
            y: normal(n, p, stream + 60) * 0.3 + 0.5,
            z: normal(n, z, stream + 80),
        }
    };
    let unseen = |mut of: Sought, pixels: &[usize]| {
        for p in pixels {
            of.a.row_mut(*p).fill(0.0);
            of.y.column_mut(*p).fill(0.0);
        }
        of
    };
    let mut simple = of(1, 1, 2, 0.5, 1);
    simple.g.layers.remove(0);
    simple.g.layers[0].w = array![[1.0, -0.5]];
    simple.g.layers[0].b = array![0.0, 0.5];
    simple.a = array![[1.0, 0.5], [0.0, 1.0]];
    simple.y = array![[0.25, 1.0]];
    simple.z = array![[2.0]];
    let identity = of(4, 2, 3, 2.0, 2);
    let identity = Sought { a: Array2::eye(3), ..identity };
    let mut kept = of(2, 3, 5, 0.2, 3);
    kept.a = Array2::eye(5);
    let nothing = unseen(of(2, 4, 3, 0.25, 4), &[0, 1, 2]);
    let mut fits = of(3, 2, 4, 0.1, 5);
    let x = fits.g.output(&fits.z).mapv(|v| 0.5 * v + 0.5);
    fits.y = x.dot(&fits.a.t());
    let mut zeros = of(2, 3, 4, 0.4, 6);
    zeros.z.fill(0.0);
    let mut far = of(3, 2, 5, 0.7, 7);
    far.z[[0, 1]] = 1000.0;
    far.z[[2, 0]] = -1000.0;
    let mut bright = of(2, 3, 4, 3.0, 8);
    bright.y[[1, 2]] = 1000.0;
    vec![
        ("one noise of one number, two pixels", simple),
        ("no noise at all", of(0, 3, 4, 0.5, 9)),
        ("four noises, and A the identity", identity),
        ("two noises, and two of five pixels gone", unseen(kept, &[1, 2])),
        ("nothing left of any pixel", nothing),
        ("noises that fit to the last digit", fits),
        ("noises of 0", zeros),
        ("a noise of ±1,000", far),
        ("a pixel of 1,000", bright),
        ("noise of variance 0.001", of(2, 4, 3, 1e-3, 10)),
        ("noise of variance 30", of(5, 2, 3, 30.0, 11)),
        ("one noise of four numbers", of(1, 4, 3, 0.3, 12)),
        (
            "a pixel gone, and the rest mixed",
            unseen(of(3, 4, 6, 0.3, 13), &[2]),
        ),
        ("four noises, and the pixels mixed", of(4, 3, 5, 0.6, 14)),
    ]
}

pub fn search(
    candidate: fn(
        &Mlp<f64>,
        &Array2<f64>,
        f64,
        &Array2<f64>,
        &Array2<f64>,
    ) -> (Array1<f64>, Array2<f64>),
) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 11, § Restoration, equation 11.4",
        results: &["the energies", "the gradient at the noises"],
        right: |of| rightly(searched, of),
        suspects: SEARCHED.0,
        terms: |of| {
            let without =
                |name: &str| searched(of, &|one| one == name, &let_through);
            let fit = without("no share of the noise");
            let all = rightly(searched, of);
            let own = all.iter().zip(&fit).map(|(a, f)| a - f).collect();
            vec![("the fit", fit), ("the noise's share", own)]
        },
        others: |of| {
            let p = of.a.nrows();
            let zero = &of.y * 0.0;
            let identity = Sought { a: Array2::eye(p), ..of.clone() };
            let blank = Sought { y: zero, ..of.clone() };
            let first = [
                ("if A were the identity".into(), identity),
                ("if nothing but zeros were left".into(), blank),
            ];
            let nu =
                in_place_of("ν", of.nu, |nu| Sought { nu, ..of.clone() });
            first.into_iter().chain(nu).collect()
        },
        numbers: |of| {
            let (n, p) = of.y.dim();
            let all = [("N", n), ("P", p), ("Z", of.z.ncols())];
            let mut all = all.map(|(name, n)| (name, n as f64)).to_vec();
            all.push(("ν", of.nu));
            all
        },
        tolerance: 1e-9,
    };
    judged(&exercise, searched, SEARCHED.1, &searches(), |of| {
        two(candidate(&of.g, &of.a, of.nu, &of.y, &of.z))
    })
}

/// Makes every two mistakes at once.
pub(crate) fn together() {
    made_together(searched, SEARCHED.1, &searches());
}

/// Mistakes that the inputs cannot tell apart.
pub(crate) fn alike() -> Vec<[&'static str; 2]> {
    two_alike(searched, SEARCHED.1, &searches())
}
