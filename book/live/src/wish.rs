//! Chapter 10's artist draws emoji that do not exist, code by code.

use code_prior::sampling::{Cache, How};
use ndarray::{Array2, Axis, s};
use vq_gan::wish::{Artist, Guided};

use crate::growing::Growing;
use crate::{Answer, Demo, LiveError, Numbers, unknown, weights};

/// Pictures that are drawn side by side.
const PICTURES: usize = 4;
/// The largest scale that is asked for.
const MOST: f64 = 10.0;

/// The artist, if it has been read, and pictures.
#[derive(Default)]
pub(crate) struct Wishing(Option<(Model, Option<Pictures>)>);

struct Model {
    artist: Artist,
    /// The codes of a white picture. `[1, T]`
    white: Array2<usize>,
}

struct Pictures {
    maps: Growing<[Cache<f32>; 2]>,
    scale: f64,
    how: How,
    seed: u64,
}

impl Demo for Wishing {
    /// - `names`: how many categories there are, and artists; then each name, a number a letter.
    /// - `new category artist scale temperature seed n`: begins four pictures, and draws so many codes of each.
    /// - `step n`: draws so many codes more of each, or as many as are left.
    /// - `view`: the pictures.
    fn ask(&mut self, what: &str, of: Numbers) -> Result<Answer, LiveError> {
        let (model, pictures) = match &mut self.0 {
            Some(read) => read,
            none => none.insert((Model::load()?, None)),
        };
        match (what, pictures) {
            ("names", _) => Ok(model.names()),
            ("new", pictures) => {
                *pictures = Some(model.begin(of)?);
                Ok(Vec::new())
            }
            (_, None) => {
                Err(LiveError::new("nothing is wished for: ask `wish.new`"))
            }
            ("step", Some(pictures)) => {
                pictures.draw(&model.artist, of.whole(0, 100)?)?;
                Ok(Vec::new())
            }
            ("view", Some(pictures)) => model.view(pictures),
            _ => Err(unknown(&format!("wish.{what}"))),
        }
    }
}

impl Model {
    fn load() -> Result<Self, LiveError> {
        let artist = Artist::load(&weights::place("artist"));
        let artist = artist.map_err(LiveError::new)?;
        let numbers = artist.network.sizes.form.numbers();
        let white = artist.network.encode(&Array2::ones((1, numbers)));
        Ok(Self { artist, white: white.map_err(LiveError::new)? })
    }

    fn names(&self) -> Answer {
        let wishes = &self.artist.wishes;
        let names = [&wishes.categories, &wishes.artists];
        let counts = names.iter().map(|of| of.len() as f32).collect();
        let letters = |name: &String| {
            name.chars().map(|letter| u32::from(letter) as f32).collect()
        };
        let names = names.into_iter().flatten().map(letters);
        std::iter::once(counts).chain(names).collect()
    }

    fn begin(&self, of: Numbers) -> Result<Pictures, LiveError> {
        let wishes = &self.artist.wishes;
        let one_of = |n, known: &[String]| {
            of.whole(n, known.len().saturating_sub(1) as u64)
        };
        let category = one_of(0, &wishes.categories)? as usize;
        let artist = one_of(1, &wishes.artists)? as usize;
        let class = wishes.class(category, artist);
        let (scale, temperature) = (of.at(2)?, of.at(3)?);
        if !(0.0..=MOST).contains(&scale) {
            let found =
                format!("expected a scale from 0 to {MOST}, found {scale}");
            return Err(LiveError::new(found));
        }
        let how = How { class: Some(class), ..How::from(temperature) };
        how.check(self.artist.prior.sizes()).map_err(LiveError::new)?;
        let seed = of.whole(4, 1 << 32)? + ((class as u64) << 32); // as in `draw_codes`
        let prior = Guided { prior: &self.artist.prior, scale };
        let maps = Growing::new(&prior, Array2::zeros((PICTURES, 0)));
        let mut pictures = Pictures { maps, scale, how, seed };
        pictures.draw(&self.artist, of.whole(5, 100)?)?;
        Ok(pictures)
    }

    /// The pictures, `[4, H·W·3]`, white where nothing is drawn; codes that are drawn of each, how many there will be, and of
    /// the drawn ones the share that differs between a picture and the next (the page's variety).
    fn view(&self, of: &Pictures) -> Result<Answer, LiveError> {
        let (n, t) = of.maps.codes.dim();
        let mut codes = self.white.select(Axis(0), &vec![0; n]); // [4, T]
        codes.slice_mut(s![.., ..t]).assign(&of.maps.codes);
        let x = self.artist.network.decode(&codes).map_err(LiveError::new)?;
        let said =
            vec![t as f32, codes.ncols() as f32, variety(&of.maps.codes)];
        Ok(vec![x.into_iter().collect(), said])
    }
}

/// Of each map and the next one, the share of places at which they differ; 0 where nothing is drawn.
fn variety(codes: &Array2<usize>) -> f32 {
    let (n, t) = codes.dim();
    let (these, next) =
        (codes.slice(s![..n - 1, ..]), codes.slice(s![1.., ..]));
    let differ = these.iter().zip(next).filter(|(a, b)| a != b).count();
    differ as f32 / ((n - 1) * t).max(1) as f32
}

impl Pictures {
    fn draw(&mut self, artist: &Artist, n: u64) -> Result<(), LiveError> {
        let Self { maps, scale, how, seed } = self;
        let prior = Guided { prior: &artist.prior, scale: *scale };
        let mut steps = (0..n).map(|_| maps.step(&prior, *how, *seed));
        steps.try_for_each(|step| step).map_err(LiveError::new)
    }
}
