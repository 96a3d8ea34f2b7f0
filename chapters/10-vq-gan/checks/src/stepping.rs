//! Exercise 10.6: a step of decoder and discriminator.

use gradients::plain::{
    Activation, Adam, AdamConfig, Parameters, add, last, mse, mse_backward,
};
use minimax_loss::plain::{
    d_loss_backward, g_loss_non_saturating, g_loss_non_saturating_backward,
    g_loss_saturating_backward,
};
use stability::net::{Map, Net, layer};
use vq_gan::plain::{Balance, Perception};

use super::*;

/// Who learns in a step.
#[derive(Clone, Debug)]
pub struct Players {
    /// From codes `[B, Z]` to pictures `[B, X]`. Its last layer has no activation.
    pub decoder: Net<f64>,
    pub of_decoder: Adam<f64>,
    /// From pictures `[B, X]` to logits `[B, P]`.
    pub discriminator: Net<f64>,
    pub of_discriminator: Adam<f64>,
}

/// What stays as it is.
#[derive(Clone, Debug)]
pub struct Rules {
    pub ruler: Perception<f64>,
    /// What the distance of features counts beside the squared error.
    pub weight: f64,
    pub balance: Balance,
    /// What the squared error is divided by.
    pub variance: f64,
}

/// The terms of a step, none of them weighed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// The squared error over the variance.
    pub reconstruction: f64,
    /// Eq. 10.2.
    pub perceptual: f64,
    /// Eq. 10.4; 0 while nobody listens.
    pub adversarial: f64,
    /// By what the opinion's gradient is multiplied, its share included; 0 while nobody listens.
    pub lambda: f64,
}

/// The gradient of the discriminator's loss (eq. 1.6) at its parameters.
pub fn d_gradient(
    d: &Net<f64>,
    x: &Array2<f64>,     // [B, X]
    x_hat: &Array2<f64>, // [B, X]
) -> Net<f64> {
    let (real, fake) = (d.forward(x), d.forward(x_hat));
    let (d_real, d_fake) = d_loss_backward(last(&real), last(&fake));
    let mut d_d = d.backward_parameters(&real, d_real);
    add(&mut d_d, &d.backward_parameters(&fake, d_fake));
    d_d
}

type Batch = (Array2<f64>, Array2<f64>, bool);

/// Players, and the batches of a few steps.
#[derive(Clone)]
struct Played {
    players: Players,
    rules: Rules,
    batches: Vec<Batch>,
}

fn all_of(net: &Net<f64>) -> ArrayD<f64> {
    let all = net.parameters();
    let all: Vec<f64> = all.iter().flat_map(|p| p.iter().copied()).collect();
    ndarray::Array1::from(all).into_dyn()
}

fn out(terms: Vec<Terms>, players: &Players) -> Out {
    let terms: Vec<f64> = terms
        .iter()
        .flat_map(|t| {
            [t.reconstruction, t.perceptual, t.adversarial, t.lambda]
        })
        .collect();
    vec![
        ndarray::Array1::from(terms).into_dyn(),
        all_of(&players.decoder),
        all_of(&players.discriminator),
    ]
}

/// Exercise 10.6, as it can go wrong.
fn played(of: &Played, is: Is, tap: Tap) -> Out {
    let mut players = of.players.clone();
    let mut terms = Vec::new();
    for batch in &of.batches {
        terms.push(one_step(&mut players, batch, &of.rules, is, tap));
    }
    let players = match is("copies are trained") {
        true => &of.players,
        false => &players,
    };
    out(terms, players)
}

fn one_step(
    players: &mut Players,
    (z_q, x, heard): &Batch,
    rules: &Rules,
    is: Is,
    tap: Tap,
) -> Terms {
    let Rules { ruler, weight, balance, variance } = rules;
    let heard = match () {
        _ if is("never heard") => false,
        _ if is("heard from the start") => true,
        _ => *heard,
    };
    let seen = players.decoder.forward(z_q);
    let x_hat = last(&seen).clone(); // [B, X]
    let asked = g_loss_non_saturating(&players.discriminator.output(&x_hat));
    let learns = |players: &mut Players, x_hat: &Array2<f64>| {
        if is("the discriminator stands still") {
            return;
        }
        if is("the discriminator learns only when heard") && !heard {
            return;
        }
        let d = &players.discriminator;
        let x_hat = match is("clamped for the discriminator") {
            true => &x_hat.mapv(|v| v.clamp(0.0, 1.0)),
            false => x_hat,
        };
        let d_d = match () {
            _ if is("real and fake exchanged") => d_gradient(d, x_hat, x),
            _ if is("the discriminator learns the decoder's aim") => {
                let seen = d.forward(x_hat);
                let d_s = g_loss_non_saturating_backward(last(&seen));
                d.backward_parameters(&seen, d_s)
            }
            _ if is("fakes alone") => {
                let fake = d.forward(x_hat);
                let (_, d_fake) = d_loss_backward(last(&fake), last(&fake));
                d.backward_parameters(&fake, d_fake)
            }
            _ => d_gradient(d, x, x_hat),
        };
        let twice = if is("the discriminator learns twice") { 2 } else { 1 };
        for _ in 0..twice {
            players.of_discriminator.step(&mut players.discriminator, &d_d);
        }
    };
    if is("the discriminator first") {
        learns(players, &x_hat);
    }
    let over = match () {
        _ if is("variance left out") => 1.0,
        _ if is("the deviation for the variance") => variance.sqrt(),
        _ if is("times the variance") => 1.0 / variance,
        _ => *variance,
    };
    let mut reconstruction = mse(&x_hat, x) / over;
    let d_error = mse_backward(&x_hat, x)
        / if is("variance left out of the gradient") { 1.0 } else { over };
    let (mut perceptual, d_ruler) = match is("the ruler the wrong way round")
    {
        true => ruler.distance(&x_hat, x),
        false => ruler.distance(x, &x_hat),
    };
    let w = match () {
        _ if is("the ruler's weight left out") => 1.0,
        _ if is("the ruler left out") => 0.0,
        _ if is("the distance over the variance") => weight / over,
        _ => *weight,
    };
    let d_rest = &d_error + &(&d_ruler * w);
    let d_rest = tapped(tap, "the rest's gradient", d_rest);
    let (mut adversarial, mut lambda) = (0.0, 0.0);
    let mut said = 0.0;
    let mut d_adv = Array2::zeros(x.raw_dim());
    if heard {
        let d = &players.discriminator;
        let shown = match () {
            _ if is("the opinion on the pictures") => x,
            _ if is("clamped for the opinion") => {
                &x_hat.mapv(|v| v.clamp(0.0, 1.0))
            }
            _ => &x_hat,
        };
        let of_d = d.forward(shown);
        let s = last(&of_d);
        adversarial = g_loss_non_saturating(s);
        let d_s = match is("saturating") {
            true => g_loss_saturating_backward(s),
            false => g_loss_non_saturating_backward(s),
        };
        d_adv = d.through(&of_d, d_s);
        d_adv = tapped(tap, "the opinion's gradient", d_adv);
        let n = players.decoder.layers.len();
        let at_first = |d: &Array2<f64>| {
            let all = players.decoder.backward_parameters(&seen, d.clone());
            all.layers[0].w.clone()
        };
        let all_parameters = |d: &Array2<f64>| {
            let all = players.decoder.backward_parameters(&seen, d.clone());
            let all = all_of(&all);
            let n = all.len();
            all.into_shape_with_order((1, n)).unwrap_or_default()
        };
        let at = |d: &Array2<f64>| match () {
            _ if is("λ at the pixels") => d.clone(),
            _ if is("λ at the first layer") => at_first(d),
            _ if is("λ at all parameters") => all_parameters(d),
            _ if is("λ at the bias") => {
                let all =
                    players.decoder.backward_parameters(&seen, d.clone());
                let b = &all.layers[n - 1].b;
                b.clone().insert_axis(ndarray::Axis(0))
            }
            _ => players.decoder.layers[n - 1].weight(&seen[n - 1], d),
        };
        let compared = match () {
            _ if is("λ from the squared error alone") => d_error.clone(),
            _ if is("λ from the distance alone") => d_ruler.clone(),
            _ if is("λ from the sum") => &d_rest + &d_adv,
            _ => d_rest.clone(),
        };
        let length = |d: &Array2<f64>| (d * d).sum().sqrt();
        let [r, o] = [&compared, &d_adv].map(|d| length(&at(d)));
        let (r, o) = if is("λ upside down") { (o, r) } else { (r, o) };
        let most = if is("no bound") { f64::INFINITY } else { balance.most };
        let adaptive = match () {
            _ if is("never adaptive") => false,
            _ if is("always adaptive") => true,
            _ => balance.adaptive,
        };
        let share = match () {
            _ if is("share left out") => 1.0,
            _ if is("share squared") => balance.share * balance.share,
            _ => balance.share,
        };
        said = match adaptive {
            true => (r / (o + 1e-6)).min(most),
            false => 1.0,
        };
        lambda = match () {
            _ if is("the bound behind the share") && adaptive => {
                (r / (o + 1e-6) * share).min(most)
            }
            _ if is("no share if not adaptive") && !adaptive => 1.0,
            _ => said * share,
        };
        lambda = number_through(tap, "λ", lambda);
    }
    let goes = match () {
        _ if is("opinion unweighed") && heard => 1.0,
        _ if is("against the opinion") => -lambda,
        _ => lambda,
    };
    let together = match () {
        _ if is("λ on the rest") && heard => &d_rest * lambda + &d_adv,
        _ if is("the opinion in place of the rest") && heard => &d_adv * goes,
        _ if is("over 1 and λ") && heard => {
            (&d_rest + &(&d_adv * goes)) / (1.0 + lambda)
        }
        _ if is("the mean of both") && heard => {
            (&d_rest + &(&d_adv * goes)) / 2.0
        }
        _ => &d_rest + &(&d_adv * goes),
    };
    if is("an Adam for each step") {
        let config = players.of_decoder.config;
        players.of_decoder = Adam::new(&players.decoder, config);
        let config = players.of_discriminator.config;
        players.of_discriminator = Adam::new(&players.discriminator, config);
    }
    if is("an Adam for each step of the decoder") {
        let config = players.of_decoder.config;
        players.of_decoder = Adam::new(&players.decoder, config);
    }
    let together = if is("uphill") { -together } else { together };
    match is("two steps for the decoder") && heard {
        true => {
            for d in [&d_rest, &(&d_adv * lambda)] {
                let d = players.decoder.backward_parameters(&seen, d.clone());
                players.of_decoder.step(&mut players.decoder, &d);
            }
        }
        false if is("the decoder stands still") => {}
        false => {
            let mut d = players.decoder.backward_parameters(&seen, together);
            if is("the last layer alone learns") {
                let n = d.layers.len();
                for layer in &mut d.layers[..n - 1] {
                    layer.w.fill(0.0);
                    layer.b.fill(0.0);
                }
            }
            players.of_decoder.step(&mut players.decoder, &d);
        }
    }
    let behind = last(&players.decoder.forward(z_q)).clone();
    if is("terms behind the step") {
        reconstruction = mse(&behind, x) / over;
        perceptual = ruler.distance(x, &behind).0;
        if heard {
            let s = players.discriminator.output(&behind);
            adversarial = g_loss_non_saturating(&s);
        }
    }
    match () {
        _ if is("the discriminator first") => {}
        _ if is("shown what comes behind the step") => {
            learns(players, &behind)
        }
        _ => learns(players, &x_hat),
    }
    Terms {
        reconstruction: match is("variance left out of the term") {
            true => mse(&x_hat, x),
            false => reconstruction,
        },
        perceptual: match is("the distance weighed in the terms") {
            true => perceptual * weight,
            false => perceptual,
        },
        adversarial: match () {
            _ if is("the opinion weighed in the terms") => {
                adversarial * lambda
            }
            _ if is("told where nobody listens") && !heard => asked,
            _ => adversarial,
        },
        lambda: if is("λ told without its share") { said } else { lambda },
    }
}

const PLAYED: Mistakes<Played> = mistakes!(
    played,
    [
        "the discriminator first",
        "The discriminator had its step before the decoder listened. Both look at what was there when the step began: forward and all \
         gradients first, then both steps."
    ],
    [
        "shown what comes behind the step",
        "The discriminator was shown what the decoder draws *behind* its step. It learns from the x̂ of this step, which is there already."
    ],
    ["the discriminator stands still", "The discriminator does not learn."],
    [
        "the discriminator learns only when heard",
        "While nobody listens the discriminator does not learn. It learns in every step, so that it has something to say when it is heard."
    ],
    [
        "the discriminator learns twice",
        "The discriminator has two steps for the decoder's one."
    ],
    [
        "the discriminator learns the decoder's aim",
        "The discriminator was moved by the gradient of the opinion, which is the decoder's loss. Through that it only passes the gradient \
         on; its own step is down its own loss."
    ],
    [
        "real and fake exchanged",
        "For the discriminator real and fake are exchanged: it learns to call the reconstructions real."
    ],
    [
        "fakes alone",
        "The discriminator was shown reconstructions alone. Without pictures it learns to say no to everything."
    ],
    [
        "clamped for the discriminator",
        "What the discriminator learns from was clamped to [0, 1], and what it is asked about is not. It is to see the same x̂."
    ],
    ["never heard", "Nobody listens, not even where `heard` is true."],
    [
        "heard from the start",
        "The opinion counts where `heard` is false, too."
    ],
    [
        "the opinion on the pictures",
        "The discriminator was asked about x. Its opinion is of x̂: on x there is nothing the decoder could change."
    ],
    [
        "saturating",
        "The gradient is that of the saturating loss (1.8). The opinion is non-saturating (1.10)."
    ],
    [
        "against the opinion",
        "The opinion's gradient was taken off. Its loss is a term of the decoder's, so its gradient is added."
    ],
    [
        "opinion unweighed",
        "λ was computed, and not used: the opinion's gradient went in as it is."
    ],
    [
        "λ on the rest",
        "λ was multiplied to the rest's gradient. It weighs the opinion."
    ],
    [
        "the opinion in place of the rest",
        "Where the opinion is heard, the rest is missing. It is one more term."
    ],
    [
        "the mean of both",
        "The mean of the rest's and the opinion's gradients was taken. They are added."
    ],
    [
        "λ at the pixels",
        "λ compares the gradients at the pixels. It compares them at the weights of the decoder's last layer: `weight` of what goes into it \
         and the gradient behind it."
    ],
    [
        "λ at the first layer",
        "λ compares the gradients at the decoder's first layer. Its *last* one is where they are cheap to have."
    ],
    [
        "λ at the bias",
        "λ compares the gradients at the last layer's bias. It compares them at its weights."
    ],
    [
        "over 1 and λ",
        "The sum was divided by 1 + λ. It is a sum, not a mean."
    ],
    [
        "an Adam for each step",
        "Each step has optimisers of its own, which remember nothing. Those of `players` go on."
    ],
    [
        "an Adam for each step of the decoder",
        "Each step of the decoder has an optimiser of its own, which remembers nothing. `of_decoder` goes on."
    ],
    [
        "λ at all parameters",
        "λ compares the gradients at all of the decoder's parameters. The weights of the last layer suffice, and cost no second backward pass."
    ],
    [
        "λ from the squared error alone",
        "λ compares the opinion with the squared error's gradient alone. The rest is squared error *and* distance."
    ],
    [
        "λ from the distance alone",
        "λ compares the opinion with the distance's gradient alone. The rest is squared error *and* distance, weighed."
    ],
    [
        "λ from the sum",
        "The opinion's gradient was added before λ was computed, so that it is compared with itself, too. λ first, then the sum."
    ],
    ["λ upside down", "λ is upside down: the rest's length stands above."],
    ["no bound", "The bound `most` is missing."],
    [
        "the bound behind the share",
        "The share was multiplied in before the bound. (10.6) bounds the ratio; then comes the share."
    ],
    ["share left out", "The share is missing in λ."],
    ["share squared", "The share was multiplied in twice."],
    [
        "no share if not adaptive",
        "Where λ is not adaptive, the share is missing. Then it is the share alone."
    ],
    [
        "never adaptive",
        "λ is the share alone, also where `adaptive` says that the ratio is taken."
    ],
    [
        "always adaptive",
        "λ is a ratio also where `adaptive` says no. Then it is the share alone."
    ],
    [
        "two steps for the decoder",
        "The decoder has two steps, one for the rest and one for the opinion, and Adam makes each of them as long as one. Add the gradients, \
         and step once."
    ],
    ["the decoder stands still", "The decoder does not learn."],
    [
        "the last layer alone learns",
        "Only the decoder's last layer learns. λ is decided there; the sum goes all the way back."
    ],
    ["uphill", "The decoder goes uphill."],
    [
        "the ruler left out",
        "The distance of features is missing in the gradient."
    ],
    [
        "the ruler's weight left out",
        "The distance's gradient went in without its weight."
    ],
    [
        "the ruler the wrong way round",
        "The ruler was given x̂ first. Its gradient is at its *second* batch, and that has to be x̂."
    ],
    [
        "variance left out",
        "The squared error was not divided by the variance."
    ],
    [
        "variance left out of the gradient",
        "The squared error's gradient was not divided by the variance."
    ],
    [
        "variance left out of the term",
        "`reconstruction` is to be the squared error over the variance."
    ],
    [
        "the deviation for the variance",
        "The squared error was divided by the variance's root."
    ],
    [
        "times the variance",
        "The squared error was multiplied by the variance. Divide."
    ],
    [
        "the distance weighed in the terms",
        "`perceptual` was weighed. The terms are told as they are, so that runs of other weights can be compared."
    ],
    [
        "the opinion weighed in the terms",
        "`adversarial` was weighed. The terms are told as they are."
    ],
    [
        "told where nobody listens",
        "Where nobody listens `adversarial` is 0: what the discriminator would say is no term of this step."
    ],
    [
        "clamped for the opinion",
        "The discriminator was asked about a clamped x̂. It is asked about x̂ as it is, and learns from the same."
    ],
    [
        "the distance over the variance",
        "The distance's gradient was divided by the variance, too. Its layers have scales of their own; only the squared error is divided."
    ],
    [
        "λ told without its share",
        "`lambda` is to hold the share, too: by what the gradient is multiplied."
    ],
    [
        "terms behind the step",
        "The terms are those behind the decoder's step. They are told of the x̂ with which the step began."
    ],
    [
        "copies are trained",
        "The players are as they were: copies had the steps."
    ],
);

fn games() -> Vec<(&'static str, Played)> {
    let net = |widths: &[usize], activation, stream| {
        let rng = &mut rng_at(106, stream);
        let pairs = widths.windows(2).enumerate();
        let layers = pairs.map(|(n, w)| {
            let end = n + 2 == widths.len();
            let activation =
                if end { Activation::Identity } else { activation };
            layer(Map::Dense, (w[0], w[1]), activation, rng)
        });
        Net { layers: layers.collect() }
    };
    let leaky = Activation::LeakyRelu(0.2);
    let relu = Activation::Relu;
    let batch = |b, z, x, stream, heard| {
        let pictures = rows(b, x, 200 + stream) * 0.3 + 0.5;
        (rows(b, z, 100 + stream) + 0.1, pictures, heard)
    };
    let usual = Balance { share: 0.5, adaptive: true, most: 1e3 };
    let of = |z: usize, x: usize, balance, batches: &[(usize, bool)]| {
        let of_decoder = AdamConfig { lr: 0.02, ..AdamConfig::default() };
        let of_d =
            AdamConfig { lr: 0.05, beta1: 0.0, ..AdamConfig::default() };
        let decoder = net(&[z, 4, x], relu, 1);
        let discriminator = net(&[x, 3, 2], leaky, 2);
        let ruler = net(&[x, 5, 4, 2], leaky, 3);
        let ruler = Perception::new(ruler, &(rows(6, x, 9) * 0.3 + 0.5));
        let batches = batches.iter().enumerate();
        let batches =
            batches.map(|(n, (b, heard))| batch(*b, z, x, n as u64, *heard));
        Played {
            players: Players {
                of_decoder: Adam::new(&decoder, of_decoder),
                of_discriminator: Adam::new(&discriminator, of_d),
                decoder,
                discriminator,
            },
            rules: Rules { ruler, weight: 0.3, balance, variance: 0.11 },
            batches: batches.collect(),
        }
    };
    let mut windows = of(6, 48, usual, &[(3, false), (2, true), (4, true)]);
    let rng = &mut rng_at(106, 50);
    let nothing = Activation::Identity;
    windows.players.decoder = Net {
        layers: vec![
            layer(Map::Dense, (6, 8), relu, rng),
            layer(Map::Up { side: 2 }, (2, 3), nothing, rng),
        ],
    };
    windows.players.discriminator = Net {
        layers: vec![layer(Map::Down { side: 4 }, (3, 1), nothing, rng)],
    };
    let of_d = windows.players.of_discriminator.config;
    windows.players.of_discriminator =
        Adam::new(&windows.players.discriminator, of_d);
    let of_decoder = windows.players.of_decoder.config;
    windows.players.of_decoder =
        Adam::new(&windows.players.decoder, of_decoder);
    let mut silent = of(3, 5, usual, &[(4, true), (3, true)]);
    for layer in &mut silent.players.discriminator.layers {
        layer.w.fill(0.0);
        layer.b.fill(0.3);
    }
    let fixed = Balance { adaptive: false, ..usual };
    let bounded = Balance { most: 0.3, share: 0.7, ..usual };
    let tight = Balance { most: 0.3, share: 2.0, ..usual };
    vec![
        ("one step in which nobody listens", of(3, 5, usual, &[(4, false)])),
        ("one step in which it is heard", of(3, 5, usual, &[(4, true)])),
        ("one step, and a λ that is no ratio", of(3, 5, fixed, &[(4, true)])),
        ("one step, and a bound of 0.3", of(3, 5, bounded, &[(4, true)])),
        (
            "one step, a bound of 0.3 and a share of 2",
            of(3, 5, tight, &[(2, true)]),
        ),
        (
            "three steps, heard from the second on",
            of(2, 6, usual, &[(3, false), (4, true), (2, true)]),
        ),
        ("a discriminator that has nothing to say yet", silent),
        ("windows of 4 × 4, and three steps", windows),
    ]
}

pub fn train_step(
    candidate: fn(
        &mut Players,
        &Array2<f64>,
        &Array2<f64>,
        &Rules,
        bool,
    ) -> Terms,
) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 10, § One step, equation 10.7",
        results: &["the list of terms", "the decoder", "the discriminator"],
        right: |of| rightly(played, of),
        suspects: PLAYED.0,
        terms: none,
        others: |of| {
            let rules = |change: fn(&mut Rules)| {
                let mut of = of.clone();
                change(&mut of.rules);
                of
            };
            vec![
                ("if `weight` were 0".into(), rules(|r| r.weight = 0.0)),
                (
                    "if `share` were 1".into(),
                    rules(|r| r.balance.share = 1.0),
                ),
                ("if `variance` were 1".into(), rules(|r| r.variance = 1.0)),
            ]
        },
        numbers: none,
        tolerance: 1e-8,
    };
    judged(&exercise, played, PLAYED.1, &games(), |of| {
        let mut players = of.players.clone();
        let terms = of.batches.iter().map(|(z_q, x, heard)| {
            candidate(&mut players, z_q, x, &of.rules, *heard)
        });
        let terms = terms.collect();
        out(terms, &players)
    })
    .map_err(without_steps)
}

/// Makes every two mistakes at once.
pub(crate) fn together() {
    made_together(played, PLAYED.1, &games());
}

/// Mistakes that the inputs cannot tell apart.
pub(crate) fn alike() -> Vec<[&'static str; 2]> {
    two_alike(played, PLAYED.1, &games())
}
