//! Exercise 11.7: there and back, and whom the gradient meets on its way.

use gradients::plain::{Activation, Mlp, Parameters, add, last};
use stability::net::{Map, Net, layer};
use uses::cycle::Trip;
use vq_gan::plain::opinion;

use ndarray::arr0;

use super::*;

/// Two generators, a discriminator, pictures of one artist, and λ.
#[derive(Clone)]
pub struct Crossing {
    pub there: Net<f64>,
    pub back: Net<f64>,
    pub d: Net<f64>,
    pub x: Array2<f64>,
    pub lambda: f64,
}

fn all_of(net: &Net<f64>) -> Array1<f64> {
    let all = net.parameters();
    all.iter().flat_map(|p| p.iter().copied()).collect()
}

fn out(trip: Trip<f64>) -> Out {
    vec![
        arr0(trip.adversarial).into_dyn(),
        arr0(trip.cycle).into_dyn(),
        trip.made.into_dyn(),
        all_of(&trip.d_there).into_dyn(),
        all_of(&trip.d_back).into_dyn(),
    ]
}

/// What the cycle's loss takes a difference for: its share of the loss, and of the slope.
fn price(v: f64, is: Is) -> [f64; 2] {
    let sign = match v {
        0.0 if is("a slope of 1 at 0") => 1.0,
        0.0 => 0.0,
        v => v.signum(),
    };
    match () {
        _ if is("squares") => [v * v, 2.0 * v],
        _ if is("differences for their signs") => [v.abs(), v],
        _ if is("without a size") => [v, 1.0],
        _ if is("the slope without a sign") => [v.abs(), sign.abs()],
        _ => [v.abs(), sign],
    }
}

/// By what the cycle's sum is divided, in the loss and in the gradient.
fn counts((rows, pixels): (usize, usize), is: Is) -> [f64; 2] {
    let (rows, pixels) = (rows as f64, pixels as f64);
    let all = rows * pixels;
    match () {
        _ if is("no count") => [1.0; 2],
        _ if is("no count in the loss") => [1.0, all],
        _ if is("no count in the gradient") => [all, 1.0],
        _ if is("over the rows alone") => [rows; 2],
        _ if is("over the pixels alone") => [pixels; 2],
        _ => [all; 2],
    }
}

/// One trip, as it can go wrong.
fn crossed_once(of: &Crossing, is: Is, tap: Tap) -> Trip<f64> {
    let (mut there, mut back) = (&of.there, &of.back);
    if is("back first") {
        (there, back) = (back, there);
    }
    if is("the same one twice") {
        back = there;
    }
    let x = &of.x;
    let outward = there.forward(x);
    let bare = is("what is added alone");
    let made = match bare || is("there without the picture") {
        true => last(&outward).clone(),
        false => last(&outward) + x,
    };
    let made = tapped(tap, "what was made there", made); // [B, P]
    let from = if is("home from where it began") { x } else { &made };
    let homeward = back.forward(from);
    let home = match bare || is("back without the picture") {
        true => last(&homeward).clone(),
        false => last(&homeward) + from,
    };
    let home = tapped(tap, "what came home", home); // [B, P]
    let off = match () {
        _ if is("home less what was made") => &home - &made,
        _ if is("what was made less x") => &made - x,
        _ if is("x left out") => home.clone(),
        _ => &home - x,
    };
    let off = tapped(tap, "the differences", off);
    let [of_loss, of_slope] = counts(x.dim(), is);
    let cycle = off.mapv(|v| price(v, is)[0]).sum() / of_loss;
    let by = match () {
        _ if is("no λ") => 1.0,
        _ if is("1 over λ") => 1.0 / of.lambda,
        _ => of.lambda,
    };
    let turned = is("x less home");
    let slope = if turned { -by } else { by } / of_slope;
    let d_home = off.mapv(|v| slope * price(v, is)[1]);
    let d_home = tapped(tap, "the gradient at what came home", d_home);

    let seen = match () {
        _ if is("d sees who came home") => &home,
        _ if is("d sees x") => x,
        _ => &made,
    };
    let (adversarial, d_seen) = opinion(&of.d, seen);
    let d_seen = match () {
        _ if is("no opinion") => d_seen * 0.0,
        _ if is("the opinion turned") => -d_seen,
        _ if is("λ for the opinion too") => d_seen * of.lambda,
        _ if is("the opinion over the count") => d_seen / x.len() as f64,
        _ => d_seen,
    };
    let name = "the discriminator's gradient at what was made";
    let d_seen = tapped(tap, name, d_seen);
    let at_home = is("the opinion at home");
    let to_back = is("the opinion to the way back alone");
    let enters = match at_home || to_back {
        true => &d_home + &d_seen,
        false => d_home.clone(),
    };
    let (through, d_back) = back.backward(&homeward, enters.clone());
    let through = match () {
        _ if to_back => back.through(&homeward, d_home.clone()),
        _ => through,
    };
    let name = "what came through the generator back";
    let through = tapped(tap, name, through); // [B, P]
    let straight = if at_home { &enters } else { &d_home };
    let mut d_made = match () {
        _ if is("not through the way back") => straight.clone(),
        _ if is("not past the way back") => through.clone(),
        _ if is("cut off there") => through * 0.0,
        _ if bare || is("back without the picture") => through,
        _ => straight + &through,
    };
    if is("from home alone") {
        let (again, _) = back.backward(&homeward, d_made.clone());
        d_made = again;
    }
    let adds = !(at_home || to_back);
    if adds {
        d_made = d_made + d_seen;
    }
    let name = "the whole gradient at what was made";
    let d_made = tapped(tap, name, d_made);
    let d_there = there.backward_parameters(&outward, d_made.clone());
    let d_back = match () {
        _ if is("the way back learns nothing") => scaled(d_back, 0.0),
        _ if is("the way back from what was made") => {
            back.backward_parameters(&homeward, d_made)
        }
        _ if is("the way back learns on both trips") => {
            let mut sum = d_back.clone();
            add(&mut sum, &d_back);
            sum
        }
        _ => d_back,
    };
    let made = match () {
        _ if is("who came home is shown") => home,
        _ if is("what was added is shown") => last(&outward).clone(),
        _ => made,
    };
    let weighed = of.lambda * cycle;
    let (adversarial, cycle) = match () {
        _ if is("the whole loss for the opinion") => {
            (adversarial + weighed, cycle)
        }
        _ if is("λ in the cycle") => (adversarial, weighed),
        _ => (adversarial, cycle),
    };
    let (d_there, d_back) = match is("gradients exchanged") {
        true => (d_back, d_there),
        false => (d_there, d_back),
    };
    Trip { adversarial, cycle, made, d_there, d_back }
}

fn scaled(mut net: Net<f64>, by: f64) -> Net<f64> {
    for mut p in net.parameters_mut() {
        p *= by;
    }
    net
}

/// Exercise 11.7, as it can go wrong.
fn crossed(of: &Crossing, is: Is, tap: Tap) -> Out {
    out(crossed_once(of, is, tap))
}

const CROSSED: Mistakes<Crossing> = mistakes!(
    crossed,
    [
        "not through the way back",
        "The cycle's gradient is not led through the second generator. What was made there gets home in two ways: as it is, and through \
         `back`, which says what to add. `back.backward` gives the gradient at its input as well."
    ],
    [
        "not past the way back",
        "The cycle's gradient reaches the first generator through the second one alone. A generator *adds* to its picture, so that there \
         is a straight way as well: the gradient at home itself."
    ],
    [
        "cut off there",
        "The cycle moves the second generator alone: what was made there was taken for given. Lead the gradient on into the first, \
         straight and through the second."
    ],
    [
        "from home alone",
        "The gradient went through the second generator twice. It is on the trip once."
    ],
    [
        "the way back learns nothing",
        "The second generator's own gradient is 0. It made the way home, and is moved by the cycle: `back.backward` gives it."
    ],
    [
        "the way back from what was made",
        "The second generator's gradient was taken from the gradient at what was made, its input. It is that at home, its output, which \
         goes into `back.backward`."
    ],
    [
        "the way back learns on both trips",
        "The second generator's gradient is there twice. The other trip is none of this one's concern."
    ],
    [
        "x less home",
        "The cycle's gradient has the wrong sign: it is that of x − home. The slope at home of |home − x| is the sign of home − x."
    ],
    [
        "squares",
        "Differences were squared. Equation 11.9 has their sizes, whose slope is a sign."
    ],
    [
        "differences for their signs",
        "The loss has the sizes of differences, and the gradient is that of squares: the slope of |v| is the sign of v, however large."
    ],
    [
        "without a size",
        "Differences were added up with their signs, and cancel. Equation 11.9 has their sizes."
    ],
    [
        "the slope without a sign",
        "The slope of |v| was taken for 1 everywhere. It is −1 where v is negative."
    ],
    [
        "a slope of 1 at 0",
        "Where nothing is different the slope is 1: `signum` of 0.0 is 1. It is to be 0 there: a generator that copies is at rest."
    ],
    [
        "no count",
        "Sizes were added up, in the loss and in the gradient. The cycle is a mean: divide by B · P."
    ],
    [
        "no count in the loss",
        "The cycle is a sum of sizes; its gradient is that of the mean. Divide the loss by B · P as well."
    ],
    [
        "no count in the gradient",
        "The cycle is a mean, and its gradient that of a sum. Divide by B · P there as well."
    ],
    [
        "over the rows alone",
        "The cycle was divided by the number of pictures alone. The mean is over all B · P numbers."
    ],
    [
        "over the pixels alone",
        "The cycle was divided by the numbers of a picture alone. The mean is over all B · P numbers."
    ],
    ["no λ", "λ is missing in the gradient."],
    [
        "1 over λ",
        "The cycle's gradient was divided by λ. It is multiplied by it."
    ],
    [
        "λ in the cycle",
        "The cycle was multiplied by λ. It is given before that; λ is in the gradient."
    ],
    [
        "λ for the opinion too",
        "The discriminator's gradient was multiplied by λ as well. λ weighs the cycle alone."
    ],
    [
        "the whole loss for the opinion",
        "The adversarial term holds the cycle, too. The two are given apart."
    ],
    [
        "the opinion at home",
        "The discriminator's gradient was added to that at home, and meets the second generator. It belongs to the first: the \
         discriminator saw what was made there. Add it behind the way through `back`."
    ],
    [
        "the opinion to the way back alone",
        "The discriminator's gradient was given to the second generator, in place of the first. What the discriminator saw is the first \
         one's work, and the second comes after it."
    ],
    [
        "no opinion",
        "The discriminator's gradient is missing. It is added to the cycle's, at what was made there."
    ],
    [
        "the opinion turned",
        "The discriminator's gradient was taken off. `opinion` gives the generator's loss, that of who wants to be taken for real: it is \
         added."
    ],
    [
        "the opinion over the count",
        "The discriminator's gradient was divided by B · P. `opinion` has taken its mean already."
    ],
    [
        "d sees who came home",
        "The discriminator was asked about what came home. It knows the other artist: ask it about what was made there."
    ],
    [
        "d sees x",
        "The discriminator was asked about x. It knows the other artist: ask it about what was made there."
    ],
    [
        "back first",
        "There and back are exchanged: the second generator went first. The first of the two leads there."
    ],
    [
        "gradients exchanged",
        "The two gradients are exchanged. `d_there` is that at the generator that leads there, the first one."
    ],
    [
        "the same one twice",
        "The first generator was used for the way back as well. The second one leads back."
    ],
    [
        "what is added alone",
        "What a generator gives was taken for the picture. It is what is *added* to the picture, both ways."
    ],
    [
        "there without the picture",
        "What `there` gives was taken for the picture that was made. It is what is *added* to x."
    ],
    [
        "back without the picture",
        "What `back` gives was taken for the picture that came home. It is what is *added* to what was made there."
    ],
    [
        "home from where it began",
        "The way back began with x. It begins with what was made there."
    ],
    [
        "home less what was made",
        "What came home was compared with what was made there. It is compared with who left, x."
    ],
    [
        "what was made less x",
        "What was made there was compared with x. It may be another picture; what came *home* is compared."
    ],
    [
        "x left out",
        "What came home was compared with nothing. It is compared with x."
    ],
    [
        "who came home is shown",
        "The picture that came home was given as `made`. That is the one that was made there."
    ],
    [
        "what was added is shown",
        "What was added to x was given as `made`. The picture itself is wanted."
    ],
);

fn crossings() -> Vec<(&'static str, Crossing)> {
    let net = |widths: &[usize], stream: u64| -> Net<f64> {
        let leaky = Activation::LeakyRelu(0.2);
        let rng = &mut rng_at(115, stream);
        let mut net = Mlp::new(widths, leaky, Activation::Identity, rng);
        for (n, layer) in net.layers.iter_mut().enumerate() {
            let b = normal(1, layer.b.len(), 400 + stream + 7 * n as u64);
            layer.b.assign(&(b.row(0).to_owned() * 0.3));
        }
        net.into()
    };
    let of = |b: usize, p: usize, hidden: [usize; 2], s: u64, lambda: f64| {
        let [one, other] = hidden;
        Crossing {
            there: net(&[p, one, p], 10 * s),
            back: net(&[p, other, p], 10 * s + 1),
            d: net(&[p, 4, 2], 10 * s + 2),
            x: normal(b, p, 500 + s),
            lambda,
        }
    };
    let mut number = of(1, 1, [1, 1], 1, 0.5);
    for (net, w) in [(&mut number.there, 0.5), (&mut number.back, -0.75)] {
        net.layers.remove(0);
        net.layers[0].w.fill(w);
        net.layers[0].b.fill(0.25);
    }
    number.x = array![[2.0]];
    let copies = |mut of: Crossing, both: bool| {
        let still = |net: &mut Net<f64>| {
            if let Some(layer) = net.layers.last_mut() {
                layer.w.fill(0.0);
                layer.b.fill(0.0);
            }
        };
        still(&mut of.back);
        if both {
            still(&mut of.there);
        }
        of
    };
    let mut large = of(2, 3, [3, 4], 4, 1.5);
    large.x[[0, 1]] = 1000.0;
    large.x[[1, 2]] = -1000.0;
    let mut sure = of(3, 2, [4, 3], 5, 2.0);
    for (n, layer) in sure.d.layers.iter_mut().enumerate() {
        layer.b.fill(if n == 1 { -1000.0 } else { 0.0 });
    }
    let mut convinced = of(2, 3, [3, 3], 6, 3.0);
    if let Some(layer) = convinced.d.layers.last_mut() {
        layer.b.fill(1000.0);
    }
    let grid = |stream: u64| {
        let rng = &mut rng_at(116, stream);
        let leaky = Activation::LeakyRelu(0.2);
        let down = Map::Down { side: 4 };
        let up = Map::Up { side: 2 };
        Net {
            layers: vec![
                layer(down, (1, 2), leaky, rng),
                layer(up, (2, 1), Activation::Identity, rng),
            ],
        }
    };
    let mut pictures = of(2, 16, [1, 1], 7, 2.5);
    (pictures.there, pictures.back) = (grid(1), grid(2));
    vec![
        ("one picture of one number, and generators that are lines", number),
        (
            "generators that add nothing",
            copies(of(2, 3, [4, 4], 2, 2.0), true),
        ),
        (
            "a way back that adds nothing",
            copies(of(3, 2, [3, 5], 3, 4.0), false),
        ),
        ("numbers of ±1,000", large),
        ("a discriminator that is sure it is another's", sure),
        ("a discriminator that is convinced", convinced),
        ("convolutions, two pictures of 4 × 4", pictures),
        ("λ = 0", of(3, 4, [5, 2], 8, 0.0)),
        ("λ = 1", of(2, 5, [3, 3], 9, 1.0)),
        ("one picture, λ = 10", of(1, 4, [3, 6], 10, 10.0)),
        ("five pictures, λ = 3", of(5, 3, [4, 4], 11, 3.0)),
        ("four pictures, λ = 0.5", of(4, 6, [5, 5], 12, 0.5)),
    ]
}

/// The inputs, for the test by finite differences.
pub fn trips() -> Vec<(&'static str, Crossing)> {
    crossings()
}

type Travels = fn([&Net<f64>; 2], &Net<f64>, &Array2<f64>, f64) -> Trip<f64>;

pub fn trip(candidate: Travels) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 11, § Style, equation 11.9",
        results: &[
            "the adversarial term",
            "the cycle",
            "the pictures made there",
            "the gradient at the generator that leads there",
            "the gradient at the generator that leads back",
        ],
        right: |of| rightly(crossed, of),
        suspects: CROSSED.0,
        terms: |of| {
            let with =
                |name: &str| crossed(of, &|one| one == name, &let_through);
            let less = |a: &Out, b: &Out| -> Out {
                a.iter().zip(b).map(|(a, b)| a - b).collect()
            };
            let right = rightly(crossed, of);
            let still = Crossing { lambda: 0.0, ..of.clone() };
            let opinion = rightly(crossed, &still);
            // Of the first generator's gradient, what comes around the second.
            let through = less(&right, &with("not through the way back"));
            let straight = less(&less(&right, &opinion), &through);
            vec![
                ("the discriminator's part", opinion),
                ("the part of the cycle that comes through `back`", through),
                ("the cycle's other part", straight),
            ]
        },
        others: |of| {
            let zero = Crossing { x: &of.x * 0.0, ..of.clone() };
            let first = [("if x were 0".into(), zero)];
            let lambda = in_place_of("λ", of.lambda, |lambda| Crossing {
                lambda,
                ..of.clone()
            });
            first.into_iter().chain(lambda).collect()
        },
        numbers: |of| {
            let (b, p) = of.x.dim();
            vec![("B", b as f64), ("P", p as f64), ("λ", of.lambda)]
        },
        tolerance: 1e-9,
    };
    judged(&exercise, crossed, CROSSED.1, &crossings(), |of| {
        let both = [&of.there, &of.back];
        out(candidate(both, &of.d, &of.x, of.lambda))
    })
}

/// Makes every two mistakes at once.
pub(crate) fn together() {
    made_together(crossed, CROSSED.1, &crossings());
}

/// Mistakes that the inputs cannot tell apart.
pub(crate) fn alike() -> Vec<[&'static str; 2]> {
    two_alike(crossed, CROSSED.1, &crossings())
}
