//! Emoji by two artists, and two networks of this chapter that look at them: one names the category, one the artist.

use datasets::PixelRange;
use judge::measures::{Moments, Seen, frechet};
use lab::Lab;
use ndarray::Array2;
use stability::net::Net;
use vq_gan::data::{Pictures, Set};
use vq_gan::plain::Contrast;
use vq_gan::viewer;

/// Emoji, and who looks at them.
pub struct Sheets {
    /// All of them; in each split Noto's come first, then Twemoji's in the same order.
    pub pictures: Pictures,
    /// Of what is learnt from.
    pub contrast: Contrast,
    /// Names the category.
    pub category: Net<f32>,
    /// Names the artist.
    pub artist: Net<f32>,
}

impl Sheets {
    /// The bundled emoji, and the networks trained on them.
    ///
    /// # Errors
    /// The emoji cannot be read.
    pub fn new(lab: &Lab) -> anyhow::Result<Self> {
        let pictures = Pictures::emoji()?;
        let contrast = pictures.contrast();
        let mut by_artist = pictures.clone();
        by_artist.classes.clone_from(&pictures.artists);
        for set in [&mut by_artist.train, &mut by_artist.test] {
            let artists = set.artists.iter().map(|&a| a as u8);
            set.pictures.labels = artists.collect();
        }
        let category = seen_to(lab, "category-judge", &pictures)?;
        let artist = seen_to(lab, "artist-judge", &by_artist)?;
        Ok(Self { pictures, contrast, category, artist })
    }

    /// Both artists' drawings of some emoji of a split, Noto's and Twemoji's. `[n, H·W·C]` each, in [0, 1]
    pub fn pair(&self, set: &Set, emoji: &[usize]) -> [Array2<f32>; 2] {
        let half = set.len() / 2;
        [0, half].map(|from| {
            let rows: Vec<usize> = emoji.iter().map(|n| from + n).collect();
            set.pictures.pixels(&rows, PixelRange::Unit)
        })
    }

    /// What a network sees in pictures in [0, 1].
    pub fn look(&self, net: &Net<f32>, x: &Array2<f32>) -> Seen {
        viewer::look(net, &self.contrast.apply(x.clone()))
    }
}

/// A viewer after its training.
pub fn seen_to(
    lab: &Lab,
    name: &'static str,
    pictures: &Pictures,
) -> anyhow::Result<Net<f32>> {
    let steps = lab.by_scale(3, 1000, 2000);
    let channels = lab.by_scale([4, 4, 6], [24, 32, 64], [32, 48, 96]);
    let seed = lab.seed().wrapping_add(5000);
    let mut run =
        viewer::Training::new(name, pictures, channels, 48, seed, steps)?;
    lab.prepare(name, steps, &mut run)?;
    Ok(run.model.net)
}

/// The share of pictures that are seen as what they are said to be.
pub fn agree(seen: &Seen, classes: &[usize]) -> f64 {
    let largest = |p: ndarray::ArrayView1<f64>| {
        (1..p.len()).fold(0, |a, b| if p[b] > p[a] { b } else { a })
    };
    let pairs = seen.classes.rows().into_iter().zip(classes);
    let same = pairs.filter(|(p, class)| largest(*p) == **class);
    same.count() as f64 / classes.len().max(1) as f64
}

/// Fréchet distance of two sets of pictures in the features of one network.
///
/// # Errors
/// There are too few pictures, or features are not finite.
pub fn apart(a: &Seen, b: &Seen) -> anyhow::Result<f64> {
    let of = |seen: &Seen| Moments::of(&seen.features);
    Ok(frechet(&of(a)?, &of(b)?)?)
}
