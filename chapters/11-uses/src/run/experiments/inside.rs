//! Principal directions of a generator's noise, and what they keep.

use gradients::plain::Mlp;
use lab::{
    ChaCha8Rng, Claim, Cost, Experiment, ImageGrid, Lab, Within, rng_at,
};
use ndarray::{Array1, Array2, Axis, concatenate, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

use super::inside_attention;
use crate::inside::principal;
use crate::run::given::Given;

pub const EXPERIMENT: Experiment = Experiment {
    name: "inside",
    cost: Cost::Minutes,
    measure,
    figures: &[],
    claims,
};

/// Lots of noises, and of digits.
pub(super) const SEEDS: usize = 3;

/// Principal directions that are looked at, and as many random ones.
const FEW: usize = 5;

/// How far a noise is moved, as in the experiment `meaning`.
const LENGTH: f32 = 4.0;

/// Lines and columns of a digit.
const SIDE: usize = 28;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let given = Given::new(lab)?;
    directions(lab, &given)?;
    inside_attention::measure(lab, &given)
}

/// Of one set of directions, means but for the shares.
#[derive(Default)]
struct Found {
    /// Of the variance of what is drawn, one for each direction.
    shares: Vec<f64>,
    /// The same of all of them together.
    together: f64,
    /// The share of noises whose class stays.
    kept: f64,
    /// The cosine of the change from one end to the other, of one noise and of another.
    cosine: f64,
}

fn directions(lab: &mut Lab, given: &Given) -> anyhow::Result<()> {
    let n = lab.by_scale(300, 10_000, 30_000);
    let mut of = [Vec::new(), Vec::new()];
    for seed in 0..SEEDS {
        let rng = &mut rng_at(lab.seed(), 400 + seed as u64);
        let z = given.noise.sample(n, rng); // [n, Z]
        let first = given.generator.layers[..1].to_vec();
        let features = Mlp { layers: first }.output(&z); // [n, F]
        let mut ways =
            [principal(&features, &z, FEW), random((FEW, z.ncols()), rng)];
        for d in &mut ways {
            within_normals(given, d);
        }
        let fresh = given.noise.sample(lab.by_scale(60, 2000, 5000), rng);
        for (of, d) in of.iter_mut().zip(&ways) {
            of.push(look(given, &fresh, d, rng));
        }
        if seed == 0 {
            show(lab, given, &fresh, &ways)?;
        }
    }
    let within = Within::Absolute(0.03);
    for (of, name) in of.iter().zip(["principal", "random"]) {
        let all = |get: &dyn Fn(&Found) -> f64| -> Vec<f64> {
            of.iter().map(get).collect()
        };
        let mean = |f: &Found| f.shares.iter().sum::<f64>() / FEW as f64;
        for (what, values) in [
            ("share", all(&mean)),
            ("together", all(&|f| f.together)),
            ("kept", all(&|f| f.kept)),
            ("cosine", all(&|f| f.cosine)),
        ] {
            let name = format!("inside_{name}_{what}");
            lab.over_seeds(&name, &values, within)?;
        }
    }
    for k in 0..FEW {
        let shares: Vec<f64> = of[0].iter().map(|f| f.shares[k]).collect();
        let name = format!("inside_principal_share_{}", k + 1);
        lab.over_seeds(&name, &shares, within)?;
    }
    Ok(())
}

fn random(shape: (usize, usize), rng: &mut ChaCha8Rng) -> Array2<f32> {
    Array2::random_using(shape, StandardNormal, rng)
}

/// Nothing along the components that are signs; then at right angles to those before, of length 1.
fn within_normals(given: &Given, d: &mut Array2<f32>) {
    d.slice_mut(s![.., ..given.noise.signs]).fill(0.0);
    for k in 0..d.nrows() {
        let mut row = d.row(k).to_owned();
        for before in d.rows().into_iter().take(k) {
            let along = row.dot(&before);
            row.scaled_add(-along, &before);
        }
        row /= row.dot(&row).sqrt().max(f32::MIN_POSITIVE);
        d.row_mut(k).assign(&row);
    }
}

fn look(
    given: &Given,
    z: &Array2<f32>, // [N, Z]
    d: &Array2<f32>, // [k, Z]
    rng: &mut ChaCha8Rng,
) -> Found {
    let before = drawn(given, z); // [N, 784]
    let classes = given.classes(&before);
    let half = before.nrows() / 2;
    let other = concatenate![
        Axis(0),
        before.slice(s![half.., ..]),
        before.slice(s![..half, ..])
    ];
    let whole = apart(&before, &other);
    let along = z.dot(&d.t()); // [N, k]
    let fresh = random((z.nrows(), d.nrows()), rng); // [N, k]
    let again = fresh - &along; // [N, k]
    let share = |moves: &Array2<f32>| {
        apart(&before, &drawn(given, &(z + moves))) / whole
    };
    let mut found =
        Found { together: share(&again.dot(d)), ..Found::default() };
    for (k, way) in d.rows().into_iter().enumerate() {
        let column = again.column(k).insert_axis(Axis(1));
        let way = way.insert_axis(Axis(0)); // [1, Z]
        found.shares.push(share(&column.dot(&way)));
        let [there, back] = [LENGTH, -LENGTH]
            .map(|length| drawn(given, &(z + &(&way * length))));
        found.kept += given.named(&there, &classes) / FEW as f64;
        found.cosine += alike(&(there - back)) / FEW as f64;
    }
    found
}

/// What noises draw, in [0, 1]. `[N, 784]`
fn drawn(given: &Given, z: &Array2<f32>) -> Array2<f32> {
    given.generator.output(z).mapv(|v| 0.5 * v + 0.5)
}

/// The mean squared distance of pictures that stand at equal places.
fn apart(a: &Array2<f32>, b: &Array2<f32>) -> f64 {
    let squares = a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2));
    squares.sum::<f64>() / a.nrows().max(1) as f64
}

/// The mean cosine of each change and the next.
fn alike(change: &Array2<f32>) -> f64 {
    let length = |row: &ndarray::ArrayView1<f32>| row.dot(row).sqrt();
    let rows: Vec<_> = change.rows().into_iter().collect();
    let pairs = rows.windows(2).map(|pair| {
        let lengths = length(&pair[0]) * length(&pair[1]);
        f64::from(pair[0].dot(&pair[1]) / lengths.max(f32::MIN_POSITIVE))
    });
    pairs.sum::<f64>() / rows.len().saturating_sub(1).max(1) as f64
}

/// A row for each principal direction, and one for a random one: two noises, from one side to the other.
fn show(
    lab: &Lab,
    given: &Given,
    z: &Array2<f32>,
    [principal, random]: &[Array2<f32>; 2],
) -> anyhow::Result<()> {
    let steps = [-6.0, -4.0, -2.0, 0.0, 2.0, 4.0, 6.0];
    let mut grid = ImageGrid::new(2 * steps.len()).zoom(2);
    let ways = principal.rows().into_iter().chain([random.row(0)]);
    for way in ways {
        for from in z.rows().into_iter().take(2) {
            for step in steps {
                let at: Array1<f32> = &from + &(&way * step);
                let x = drawn(given, &at.insert_axis(Axis(0)));
                let x = x.into_shape_with_order((SIDE, SIDE))?;
                grid.push(x.view(), 0.0, 1.0);
            }
        }
    }
    lab.image("inside-directions", &grid)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let less = |a: &str, b: &str| {
        let name = |of: &str| format!("inside_{of}");
        Claim::less_over_seeds(&name(a), &name(b), SEEDS)
    };
    let mut claims = vec![
        (
            "inside_principal_directions_move_more",
            less("random_together", "principal_together"),
        ),
        (
            "inside_five_of_them_move_most_of_it",
            Claim::less(0.75, "inside_principal_together"),
        ),
        (
            "inside_and_change_the_class",
            less("principal_kept", "random_kept"),
        ),
        (
            "inside_they_mean_a_little_more_of_the_same",
            less("random_cosine", "principal_cosine"),
        ),
        (
            "inside_but_not_the_same",
            Claim::less("inside_principal_cosine", 0.5),
        ),
    ];
    claims.extend(inside_attention::claims());
    claims
}
