//! The pictures of this chapter: emoji by two artists, or a reader's own.

use std::path::Path;

use anyhow::ensure;
use datasets::{
    ARTISTS, Channels, Digits, Emoji, PictureSet, PictureSource, PixelRange,
    Split, bundled_emoji, larger_emoji,
};
use lab::{Lab, Scale, has_idx};
use ndarray::{Array2, Array4, Axis, concatenate, s};
use ndarray_rand::rand::Rng;

use crate::plain::{Contrast, Form};
use crate::viewer::BATCH;

/// Lines and columns of a picture, unless its source says otherwise.
pub const SIDE: usize = 32;

/// The file that makes sheets of emoji of a folder.
const LIST: &str = "emoji.tsv";

/// The fewest that this chapter's trainings and measures take: recall has
/// three neighbours.
const LEAST: (usize, usize) = (BATCH, 4);

/// Digits of the command line as grey pictures, black around them.
fn digits(lab: &Lab, split: Split) -> anyhow::Result<PictureSet> {
    let digits = Digits::load_28x28(lab.data(), split)?;
    let most = lab.by_scale(600, 12_000, usize::MAX).min(digits.len());
    let (h, w) = digits.size();
    let (top, left) = ((SIDE - h) / 2, (SIDE - w) / 2);
    let mut images = Array4::zeros((most, SIDE, SIDE, 1));
    let inside = s![.., top..top + h, left..left + w, 0];
    images.slice_mut(inside).assign(&digits.images.slice(s![..most, .., ..]));
    let labels = digits.labels.slice(s![..most]).to_owned();
    let classes = (0..10).map(|n| n.to_string()).collect();
    Ok(PictureSet { images, labels, classes })
}

/// Pictures of one split.
#[derive(Clone, Debug)]
pub struct Set {
    /// The pictures, and what they show.
    pub pictures: PictureSet,
    /// Who drew each of them: an index into [`Pictures::artists`]. `[N]`
    pub artists: Vec<usize>,
}

/// What is learnt from, and what is held back.
#[derive(Clone, Debug)]
pub struct Pictures {
    /// What is learnt from.
    pub train: Set,
    /// What is held back.
    pub test: Set,
    /// What the classes are called.
    pub classes: Vec<String>,
    /// Who drew them.
    pub artists: Vec<String>,
}

impl Pictures {
    /// The bundled emoji of both artists, Noto's first.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn emoji() -> anyhow::Result<Self> {
        Self::of_sheets(&bundled_emoji())
    }

    /// Emoji of both artists from the sheets of a folder, as large as they are there.
    ///
    /// # Errors
    /// They cannot be read, are of two sizes, or of one that cannot be halved three times.
    pub fn of_sheets(folder: &Path) -> anyhow::Result<Self> {
        let set = |split| -> anyhow::Result<Set> {
            let [a, b] =
                ARTISTS.map(|artist| Emoji::load(folder, split, artist));
            let (a, b) = (a?.pictures, b?.pictures);
            let [of_a, of_b] = [&a, &b].map(|p| p.size().0);
            ensure!(
                of_a == of_b && of_a.is_multiple_of(8),
                "{}: expected pictures of one size, a multiple of 8, found {of_a} and {of_b} pixels a side",
                folder.display()
            );
            let artists = [vec![0; a.len()], vec![1; b.len()]].concat();
            let pictures = PictureSet {
                images: concatenate![Axis(0), a.images, b.images],
                labels: concatenate![Axis(0), a.labels, b.labels],
                classes: a.classes,
            };
            Ok(Set { pictures, artists })
        };
        let (train, test) = (set(Split::Train)?, set(Split::Test)?);
        let classes = train.pictures.classes.clone();
        let artists = ARTISTS.map(|artist| artist.to_string()).to_vec();
        Ok(Self { train, test, classes, artists })
    }

    /// The emoji, at full scale the larger ones if they are there, or the pictures of the command line: sheets of emoji; those
    /// of a folder, in colour, scaled to 32 × 32, at full scale to 64 × 64; digits of four IDX files, in grey, with a border
    /// around them.
    ///
    /// # Errors
    /// They cannot be read, are too few, or all alike.
    pub fn of(lab: &Lab) -> anyhow::Result<Self> {
        let Some(given) = lab.options().data.clone() else {
            let larger = larger_emoji();
            return match lab.scale() == Scale::Full && larger.exists() {
                true => Self::of_sheets(&larger),
                false => Self::emoji(),
            };
        };
        let (train, test) = match PictureSource::named(&given) {
            PictureSource::Bundled => return Self::emoji(),
            PictureSource::Folder(_) if has_idx(&given) => {
                (digits(lab, Split::Train)?, digits(lab, Split::Test)?)
            }
            PictureSource::Folder(folder) if folder.join(LIST).exists() => {
                return Self::of_sheets(&folder);
            }
            PictureSource::Folder(folder) => {
                let colour = Channels::Colour;
                let side = lab.by_scale(SIDE, SIDE, 2 * SIDE);
                let (all, made) =
                    PictureSet::load_folder(&folder, side, colour)?;
                if let Some(said) = made.said() {
                    lab.say(format!("{}: {said}", folder.display()));
                }
                all.split()
            }
        };
        let classes = train.classes.clone();
        let set = |pictures: PictureSet| Set {
            artists: vec![0; pictures.len()],
            pictures,
        };
        let found = Self {
            train: set(train),
            test: set(test),
            classes,
            artists: vec!["own".into()],
        };
        let name = given.display();
        ensure!(
            found.contrast().deviation > 0.0,
            "{name}: expected pictures that differ, found all pixels alike"
        );
        let (n, m) = (found.train.len(), found.test.len());
        ensure!(
            n >= LEAST.0 && m >= LEAST.1,
            "{name}: expected at least {} pictures to learn from and {} to \
             hold back, which is one of seven of a class, found {n} and {m}",
            LEAST.0,
            LEAST.1,
        );
        Ok(found)
    }

    /// Their form.
    pub fn form(&self) -> Form {
        let (side, _, channels) = self.train.pictures.size();
        Form { side, channels }
    }

    /// Of all numbers that are learnt from.
    pub fn contrast(&self) -> Contrast {
        contrast(&self.train.pictures.images)
    }
}

/// Of bytes as numbers in [0, 1].
fn contrast(images: &Array4<u8>) -> Contrast {
    let mut counts = [0_u64; 256];
    images.iter().for_each(|v| counts[usize::from(*v)] += 1);
    let moment = |power: i32| {
        let values = counts.iter().enumerate();
        let sum: f64 = values
            .map(|(v, n)| (v as f64 / 255.0).powi(power) * *n as f64)
            .sum();
        sum / images.len().max(1) as f64
    };
    let (mean, square) = (moment(1), moment(2));
    let deviation = (square - mean * mean).max(0.0).sqrt();
    Contrast { mean: mean as f32, deviation: deviation as f32 }
}

impl Set {
    /// The number of pictures.
    pub fn len(&self) -> usize {
        self.pictures.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.pictures.is_empty()
    }

    /// The classes of some pictures.
    pub fn classes(&self, rows: &[usize]) -> Vec<usize> {
        let labels = &self.pictures.labels;
        rows.iter().map(|n| usize::from(labels[*n])).collect()
    }

    /// The first pictures, or as many as there are. `[N, H·W·C]`
    pub fn first(&self, n: usize) -> Array2<f32> {
        let rows: Vec<usize> = (0..n.min(self.len())).collect();
        self.pictures.pixels(&rows, PixelRange::Unit)
    }

    /// Some pictures, each of them mirrored or not, as a coin falls. `[B, H·W·C]`
    pub fn mirrored(
        &self,
        rows: &[usize],
        range: PixelRange,
        rng: &mut impl Rng,
    ) -> Array2<f32> {
        let x = self.pictures.pixels(rows, range);
        self.changed(x, |mut image| {
            if rng.random() {
                image.invert_axis(Axis(1));
            }
            image.to_owned()
        })
    }

    /// The same, and moved by up to two pixels in both directions; what comes in is the border, repeated. `[B, H·W·C]`
    pub fn moved(
        &self,
        rows: &[usize],
        range: PixelRange,
        rng: &mut impl Rng,
    ) -> Array2<f32> {
        let x = self.mirrored(rows, range, rng);
        let (h, w, _) = self.pictures.size();
        self.changed(x, |image| {
            let mut draw = || rng.random_range(-2..=2_i32) as isize;
            let (down, right) = (draw(), draw());
            ndarray::Array3::from_shape_fn(image.dim(), |(y, x, c)| {
                let at = |n: usize, by: isize, size: usize| {
                    n.saturating_add_signed(-by).min(size - 1)
                };
                image[[at(y, down, h), at(x, right, w), c]]
            })
        })
    }

    /// Pictures `[N, H·W·C]`, mirrored.
    pub fn mirror(&self, x: &Array2<f32>) -> Array2<f32> {
        self.changed(x.clone(), |mut image| {
            image.invert_axis(Axis(1));
            image.to_owned()
        })
    }

    fn changed(
        &self,
        mut x: Array2<f32>,
        mut by: impl FnMut(ndarray::ArrayView3<f32>) -> ndarray::Array3<f32>,
    ) -> Array2<f32> {
        let size = self.pictures.size();
        for mut row in x.rows_mut() {
            let image = row.view().into_shape_with_order(size);
            let new = by(image.expect("H·W·C numbers"));
            let new = new.as_standard_layout().into_owned();
            let flat = new.into_shape_with_order(row.len());
            row.assign(&flat.expect("as many"));
        }
        x
    }

    /// Every `n`-th picture. `[·, H·W·C]`
    pub fn every(&self, n: usize) -> Array2<f32> {
        let rows: Vec<usize> = (0..self.len()).step_by(n.max(1)).collect();
        self.pictures.pixels(&rows, PixelRange::Unit)
    }
}

/// So many rows from the front of an array, or as many as there are.
pub fn first_rows(x: &Array2<f32>, n: usize) -> Array2<f32> {
    x.slice(s![..n.min(x.nrows()), ..]).to_owned()
}
