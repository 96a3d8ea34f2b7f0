//! Chapter 1 on a line: the best discriminator of two densities, and one that climbs towards it.

use datasets::toy::{Density, GaussianMixture};
use gradients::plain::{
    Activation, Adam, AdamConfig, Layer, Mlp, Parameters, last, sgd_step,
    sigmoid,
};
use lab::rng_at;
use minimax_loss::plain::{
    jsd, optimal_d, optimal_logit, value_of_logits, value_of_tables_backward,
};
use ndarray::{Array1, Array2, Zip};

use crate::{Answer, Demo, LiveError, Numbers, unknown};

/// The line from -6 to 6, in cells as wide as the chapter's.
const REACH: f64 = 6.0;
const CELLS: usize = 120;
const WIDTH: f64 = 2.0 * REACH / CELLS as f64;
/// What the two peaks of the data weigh, and the middle between them.
const WEIGHTS: [f64; 2] = [0.4, 0.6];
const MIDDLE: f64 = -0.15;
const LR: f64 = 0.02;
/// The means that are tried for the generator go from -5 to 5.
const MEANS: usize = 101;

/// Two densities and a discriminator, once they have been asked for.
#[derive(Default)]
pub(crate) struct Densities(Option<Playing>);

struct Playing {
    real: Masses,
    fake: Masses,
    /// The spread of the generator.
    spread: f64,
    climber: Climber,
}

/// A density as a table.
struct Masses {
    /// The mass of each cell, `[N]`.
    mass: Array1<f64>,
    /// Its logarithm, which does not end where the mass is rounded to 0.
    log: Array1<f64>,
}

/// A discriminator on its way.
#[derive(Clone)]
struct Climber {
    d: Mlp<f64>,
    /// What `d` gets: nothing that a table would heed, or all cells. `[1, 1]` or `[N, 1]`
    input: Array2<f64>,
    /// Without it, plain ascent.
    adam: Option<Adam<f64>>,
    steps: u64,
}

impl Demo for Densities {
    /// - `new mean spread apart width kind`: the generator's bell curve, the data's two peaks, and a discriminator that says
    ///   ½: a logit for each cell (0), the same in plain ascent (1), a network (2) or a straight line (3).
    /// - `settings mean spread apart width`: goes on with other densities.
    /// - `steps n`: so many steps up.
    /// - `view`: both densities, `D*`, the climber's D, numbers.
    /// - `means`: means of the generator, and the value of `D*` at each.
    fn ask(&mut self, what: &str, of: Numbers) -> Result<Answer, LiveError> {
        if what == "new" {
            let climber = Climber::new(of.whole(4, 3)?);
            self.0 = Some(Playing::new(of, climber)?);
            return Ok(Vec::new());
        }
        let playing = self.0.as_mut().ok_or_else(|| {
            LiveError::new("there is nothing yet: ask `densities.new`")
        })?;
        match what {
            "settings" => {
                let climber = playing.climber.clone();
                *playing = Playing::new(of, climber)?;
            }
            "steps" => {
                for _ in 0..of.whole(0, 10_000)? {
                    playing.step();
                }
            }
            "view" => return Ok(playing.view()),
            "means" => return playing.means(),
            _ => return Err(unknown(&format!("densities.{what}"))),
        }
        Ok(Vec::new())
    }
}

/// The data: two peaks, so far apart and so wide.
fn data(apart: f64, width: f64) -> Result<Masses, LiveError> {
    let half = apart.clamp(-2.0 * REACH, 2.0 * REACH) / 2.0;
    let places = [MIDDLE - half, MIDDLE + half];
    Masses::of(&[(WEIGHTS[0], places[0]), (WEIGHTS[1], places[1])], width)
}

/// The generator: a bell curve.
fn generator(mean: f64, spread: f64) -> Result<Masses, LiveError> {
    Masses::of(&[(1.0, mean.clamp(-REACH, REACH))], spread)
}

/// The middle of each cell, `[N, 1]`.
fn cells() -> Array2<f64> {
    Array2::from_shape_fn((CELLS, 1), |(n, _)| {
        (n as f64 + 0.5) * WIDTH - REACH
    })
}

impl Masses {
    fn of(peaks: &[(f64, f64)], spread: f64) -> Result<Self, LiveError> {
        let spread = spread.clamp(0.1, 10.0);
        let density = GaussianMixture::one_dimensional(peaks, spread);
        let log = density.map_err(LiveError::new)?.log_densities(&cells());
        let whole = log.mapv(f64::exp).sum();
        let log = log - whole.ln(); // [N]
        Ok(Self { mass: log.mapv(f64::exp), log })
    }
}

impl Climber {
    fn new(kind: u64) -> Self {
        let mut d = match kind {
            0 | 1 => table(),
            2 => network(&[1, 16, 16, 1]),
            _ => network(&[1, 1]),
        };
        // Whatever it is, it begins with D = ½ everywhere.
        if let Some(top) = d.layers.last_mut() {
            top.w.fill(0.0);
        }
        let input = if kind < 2 { Array2::zeros((1, 1)) } else { cells() };
        let config = AdamConfig { lr: LR, ..AdamConfig::default() };
        let adam = (kind != 1).then(|| Adam::new(&d, config));
        Self { d, input, adam, steps: 0 }
    }

    /// What goes in and what each layer gives; the last are the logits, a row or a column.
    fn outputs(&self) -> Vec<Array2<f64>> {
        self.d.forward(&self.input)
    }
}

/// One layer whose biases are the table, as in the chapter's `climb`.
fn table() -> Mlp<f64> {
    let (w, b) = (Array2::zeros((1, CELLS)), Array1::zeros(CELLS));
    Mlp { layers: vec![Layer { w, b, activation: Activation::Identity }] }
}

fn network(widths: &[usize]) -> Mlp<f64> {
    let rng = &mut rng_at(1, 0);
    Mlp::new(widths, Activation::Tanh, Activation::Identity, rng)
}

/// The logits of `D*`, `[N]`.
fn best(real: &Masses, fake: &Masses) -> Array1<f64> {
    let logit = |p: &f64, q: &f64| optimal_logit(*p, *q);
    Zip::from(&real.log).and(&fake.log).map_collect(logit)
}

impl Playing {
    fn new(of: Numbers, climber: Climber) -> Result<Self, LiveError> {
        let [mean, spread, apart, width] =
            [of.at(0)?, of.at(1)?, of.at(2)?, of.at(3)?];
        let real = data(apart, width)?;
        let fake = generator(mean, spread)?;
        Ok(Self { real, fake, spread, climber })
    }

    /// The value of `D*` at each mean that the generator may have.
    fn means(&self) -> Result<Answer, LiveError> {
        let mut found = vec![Vec::new(), Vec::new()];
        for n in 0..MEANS {
            let mean = n as f64 / 10.0 - 5.0;
            let (real, fake) = (&self.real, generator(mean, self.spread)?);
            let s = best(real, &fake); // [N]
            let value = value_of_logits(&real.mass, &fake.mass, &s);
            found[0].push(mean as f32);
            found[1].push(value as f32);
        }
        Ok(found)
    }

    /// One step along eq. 1.4, through whatever makes the logits.
    fn step(&mut self) {
        let Self { real, fake, climber, .. } = self;
        let outputs = climber.outputs();
        let (p, q, s) = (&real.mass, &fake.mass, flat(last(&outputs)));
        let slope = value_of_tables_backward(p, q, &s); // [N]
        let mut d_s = Array2::zeros(last(&outputs).raw_dim());
        d_s.iter_mut().zip(&slope).for_each(|(d, slope)| *d = -slope);
        let (_, d_d) = climber.d.backward_parameters(&outputs, d_s);
        climber.steps += 1;
        if let Some(adam) = &mut climber.adam {
            return adam.step(&mut climber.d, &d_d);
        }
        // A cell bends at most by (p + q) / 4: the heaviest just bears this.
        let lr = 4.0 / (p + q).fold(0.0, |a: f64, b| a.max(*b));
        let parameters = climber.d.parameters_mut().into_iter();
        for (mut theta, d_theta) in parameters.zip(d_d.parameters()) {
            sgd_step(&mut theta, &d_theta, lr);
        }
    }

    /// The densities of data and generator, D*, and the climber's D, each `[N]`; its steps, its value, that of D*, the JSD, and
    /// what eq. 1.5 says that the value is (in nats).
    fn view(&self) -> Answer {
        let Self { real, fake, climber, .. } = self;
        let (p, q) = (&real.mass, &fake.mass);
        let s = flat(last(&climber.outputs()));
        let best = best(real, fake); // [N]
        let jsd = jsd(p, q);
        let said = [
            climber.steps as f64,
            value_of_logits(p, q, &s),
            value_of_logits(p, q, &best),
            jsd,
            2.0 * jsd - 4.0_f64.ln(),
        ];
        let shown = |of: &Array1<f64>| of.iter().map(|v| *v as f32).collect();
        vec![
            shown(&(p / WIDTH)),
            shown(&(q / WIDTH)),
            shown(&optimal_d(p, q)),
            shown(&s.mapv(sigmoid)),
            said.map(|v| v as f32).to_vec(),
        ]
    }
}

/// A row or a column, `[N]`.
fn flat(of: &Array2<f64>) -> Array1<f64> {
    of.iter().copied().collect()
}
