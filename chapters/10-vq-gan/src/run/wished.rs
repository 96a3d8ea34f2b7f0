//! What a prior that takes a wish learns from, and what is seen in what it draws.

use code_prior::model::Sizes;
use code_prior::training as prior;
use gradients::plain::AdamConfig;
use judge::measures::{Seen, nearest_rows, precision_and_recall};
use lab::Lab;
use ndarray::{Array2, Axis, concatenate};
use stability::net::Net;

use super::experiments::emoji::network;
use super::setting::{Data, Eyes, agree, apart};
use crate::model::VqGan;
use crate::viewer;
use crate::wish::{Wishes, maps};

/// What a prior learns from, and is measured by.
pub struct World {
    /// The pictures.
    pub data: Data,
    /// The judge of categories.
    pub eyes: Eyes,
    /// Names the artist.
    artist: Net<f32>,
    /// Whose codes they are.
    pub network: VqGan<f32>,
    /// The classes of the prior.
    pub wishes: Wishes,
    /// `[N, T]`, and what they are of.
    pub train: (Array2<usize>, Vec<usize>),
    /// The same of what is held back.
    pub test: (Array2<usize>, Vec<usize>),
}

impl World {
    /// With the network that the experiment `emoji` has left, or one that is trained here.
    pub fn new(lab: &Lab) -> anyhow::Result<Self> {
        let data = Data::load(lab)?;
        let eyes = Eyes::new(lab, &data)?;
        let artist = by_artist(lab, &data)?;
        let network = network(lab, &data, &eyes)?;
        let wishes = Wishes::of(&data.pictures);
        let set = data.train();
        let copies = lab.by_scale(0, COPIES, COPIES);
        let train = maps(&network, set, copies, lab.seed())?;
        let of = wishes.classes(set);
        let classes = of.repeat(copies as usize + 1);
        let test = network.encode(&data.test)?;
        let held = data.of_test(&wishes.classes(&data.pictures.test));
        Ok(Self {
            train: (train, classes),
            test: (test, held),
            data,
            eyes,
            artist,
            network,
            wishes,
        })
    }

    /// Maps of what is learnt from, one for the wish of each test picture: of the pictures as they are, or of their first
    /// copies, where there are any. `[N, T]`
    pub fn as_wished(&self, copy: usize) -> Array2<usize> {
        let (maps, classes) = &self.train;
        let pictures = self.data.train().len();
        let first = copy * pictures % maps.nrows();
        let mut taken = vec![0; self.wishes.count()];
        let rows = self.test.1.iter().map(|&class| {
            let fits = |n: &usize| classes[*n] == class;
            let of: Vec<usize> = (0..pictures).filter(fits).collect();
            // Seven pictures are learnt from for one that is held back.
            let at = 7 * taken[class] % of.len().max(1);
            taken[class] += 1;
            first + of.get(at).copied().unwrap_or(0)
        });
        let rows: Vec<usize> = rows.collect();
        maps.select(Axis(0), &rows)
    }

    /// The share of pictures in which the category is seen that was wished for, and that in which the artist is.
    pub fn kept(
        &self,
        x: &Array2<f32>,
        seen: &Seen,
        classes: &[usize],
    ) -> [f64; 2] {
        let parts = classes.iter().map(|&c| self.wishes.parts(c));
        let (categories, artists): (Vec<_>, Vec<_>) = parts.unzip();
        let hand =
            viewer::look(&self.artist, &self.data.contrast.apply(x.clone()));
        [agree(seen, &categories), agree(&hand, &artists)]
    }
}

/// Mirrored and moved copies of each picture that a prior learns from.
pub const COPIES: u64 = 7;

/// A viewer that names who drew a picture.
fn by_artist(lab: &Lab, data: &Data) -> anyhow::Result<Net<f32>> {
    let mut pictures = data.pictures.clone();
    pictures.classes.clone_from(&pictures.artists);
    for set in [&mut pictures.train, &mut pictures.test] {
        let artists = set.artists.iter().map(|&a| a as u8);
        set.pictures.labels = artists.collect();
    }
    let steps = lab.by_scale(3, 600, 2000);
    let channels = lab.by_scale([4, 4, 6], [16, 24, 32], [16, 24, 32]);
    let seed = lab.seed().wrapping_add(3000);
    let name = "artist-judge";
    let mut run =
        viewer::Training::new(name, &pictures, channels, 32, seed, steps)?;
    lab.prepare(name, steps, &mut run)?;
    Ok(run.model.net)
}

/// The prior's recipe: chapter 9's, for fewer pictures and more places.
pub fn recipe(
    lab: &Lab,
    codes: usize,
    wishes: &Wishes,
    places: usize,
) -> prior::Config {
    let page = prior::Config::default();
    let sizes = Sizes {
        codes,
        places,
        width: lab.by_scale(16, page.sizes.width, 256),
        heads: lab.by_scale(2, page.sizes.heads, 8),
        blocks: lab.by_scale(1, page.sizes.blocks, 4),
        classes: wishes.count(),
    };
    let lr = lab.by_scale(page.adam.lr, page.adam.lr, 1e-3);
    prior::Config {
        sizes,
        batch: lab.by_scale(8, page.batch, 64),
        steps: lab.by_scale(10, STEPS, 10_000),
        warm_up: lab.by_scale(2, page.warm_up, 500),
        adam: AdamConfig { lr, ..page.adam },
    }
}

/// Steps of a prior's training.
const STEPS: u64 = 5000;

/// Neighbours of chapter 3's recall.
const NEIGHBOURS: usize = 3;

/// Of pictures that were drawn for these wishes: the share in which the category is seen, and the artist, the Fréchet distance
/// from the test pictures, and recall.
pub fn judged(
    world: &World,
    x: &Array2<f32>,
    classes: &[usize],
) -> anyhow::Result<[f64; 4]> {
    let seen = world.eyes.look(&world.data, x);
    let real = world.eyes.look(&world.data, &world.data.test);
    let [category, artist] = world.kept(x, &seen, classes);
    let (_, recall) =
        precision_and_recall(&real.features, &seen.features, NEIGHBOURS)?;
    Ok([category, artist, apart(&seen, &real)?, recall])
}

/// How far pictures are from the nearest that was learnt from, as it is or mirrored, in the mean: the root of the mean squared
/// difference of two numbers in [0, 1].
pub fn distance(world: &World, x: &Array2<f32>) -> f64 {
    let from = learnt_from(world);
    let (_, far) = nearest_rows(&x.mapv(f64::from), &from);
    let numbers = world.data.form().numbers() as f64;
    far.mean().unwrap_or(0.0) / numbers.sqrt()
}

/// The pictures that were learnt from, then the same mirrored. `[2 N, H·W·C]`
pub fn learnt_from(world: &World) -> Array2<f64> {
    let set = world.data.train();
    let x = set.every(1);
    let mirrored = set.mirror(&x);
    let both = concatenate![Axis(0), x, mirrored];
    both.mapv(f64::from)
}
