//! Systems for pictures of any side, as they are before training: what a step takes, what drawing takes, what is held.

use std::time::Instant;

use code_prior::model::{Prior, Sizes as PriorSizes};
use code_prior::sampling::sample;
use code_prior::training as prior;
use datasets::{PictureSet, PixelRange};
use gan::training::Noise;
use lab::{Lab, Resumable, rng_at};
use ndarray::{Array1, Array2, Array4};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::{StandardUniform, Uniform};
use stability::net::Net;
use stability::pair::{self, Pair};
use vq_gan::data::{Pictures, Set};
use vq_gan::model::VqGan;
use vq_gan::plain::{Coder, Form, Perception};
use vq_gan::training::{Config, Opponent, Training, discriminator, in_room};
use vq_gan::viewer;

use crate::run::systems::{NOISE, count, manner};
use crate::variety::networks;

/// Whose steps are timed; the last one is what they are compared with.
pub const SYSTEMS: [&str; 5] =
    ["gan", "vq_vae", "vq_gan", "prior", "classifier"];

/// Systems for pictures of one side, whose pixels are noise: a step takes as long on these as on any.
pub struct World {
    form: Form,
    pictures: Pictures,
    seed: u64,
}

/// Pictures of a step.
fn batch(lab: &Lab) -> usize {
    lab.by_scale(8, 64, 64)
}

impl World {
    /// Pictures of noise.
    pub fn new(side: usize, seed: u64) -> anyhow::Result<Self> {
        let form = Form { side, channels: 3 };
        let n = 2 * viewer::BATCH;
        let shape = (n, side, side, form.channels);
        let rng = &mut rng_at(seed, side as u64);
        let images = Array4::random_using(shape, StandardUniform, rng);
        let labels = (0..n).map(|n| (n % 9) as u8);
        let classes: Vec<String> = (0..9).map(|n| n.to_string()).collect();
        let pictures = PictureSet {
            images,
            labels: Array1::from_iter(labels),
            classes: classes.clone(),
        };
        let set = Set { pictures, artists: vec![0; n] };
        let artists = vec!["noise".into()];
        let (train, test) = (set.clone(), set);
        let pictures = Pictures { train, test, classes, artists };
        Ok(Self { form, pictures, seed })
    }

    fn rows(&self, lab: &Lab, range: PixelRange) -> Array2<f32> {
        let rows: Vec<usize> = (0..batch(lab)).collect();
        self.pictures.train.pictures.pixels(&rows, range)
    }

    /// Seconds of one step of each of [`SYSTEMS`]: the median of so many lots of four, since the pair's penalty comes every
    /// fourth time.
    ///
    /// # Errors
    /// A training cannot be made, or diverged.
    pub fn steps(&self, lab: &Lab, lots: usize) -> anyhow::Result<[f64; 5]> {
        let ruler = self.ruler(lab);
        let codes = self.codes(lab, 2 * batch(lab));
        Ok([
            timed(&mut self.pair(lab)?, lots)?,
            timed(&mut self.network(lab, None)?, lots)?,
            timed(&mut self.network(lab, Some(&ruler))?, lots)?,
            timed(&mut self.prior(lab, &codes)?, lots)?,
            timed(&mut self.classifier(lab)?, lots)?,
        ])
    }

    /// Seconds to draw one picture: a generator's, and a prior's with the decoder; the median of so many.
    ///
    /// # Errors
    /// The sizes do not fit together.
    pub fn draws(&self, lab: &Lab, times: usize) -> anyhow::Result<[f64; 2]> {
        let noise = Noise::normal(NOISE);
        let (g, _) = networks(self.form, noise, manner(lab).sizes, self.seed);
        let of_pair = (0..times).map(|n| {
            let start = Instant::now();
            let z = noise.sample(1, &mut rng_at(self.seed, n as u64));
            let x = g.output(&z);
            assert_eq!(x.ncols(), self.form.numbers(), "a picture");
            start.elapsed().as_secs_f64()
        });
        let of_pair = of_pair.collect();
        let network = self.untrained(lab);
        let sizes = self.prior_sizes(lab);
        let prior: Prior<f32> = Prior::new(sizes, &mut rng_at(self.seed, 1))?;
        let mut of_codes = Vec::new();
        for n in 0..times {
            let start = Instant::now();
            network.decode(&sample(&prior, 1, 1.0, n as u64)?)?;
            of_codes.push(start.elapsed().as_secs_f64());
        }
        Ok([median(of_pair), median(of_codes)])
    }

    /// Numbers that are learnt by each of [`SYSTEMS`], and bytes that a step holds: each of these numbers with its gradient and
    /// two moments, what else it takes to have one, and what the layers hand on, whole batches of it.
    ///
    /// # Errors
    /// The sizes do not fit together.
    pub fn held(&self, lab: &Lab) -> anyhow::Result<[(f64, f64); 5]> {
        let rows = batch(lab) as f64;
        let (g, d) = self.pair_networks(lab);
        let (config, opponent) = self.config(lab, true);
        let network = self.untrained(lab);
        let judge = discriminator(self.form, opponent.channels, self.seed);
        let ruler = self.ruler(lab);
        let classifier = self.viewer(lab);
        let x = self.rows(lab, PixelRange::Unit);
        let x = x.slice_move(ndarray::s![..1, ..]);
        let kept = |net: &Net<f32>, x: &Array2<f32>| -> f64 {
            net.forward(x).iter().map(|y| y.len() as f64).sum()
        };
        let z = Array2::zeros((1, NOISE));
        let of_network = self.coded(&network, &x);
        let sizes = self.prior_sizes(lab);
        let of_prior: usize =
            sizes.shapes().map(|s| s.iter().product::<usize>()).sum();
        let numbers = |n: usize| n as f64;
        let learnt = [
            numbers(count(&g) + count(&d)),
            numbers(halves(&network)),
            numbers(halves(&network) + count(&judge)),
            numbers(of_prior),
            numbers(count(&classifier)),
        ];
        let book = numbers(network.codebook.len());
        let besides = [
            numbers(count(&g)), // its mean
            book,
            book + numbers(count(&ruler.net)),
            0.0,
            0.0,
        ];
        let few = self.prior_config(lab).batch as f64 / rows;
        let handed = [
            kept(&g, &z) + kept(&d, &x.mapv(|v| 2.0 * v - 1.0)),
            of_network,
            of_network + 2.0 * kept(&ruler.net, &x) + kept(&judge, &x),
            few * attended(sizes),
            kept(&classifier, &x),
        ];
        debug_assert_eq!(config.sizes.form, self.form);
        Ok(std::array::from_fn(|n| {
            let held = 4.0 * learnt[n] + besides[n] + rows * handed[n];
            (learnt[n], 4.0 * held)
        }))
    }

    fn coded(&self, network: &VqGan<f32>, x: &Array2<f32>) -> f64 {
        let of = (self.form, network.sizes.patch);
        let into = network.encoder.encode(x, of);
        let out = network.decoder.decode(&into.half.y, of);
        let mut sum = 0;
        for part in [&into, &out] {
            sum += part.half.x.len() + part.half.y.len();
            let grids = part.half.a.iter().chain(&part.end);
            sum += grids.map(|y| y.len()).sum::<usize>();
        }
        sum as f64
    }

    fn pair_networks(&self, lab: &Lab) -> (Net<f32>, Net<f32>) {
        let noise = Noise::normal(NOISE);
        networks(self.form, noise, manner(lab).sizes, self.seed)
    }

    fn pair(&self, lab: &Lab) -> anyhow::Result<impl Resumable> {
        let config = manner(lab).recipe(1000);
        let noise = Noise::normal(NOISE);
        let config = pair::Config { batch: batch(lab), noise, ..config };
        let x = self.rows(lab, PixelRange::Symmetric);
        let nets = self.pair_networks(lab);
        let run = Pair::new(config, nets, self.seed, move |_| x.clone());
        pair::in_room(lab, run)
    }

    fn config(&self, lab: &Lab, judged: bool) -> (Config, Opponent) {
        let mut config = Config {
            contrast: self.pictures.contrast(),
            batch: batch(lab),
            ..Config::default()
        };
        let sizes = &mut config.sizes;
        sizes.form = self.form;
        sizes.codes = lab.by_scale(16, sizes.codes, sizes.codes);
        sizes.channels = lab.by_scale(8, sizes.channels, sizes.channels);
        sizes.blocks = lab.by_scale(1, sizes.blocks, sizes.blocks);
        let page = Opponent::default();
        let channels = lab.by_scale([4, 6], page.channels, page.channels);
        let opponent =
            Opponent { channels, learns: 0, heard: 0, ramp: 0, ..page };
        if judged {
            config.perceptual = Some((1.0, 0));
            config.opponent = Some(opponent);
        }
        (config, opponent)
    }

    fn untrained(&self, lab: &Lab) -> VqGan<f32> {
        let (Config { sizes, contrast, .. }, _) = self.config(lab, false);
        VqGan::new(sizes, contrast, &mut rng_at(self.seed, 2))
    }

    fn network<'a>(
        &self,
        lab: &Lab,
        ruler: Option<&'a Perception<f32>>,
    ) -> anyhow::Result<impl Resumable + 'a> {
        let (config, _) = self.config(lab, ruler.is_some());
        let x = self.rows(lab, PixelRange::Unit);
        let data = move |_| x.clone();
        in_room(lab, Training::new(config, ruler, data, self.seed)?)
    }

    fn prior_sizes(&self, lab: &Lab) -> PriorSizes {
        let (Config { sizes, .. }, _) = self.config(lab, false);
        let page = prior::Config::default().sizes;
        PriorSizes {
            codes: sizes.codes,
            places: sizes.places(),
            width: lab.by_scale(16, page.width, page.width),
            heads: lab.by_scale(2, page.heads, page.heads),
            blocks: lab.by_scale(1, page.blocks, page.blocks),
            classes: 0,
        }
    }

    fn prior_config(&self, lab: &Lab) -> prior::Config {
        let page = prior::Config::default();
        let batch = lab.by_scale(8, page.batch, page.batch);
        prior::Config { sizes: self.prior_sizes(lab), batch, ..page }
    }

    fn codes(&self, lab: &Lab, maps: usize) -> Array2<usize> {
        let PriorSizes { codes, places, .. } = self.prior_sizes(lab);
        let any = Uniform::new(0, codes).expect("some codes");
        let rng = &mut rng_at(self.seed, 3);
        Array2::random_using((maps, places), any, rng)
    }

    fn prior<'a>(
        &self,
        lab: &Lab,
        codes: &'a Array2<usize>,
    ) -> anyhow::Result<impl Resumable + 'a> {
        let config = self.prior_config(lab);
        let run = prior::Training::new(config, codes, self.seed)?;
        prior::in_room(lab, run)
    }

    fn viewer(&self, lab: &Lab) -> Net<f32> {
        let channels = self.viewer_channels(lab);
        viewer::viewer(self.form, channels, (64, 9), self.seed)
    }

    fn viewer_channels(&self, lab: &Lab) -> [usize; 3] {
        lab.by_scale([4, 4, 6], [24, 48, 64], [24, 48, 64])
    }

    fn ruler(&self, lab: &Lab) -> Perception<f32> {
        let x = self.rows(lab, PixelRange::Unit);
        let x = self.pictures.contrast().apply(x);
        Perception::new(self.viewer(lab), &x)
    }

    /// Its batch is that of chapter 10, at every scale.
    fn classifier(&self, lab: &Lab) -> anyhow::Result<impl Resumable> {
        let (pictures, channels) =
            (&self.pictures, self.viewer_channels(lab));
        let name = "cost-classifier";
        viewer::Training::new(name, pictures, channels, 64, self.seed, 1000)
    }
}

/// Numbers in encoder and decoder.
fn halves(network: &VqGan<f32>) -> usize {
    let of: [&Coder<f32>; 2] = [&network.encoder, &network.decoder];
    of.into_iter().map(count).sum()
}

/// What the layers of a prior hand on for one map: rows of its width, of four times that, of the codes, and each head's weights.
fn attended(sizes: PriorSizes) -> f64 {
    let PriorSizes { codes, places, width, heads, blocks, .. } = sizes;
    let [k, t, w, h, l] =
        [codes, places, width, heads, blocks].map(|n| n as f64);
    l * (13.0 * t * w + 2.0 * t + h * t * t) + 2.0 * t * w + t + t * k
}

/// Seconds of one step: the median of so many lots of four, after one.
fn timed(run: &mut impl Resumable, lots: usize) -> anyhow::Result<f64> {
    const LOT: usize = 4;
    let mut times = Vec::new();
    for _ in 0..=lots {
        let start = Instant::now();
        for _ in 0..LOT {
            run.step()?;
        }
        run.settle()?;
        times.push(start.elapsed().as_secs_f64() / LOT as f64);
    }
    Ok(median(times.split_off(1)))
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(0.0)
}
