//! A wish, what is to be drawn and by whom, and a prior over the codes that hears it.

use std::path::Path;

use code_prior::model::{Prior, Sizes};
use code_prior::sampling::{Draws, How, sample};
use code_prior::training as prior;
#[cfg(not(target_arch = "wasm32"))]
use datasets::PixelRange;
#[cfg(target_arch = "wasm32")]
use lab::{Checkpoint, CheckpointError};
#[cfg(not(target_arch = "wasm32"))]
use lab::{Checkpoint, CheckpointError, rng_at};
#[cfg(target_arch = "wasm32")]
use ndarray::Array2;
#[cfg(not(target_arch = "wasm32"))]
use ndarray::{Array2, Axis, concatenate};

#[cfg(not(target_arch = "wasm32"))]
use crate::data::{Pictures, Set};
use crate::model::{self, VqGan, VqGanError};
use crate::plain::guide;

// ANCHOR: guided
/// A prior that leans towards what it is told: two of it go through the
/// same codes, and one has not heard the wish.
#[derive(Clone, Copy, Debug)]
pub struct Guided<'a, P> {
    /// Trained with classes, and without them on the maps whose class it
    /// was not told.
    pub prior: &'a P,
    /// γ of eq. 10.9.
    pub scale: f64,
}

impl<P: Draws> Draws for Guided<'_, P> {
    type Number = P::Number;
    /// Of the one that is told, and of the other.
    type Cache = [P::Cache; 2];

    fn sizes(&self) -> Sizes {
        self.prior.sizes()
    }

    fn cache(&self, n: usize) -> Self::Cache {
        [self.prior.cache(n), self.prior.cache(n)]
    }

    /// Eq. 10.9: the logits of the next place. `[N, K]`
    fn next(
        &self,
        [told, untold]: &mut Self::Cache,
        last: &[usize],
    ) -> Array2<P::Number> {
        // A start token of a class becomes that of no class, K.
        let k = self.sizes().codes;
        let unclassed: Vec<usize> = last.iter().map(|&c| c.min(k)).collect();
        let s_c = self.prior.next(told, last); // [N, K]
        let s_0 = self.prior.next(untold, &unclassed); // [N, K]
        guide(&s_c, &s_0, self.scale)
    }
}
// ANCHOR_END: guided

/// The largest scale: beyond it the likeliest code has everything anyway.
const MOST: f64 = 1000.0;

/// What a network that draws cannot do.
#[derive(Debug, thiserror::Error)]
pub enum WishError {
    /// A name that nothing has.
    #[error("expected {what} among {}, found \"{found}\"", known.join(", "))]
    Unknown {
        /// `a category` or `an artist`.
        what: &'static str,
        /// Those there are.
        known: Vec<String>,
        /// The name.
        found: String,
    },
    /// A scale that is no number, leans away from the wish, or so far towards
    /// it that no number holds the logits.
    #[error("expected a scale from 0 to {MOST}, found {0}")]
    Scale(f64),
    /// It is no checkpoint, or one of something else.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// It cannot draw so.
    #[error(transparent)]
    Prior(#[from] code_prior::model::PriorError),
    /// What was drawn has no picture.
    #[error(transparent)]
    Network(#[from] VqGanError),
}

/// What can be wished for: a category, by an artist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wishes {
    /// What is drawn.
    pub categories: Vec<String>,
    /// Who draws it.
    pub artists: Vec<String>,
}

impl Wishes {
    /// What pictures show, and who drew them.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn of(pictures: &Pictures) -> Self {
        let categories = pictures.classes.clone();
        Self { categories, artists: pictures.artists.clone() }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.categories.len() * self.artists.len()
    }

    /// The class of a prior that stands for a category by an artist.
    pub fn class(&self, category: usize, artist: usize) -> usize {
        artist * self.categories.len() + category
    }

    /// Category and artist of a class.
    pub fn parts(&self, class: usize) -> (usize, usize) {
        let n = self.categories.len().max(1);
        (class % n, class / n)
    }

    /// Of the pictures of a set. `[N]`
    #[cfg(not(target_arch = "wasm32"))]
    pub fn classes(&self, set: &Set) -> Vec<usize> {
        let pairs = set.pictures.labels.iter().zip(&set.artists);
        pairs.map(|(&c, &a)| self.class(c.into(), a)).collect()
    }

    /// The classes that fit a category, an artist, both or neither.
    ///
    /// # Errors
    /// There is no such category or artist.
    pub fn named(
        &self,
        category: Option<&str>,
        artist: Option<&str>,
    ) -> Result<Vec<usize>, WishError> {
        let Self { categories, artists } = self;
        let categories = some_of("a category", categories, category)?;
        let artists = some_of("an artist", artists, artist)?;
        let of = |&c: &usize| artists.iter().map(move |&a| (c, a));
        let pairs = categories.iter().flat_map(of);
        Ok(pairs.map(|(c, a)| self.class(c, a)).collect())
    }
}

/// The number of a name, in whatever case where none has this one, or all.
fn some_of(
    what: &'static str,
    known: &[String],
    name: Option<&str>,
) -> Result<Vec<usize>, WishError> {
    let Some(found) = name else { return Ok((0..known.len()).collect()) };
    let same = |k: &String| k.to_lowercase() == found.to_lowercase();
    let exact = known.iter().position(|k| k == found);
    match exact.or_else(|| known.iter().position(same)) {
        Some(n) => Ok(vec![n]),
        None => Err(WishError::Unknown {
            what,
            known: known.to_vec(),
            found: found.into(),
        }),
    }
}

// ANCHOR: maps
/// The codes of the pictures of a set, and of so many copies of each that
/// are mirrored or not and moved by up to two pixels. `[N · (1 + copies), T]`
///
/// # Errors
/// The network is of another form.
#[cfg(not(target_arch = "wasm32"))]
pub fn maps(
    network: &VqGan<f32>,
    set: &Set,
    copies: u64,
    seed: u64,
) -> Result<Array2<usize>, VqGanError> {
    let rows: Vec<usize> = (0..set.len()).collect();
    let mut all = network.encode(&set.every(1))?; // [N, T]
    for copy in 0..copies {
        let rng = &mut rng_at(seed, copy);
        let x = set.moved(&rows, PixelRange::Unit, rng); // [N, H·W·C]
        let codes = network.encode(&x)?; // [N, T]
        all = concatenate![Axis(0), all, codes];
    }
    Ok(all)
}
// ANCHOR_END: maps

/// How pictures are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Manner {
    /// γ of eq. 10.9.
    pub scale: f64,
    /// Chapter 9's: 1 is the prior's own.
    pub temperature: f64,
    /// Of every draw.
    pub seed: u64,
}

impl Default for Manner {
    /// The page's.
    fn default() -> Self {
        Self { scale: 1.5, temperature: 1.0, seed: 1 }
    }
}

/// Codes of pictures that fit some wishes, which take turns. `[N, T]`
///
/// # Errors
/// The prior does not know a wish, or cannot draw so.
pub fn draw_codes<P: Draws>(
    prior: &P,
    classes: &[usize], // [N]
    manner: Manner,
) -> Result<Array2<usize>, WishError> {
    let Manner { scale, temperature, seed } = manner;
    if !(0.0..=MOST).contains(&scale) {
        return Err(WishError::Scale(scale));
    }
    let guided = Guided { prior, scale };
    let shape = (classes.len(), prior.sizes().places);
    let mut codes = Array2::zeros(shape); // [N, T]
    let mut wishes = classes.to_vec();
    wishes.sort_unstable();
    wishes.dedup();
    for class in wishes {
        let rows = (0..classes.len()).filter(|&n| classes[n] == class);
        let rows: Vec<usize> = rows.collect();
        let how = How { class: Some(class), ..How::from(temperature) };
        let seed = seed.wrapping_add((class as u64) << 32);
        let drawn = sample(&guided, rows.len(), how, seed)?;
        for (row, drawn) in rows.into_iter().zip(drawn.rows()) {
            codes.row_mut(row).assign(&drawn);
        }
    }
    Ok(codes)
}

/// What draws pictures that fit a wish.
#[derive(Clone, Debug, PartialEq)]
pub struct Artist {
    /// Codes to pictures.
    pub network: VqGan<f32>,
    /// Over the codes.
    pub prior: Prior<f32>,
    /// What the classes of the prior stand for.
    pub wishes: Wishes,
}

impl Artist {
    /// The pictures of what [`draw_codes`] draws. `[N, H·W·C]` in [0, 1]
    ///
    /// # Errors
    /// As there.
    pub fn draw(
        &self,
        classes: &[usize], // [N]
        manner: Manner,
    ) -> Result<Array2<f32>, WishError> {
        let codes = draw_codes(&self.prior, classes, manner)?;
        Ok(self.network.decode(&codes)?)
    }

    /// Puts all of it into a checkpoint.
    pub fn save(&self, checkpoint: &mut Checkpoint) {
        self.network.save(checkpoint);
        prior::save(&self.prior, checkpoint);
        self.wishes.save(checkpoint);
    }

    /// The one in a file.
    ///
    /// # Errors
    /// The file is damaged, or its parts do not fit together.
    pub fn load(path: &Path) -> Result<Self, WishError> {
        let network = model::load(path)?;
        let prior = prior::load(path)?;
        let checkpoint = Checkpoint::load(path)?;
        let from = checkpoint.expecting("an artist");
        let wishes = Wishes::restore(&checkpoint)?;
        let Sizes { codes, places, classes, .. } = prior.sizes();
        let found = [codes, places, classes];
        let sizes = network.sizes;
        let expected = [sizes.codes, sizes.places(), wishes.count()];
        match found == expected && wishes.count() > 0 {
            true => Ok(Self { network, prior, wishes }),
            false => Err(from.refuse(format!(
                "a prior over {found:?} codes, places and wishes beside a \
                 network of {expected:?}"
            )))?,
        }
    }
}

/// The notes of a checkpoint that name what can be wished for.
const KINDS: [&str; 2] = ["category", "artist"];

impl Wishes {
    fn save(&self, checkpoint: &mut Checkpoint) {
        let Self { categories, artists } = self;
        for (kind, names) in KINDS.into_iter().zip([categories, artists]) {
            checkpoint.note(&format!("wish.{kind}"), names.len());
            for (n, name) in names.iter().enumerate() {
                checkpoint.note(&format!("wish.{kind}.{n}"), name);
            }
        }
    }

    fn restore(checkpoint: &Checkpoint) -> Result<Self, CheckpointError> {
        let from = checkpoint.expecting("an artist");
        let [categories, artists] = KINDS.map(|kind| {
            let count = from.number(&format!("wish.{kind}"))?;
            let name = |n| {
                let name = format!("wish.{kind}.{n}");
                let found = checkpoint.notes.get(&name).cloned();
                found.ok_or_else(|| from.refuse(format!("no `{name}`")))
            };
            (0..count).map(name).collect::<Result<Vec<_>, _>>()
        });
        Ok(Self { categories: categories?, artists: artists? })
    }
}
