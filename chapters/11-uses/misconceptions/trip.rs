use gradients::plain::last;
use ndarray::Array2;
use stability::net::Net;
use uses::cycle::Trip;
use vq_gan::plain::opinion;

type M = Array2<f64>;
type G = Net<f64>;

fn sign(v: f64) -> f64 {
    if v == 0.0 { 0.0 } else { v.signum() }
}

fn zero(net: &G) -> G {
    let mut net = net.clone();
    for layer in &mut net.layers {
        layer.w.fill(0.0);
        layer.b.fill(0.0);
    }
    net
}

/// Both ways, and what is different in the end.
struct Ways {
    outward: Vec<M>,
    made: M,
    homeward: Vec<M>,
    off: M,
}

fn ways([there, back]: [&G; 2], x: &M) -> Ways {
    let outward = there.forward(x);
    let made = x + last(&outward);
    let homeward = back.forward(&made);
    let off = &made + last(&homeward) - x;
    Ways { outward, made, homeward, off }
}

fn mean(off: &M) -> f64 {
    off.mapv(f64::abs).sum() / off.len() as f64
}

fn slopes(off: &M, lambda: f64) -> M {
    off.mapv(|v| lambda * sign(v)) / off.len() as f64
}

/// "What was added is added: the gradient goes straight on."
pub fn around_the_second(g: [&G; 2], d: &G, x: &M, lambda: f64) -> Trip<f64> {
    let Ways { outward, made, homeward, off } = ways(g, x);
    let d_home = slopes(&off, lambda);
    let d_back = g[1].backward_parameters(&homeward, d_home.clone());
    let (adversarial, d_seen) = opinion(d, &made);
    let d_there = g[0].backward_parameters(&outward, d_home + d_seen);
    Trip { adversarial, cycle: mean(&off), made, d_there, d_back }
}

/// "A network's gradient is what its backward pass gives."
pub fn no_straight_way(g: [&G; 2], d: &G, x: &M, lambda: f64) -> Trip<f64> {
    let Ways { outward, made, homeward, off } = ways(g, x);
    let (d_made, d_back) = g[1].backward(&homeward, slopes(&off, lambda));
    let (adversarial, d_seen) = opinion(d, &made);
    let d_there = g[0].backward_parameters(&outward, d_made + d_seen);
    Trip { adversarial, cycle: mean(&off), made, d_there, d_back }
}

/// "The second generator learns on its own trip."
pub fn only_the_first(g: [&G; 2], d: &G, x: &M, lambda: f64) -> Trip<f64> {
    let Ways { outward, made, homeward, off } = ways(g, x);
    let d_home = slopes(&off, lambda);
    let through = g[1].through(&homeward, d_home.clone());
    let (adversarial, d_seen) = opinion(d, &made);
    let d_made = d_home + through + d_seen;
    let d_there = g[0].backward_parameters(&outward, d_made);
    let d_back = zero(g[1]);
    Trip { adversarial, cycle: mean(&off), made, d_there, d_back }
}

/// What was made is data for the second.
pub fn only_the_second(g: [&G; 2], d: &G, x: &M, lambda: f64) -> Trip<f64> {
    let Ways { outward, made, homeward, off } = ways(g, x);
    let d_home = slopes(&off, lambda);
    let d_back = g[1].backward_parameters(&homeward, d_home);
    let (adversarial, d_seen) = opinion(d, &made);
    let d_there = g[0].backward_parameters(&outward, d_seen);
    Trip { adversarial, cycle: mean(&off), made, d_there, d_back }
}

/// Once the differences are written down, the slope and all that follows.
fn with(
    g: [&G; 2],
    d: &G,
    x: &M,
    cycle: impl Fn(&M) -> f64,
    d_home: impl Fn(&M) -> M,
) -> Trip<f64> {
    let Ways { outward, made, homeward, off } = ways(g, x);
    let d_home = d_home(&off);
    let (through, d_back) = g[1].backward(&homeward, d_home.clone());
    let (adversarial, d_seen) = opinion(d, &made);
    let d_made = d_home + through + d_seen;
    let d_there = g[0].backward_parameters(&outward, d_made);
    Trip { adversarial, cycle: cycle(&off), made, d_there, d_back }
}

/// "|a − b| is |b − a|."
pub fn turned(g: [&G; 2], d: &G, x: &M, lambda: f64) -> Trip<f64> {
    with(g, d, x, mean, |off| slopes(&-off, lambda))
}

/// "The slope of a difference is the difference."
pub fn as_of_squares(g: [&G; 2], d: &G, x: &M, lambda: f64) -> Trip<f64> {
    with(g, d, x, mean, |off| off * (lambda / off.len() as f64))
}

/// `signum` of 0 is 1.
pub fn by_signum(g: [&G; 2], d: &G, x: &M, lambda: f64) -> Trip<f64> {
    with(g, d, x, mean, |off| {
        off.mapv(|v| lambda * v.signum()) / off.len() as f64
    })
}

pub fn added_up(g: [&G; 2], d: &G, x: &M, lambda: f64) -> Trip<f64> {
    let sum = |off: &M| off.mapv(f64::abs).sum();
    with(g, d, x, sum, |off| off.mapv(|v| lambda * sign(v)))
}

pub fn a_sum_going_back(g: [&G; 2], d: &G, x: &M, lambda: f64) -> Trip<f64> {
    with(g, d, x, mean, |off| off.mapv(|v| lambda * sign(v)))
}

pub fn a_mean_over_rows(g: [&G; 2], d: &G, x: &M, lambda: f64) -> Trip<f64> {
    let rows = x.nrows() as f64;
    let mean = |off: &M| off.mapv(f64::abs).sum() / rows;
    with(g, d, x, mean, |off| off.mapv(|v| lambda * sign(v) / rows))
}

pub fn weighed_already(g: [&G; 2], d: &G, x: &M, lambda: f64) -> Trip<f64> {
    with(g, d, x, |off| lambda * mean(off), |off| slopes(off, lambda))
}

/// "All losses come together at the end."
pub fn all_at_the_end(g: [&G; 2], d: &G, x: &M, lambda: f64) -> Trip<f64> {
    let Ways { outward, made, homeward, off } = ways(g, x);
    let (adversarial, d_seen) = opinion(d, &made);
    let d_home = slopes(&off, lambda) + d_seen;
    let (through, d_back) = g[1].backward(&homeward, d_home.clone());
    let d_there = g[0].backward_parameters(&outward, d_home + through);
    Trip { adversarial, cycle: mean(&off), made, d_there, d_back }
}

pub fn to_the_other(g: [&G; 2], d: &G, x: &M, lambda: f64) -> Trip<f64> {
    let Ways { outward, made, homeward, off } = ways(g, x);
    let (adversarial, d_seen) = opinion(d, &made);
    let d_home = slopes(&off, lambda);
    let through = g[1].through(&homeward, d_home.clone());
    let d_back = g[1].backward_parameters(&homeward, &d_home + &d_seen);
    let d_there = g[0].backward_parameters(&outward, d_home + through);
    Trip { adversarial, cycle: mean(&off), made, d_there, d_back }
}

fn right(g: [&G; 2], d: &G, x: &M, lambda: f64) -> Trip<f64> {
    with(g, d, x, mean, |off| slopes(off, lambda))
}

pub fn home_first([g, h]: [&G; 2], d: &G, x: &M, lambda: f64) -> Trip<f64> {
    right([h, g], d, x, lambda)
}

pub fn into_each_other(g: [&G; 2], d: &G, x: &M, lambda: f64) -> Trip<f64> {
    let Trip { adversarial, cycle, made, d_there, d_back } =
        right(g, d, x, lambda);
    let (d_there, d_back) = (d_back, d_there);
    Trip { adversarial, cycle, made, d_there, d_back }
}

/// "A generator draws the picture."
pub fn drawn_anew(
    [there, back]: [&G; 2],
    d: &G,
    x: &M,
    lambda: f64,
) -> Trip<f64> {
    let outward = there.forward(x);
    let made = last(&outward).clone();
    let homeward = back.forward(&made);
    let off = last(&homeward) - x;
    let (through, d_back) = back.backward(&homeward, slopes(&off, lambda));
    let (adversarial, d_seen) = opinion(d, &made);
    let d_there = there.backward_parameters(&outward, through + d_seen);
    Trip { adversarial, cycle: mean(&off), made, d_there, d_back }
}

/// "The discriminator judges the result."
pub fn judged_at_home(g: [&G; 2], d: &G, x: &M, lambda: f64) -> Trip<f64> {
    let Ways { outward, made, homeward, off } = ways(g, x);
    let d_home = slopes(&off, lambda);
    let (through, d_back) = g[1].backward(&homeward, d_home.clone());
    let (adversarial, d_seen) = opinion(d, &(&off + x));
    let d_made = d_home + through + d_seen;
    let d_there = g[0].backward_parameters(&outward, d_made);
    Trip { adversarial, cycle: mean(&off), made, d_there, d_back }
}
