//! What is read, the valid inputs that are damaged, and what has to hold of whatever is accepted.

use std::fmt;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use book::{ChapterRef, math};
use code_prior::coding::PriorCompressor;
use code_prior::model::{Prior, Sizes as PriorSizes};
use datasets::idx;
use flate2::{Compression, Crc, read::MultiGzDecoder, write::GzEncoder};
use gan::training::{Noise, load_generator, save_generator};
use gradients::plain::{Activation, Mlp};
use lab::{Checkpoint, Claim, Results, rng_at};
use md5::{Digest, Md5};
use ndarray::{Array1, Array2, Axis};
use tempfile::TempDir;
use vq_vae::coding::{Compressor, HEADER, Tables, png_of, read_png};
use vq_vae::model::{Sizes, VqVae};

use crate::corpus;

/// What reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Target {
    /// IDX files, plain and gzip.
    Idx,
    /// PNGs that are to be compressed.
    Pictures,
    /// Checkpoints, by every program that loads one.
    Checkpoints,
    /// Compressed images.
    Compressed,
    /// Images compressed by a prior.
    ByPrior,
    /// Files of results.
    Results,
    /// Pages of the book.
    Pages,
    /// Formulas on them.
    Formulas,
}

impl Target {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Idx,
        Self::Pictures,
        Self::Checkpoints,
        Self::Compressed,
        Self::ByPrior,
        Self::Results,
        Self::Pages,
        Self::Formulas,
    ];

    /// Its reader, ready.
    ///
    /// # Errors
    /// The seeds cannot be made.
    pub fn reader(self) -> anyhow::Result<Box<dyn Reader>> {
        Ok(match self {
            Self::Idx => Box::new(Idx::new()?),
            Self::Pictures => Box::new(Pictures::new()?),
            Self::Checkpoints => Box::new(Checkpoints::new()?),
            Self::Compressed => Box::new(Compressed::new()?),
            Self::ByPrior => Box::new(ByPrior::new()?),
            Self::Results => Box::new(Numbers::new()?),
            Self::Pages => Box::new(Pages::new()?),
            Self::Formulas => Box::new(Formulas(corpus(self)?)),
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Idx => "idx",
            Self::Pictures => "pictures",
            Self::Checkpoints => "checkpoints",
            Self::Compressed => "compressed",
            Self::ByPrior => "by_prior",
            Self::Results => "results",
            Self::Pages => "pages",
            Self::Formulas => "formulas",
        })
    }
}

/// Something that reads from outside.
pub trait Reader {
    /// Inputs that it accepts.
    fn seeds(&self) -> &[Vec<u8>];

    /// What its format is made of.
    fn words(&self) -> &[&str] {
        &[]
    }

    /// Puts right what would hide the rest of the damage: a length, a checksum.
    fn repair(&self, _: &mut Vec<u8>) {}

    /// Whether it accepts an input.
    ///
    /// # Panics
    /// What it made of an accepted one cannot be right.
    fn read(&self, bytes: &[u8]) -> bool;
}

/// A folder for one file, in memory where there is such a place.
struct Place(TempDir);

impl Place {
    fn new() -> anyhow::Result<Self> {
        let folder =
            tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        Ok(Self(folder?))
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("input")
    }

    /// The file, with this content.
    fn holding(&self, bytes: &[u8]) -> PathBuf {
        fs::write(self.path(), bytes).expect("a file in a temporary folder");
        self.path()
    }

    /// What `save` writes.
    fn written(
        &self,
        save: impl FnOnce(&Path) -> anyhow::Result<()>,
    ) -> anyhow::Result<Vec<u8>> {
        save(&self.path())?;
        Ok(fs::read(self.path())?)
    }
}

struct Idx(Vec<Vec<u8>>);

impl Idx {
    fn new() -> anyhow::Result<Self> {
        let header = |dims: &[u32]| {
            let rank = [0, 0, 8, dims.len() as u8];
            let dims = dims.iter().flat_map(|d| d.to_be_bytes());
            rank.into_iter().chain(dims).collect::<Vec<u8>>()
        };
        let images = [header(&[3, 4, 5]), (0..60).collect()].concat();
        let labels = [header(&[9]), (0..9).collect()].concat();
        let zipped = [zip(&images)?, zip(&labels)?];
        Ok(Self(
            [vec![images, labels], zipped.to_vec(), corpus(Target::Idx)?]
                .concat(),
        ))
    }
}

fn zip(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

impl Reader for Idx {
    fn seeds(&self) -> &[Vec<u8>] {
        &self.0
    }

    /// What is left of the content is zipped again, so that its checksum is right.
    fn repair(&self, bytes: &mut Vec<u8>) {
        let mut content = Vec::new();
        let _ = MultiGzDecoder::new(&bytes[..])
            .take(1 << 14)
            .read_to_end(&mut content);
        if let Some(whole) =
            zip(&content).ok().filter(|_| !content.is_empty())
        {
            *bytes = whole;
        }
    }

    fn read(&self, bytes: &[u8]) -> bool {
        let of = |rank: u8| {
            idx::parse(Path::new("input"), bytes, rank)
                .ok()
                .map(|file| (rank, file))
        };
        let found: Vec<_> = [1, 3].into_iter().filter_map(of).collect();
        for (rank, file) in &found {
            assert_eq!(file.dims.len(), usize::from(*rank));
            assert_eq!(file.dims.iter().product::<usize>(), file.data.len());
        }
        assert!(found.len() < 2, "a file of one rank");
        !found.is_empty()
    }
}

struct Pictures(Place, Vec<Vec<u8>>);

impl Pictures {
    fn new() -> anyhow::Result<Self> {
        let pixels = |scale: f32| {
            (0..784).map(|n| (scale * n as f32).fract()).collect::<Vec<_>>()
        };
        let seed = |scale| png_of(&pixels(scale), Path::new("input"));
        let other = |kind, depth, bytes: usize| -> anyhow::Result<Vec<u8>> {
            let mut file = Vec::new();
            let mut encoder = png::Encoder::new(&mut file, 28, 28);
            encoder.set_color(kind);
            encoder.set_depth(depth);
            encoder.write_header()?.write_image_data(&vec![7; bytes])?;
            Ok(file)
        };
        let mut seeds = vec![seed(0.0)?, seed(0.01)?];
        seeds.push(other(
            png::ColorType::Rgb,
            png::BitDepth::Eight,
            3 * 784,
        )?);
        seeds.push(other(
            png::ColorType::Grayscale,
            png::BitDepth::One,
            4 * 28,
        )?);
        seeds.extend(corpus(Target::Pictures)?);
        Ok(Self(Place::new()?, seeds))
    }
}

impl Reader for Pictures {
    fn seeds(&self) -> &[Vec<u8>] {
        &self.1
    }

    fn words(&self) -> &[&str] {
        &["IHDR", "IDAT", "IEND", "PLTE", "tRNS", "iCCP", "acTL", "fcTL"]
    }

    /// Every chunk gets its checksum.
    fn repair(&self, bytes: &mut Vec<u8>) {
        let mut at = 8;
        while let Some(length) =
            bytes.get(at..).and_then(|rest| rest.first_chunk())
        {
            let end = at + 8 + u32::from_be_bytes(*length) as usize;
            if end + 4 > bytes.len() {
                break;
            }
            let mut crc = Crc::new();
            crc.update(&bytes[at + 4..end]);
            bytes[end..end + 4].copy_from_slice(&crc.sum().to_be_bytes());
            at = end + 4;
        }
    }

    fn read(&self, bytes: &[u8]) -> bool {
        let Ok(x) = read_png(&self.0.holding(bytes)) else { return false };
        assert_eq!(x.dim(), (1, 784));
        assert_eq!(bytes[24..26], [8, 0], "eight bits of grey a pixel");
        let again = png_of(
            &x.iter().copied().collect::<Vec<_>>(),
            Path::new("again"),
        );
        let again =
            read_png(&self.0.holding(&again.expect("pixels from 0 to 1")));
        assert_eq!(again.ok(), Some(x));
        true
    }
}

struct Checkpoints(Place, Vec<Vec<u8>>);

impl Checkpoints {
    fn new() -> anyhow::Result<Self> {
        let place = Place::new()?;
        let mut rng = rng_at(1, 0);
        let saved =
            |file: &Checkpoint| place.written(|path| Ok(file.save(path)?));
        let mut seeds = corpus(Target::Checkpoints)?;
        let mut generator = Checkpoint::default();
        let layers = Mlp::new(
            &[2, 1, 784],
            Activation::LeakyRelu(0.2),
            Activation::Tanh,
            &mut rng,
        );
        save_generator(
            Noise { signs: 1, normals: 1 },
            &layers,
            &mut generator,
        );
        seeds.push(saved(&generator)?);
        let sizes = PriorSizes {
            codes: 2,
            places: 3,
            width: 2,
            heads: 1,
            blocks: 1,
            classes: 1,
        };
        let mut prior = Checkpoint::default();
        code_prior::training::save(&Prior::new(sizes, &mut rng)?, &mut prior);
        seeds.push(saved(&prior)?);
        let mut network = Checkpoint::default();
        small_network().save(&mut network);
        seeds.push(saved(&network)?);
        let mut priced = Checkpoint::default();
        let prices = Some(Array2::from_elem((4, 3), 0.5));
        VqVae { prices, ..small_network() }.save(&mut priced);
        seeds.push(saved(&priced)?);
        seeds
            .push(place.written(|path| Ok(small_compressor()?.save(path)?))?);
        Ok(Self(place, seeds))
    }
}

fn small_network() -> VqVae<f32> {
    let sizes =
        Sizes { codes: 3, width: 2, channels: 1, patch: 14, blocks: 1 };
    VqVae::new(sizes, &mut rng_at(1, 1))
}

fn small_compressor() -> anyhow::Result<Compressor> {
    let counts = Array2::from_shape_fn((4, 3), |(i, j)| (i * j) as u64);
    Ok(Compressor::new(small_network(), Tables::new(counts)?)?)
}

impl Reader for Checkpoints {
    fn seeds(&self) -> &[Vec<u8>] {
        &self.1
    }

    fn words(&self) -> &[&str] {
        &[
            "\"F32\"",
            "\"F64\"",
            "\"shape\":[",
            "\"data_offsets\":[0,0]",
            "\"__metadata__\":{",
            "[[]]",
            "{}",
            "prior.width",
        ]
    }

    /// The first eight bytes say where the header ends.
    fn repair(&self, bytes: &mut Vec<u8>) {
        let text = bytes.get(8..).unwrap_or_default();
        if let Some(end) = text.windows(2).rposition(|pair| pair == b"}}") {
            bytes[..8].copy_from_slice(&(end as u64 + 2).to_le_bytes());
        }
    }

    fn read(&self, bytes: &[u8]) -> bool {
        let path = self.0.holding(bytes);
        let loaded = Checkpoint::load(&path);
        if let Ok(file) = &loaded {
            let again = self.0.0.path().join("again");
            file.save(&again).expect("what was read can be written");
            assert!(Checkpoint::load(&again).is_ok_and(|a| a == *file));
        }
        let used = [
            load_generator(&path).is_ok(),
            code_prior::training::load(&path).is_ok(),
            vq_vae::model::load(&path).is_ok_and(|network| {
                assert!(network.encode(&Array2::zeros((1, 784))).is_ok());
                true
            }),
            Compressor::load(&path).is_ok(),
        ];
        let used = used.contains(&true);
        assert!(loaded.is_ok() || !used, "used, and no checkpoint");
        used
    }
}

struct Compressed(Compressor, Vec<Vec<u8>>);

impl Compressed {
    fn new() -> anyhow::Result<Self> {
        let model = VqVae::new(
            Sizes { codes: 16, width: 2, channels: 1, patch: 4, blocks: 1 },
            &mut rng_at(1, 2),
        );
        let counts =
            Array2::from_shape_fn((49, 16), |(i, j)| (i * j % 11) as u64);
        let compressor = Compressor::new(model, Tables::new(counts)?)?;
        let map =
            |step: usize| (0..49).map(|n| step * n % 16).collect::<Vec<_>>();
        let mut seeds = corpus(Target::Compressed)?;
        for step in 0..4 {
            seeds.push(compressor.pack(&map(step))?);
        }
        Ok(Self(compressor, seeds))
    }
}

impl Reader for Compressed {
    fn seeds(&self) -> &[Vec<u8>] {
        &self.1
    }

    /// Whose file it is, and the checksum of what is in it.
    fn repair(&self, bytes: &mut Vec<u8>) {
        if let Some((header, payload)) = bytes.split_at_mut_checked(HEADER) {
            header[..8].copy_from_slice(&self.1[self.1.len() - 1][..8]);
            header[8..].copy_from_slice(&Md5::digest(payload)[..4]);
        }
    }

    fn read(&self, bytes: &[u8]) -> bool {
        let Ok(map) = self.0.unpack(bytes) else { return false };
        let again = self.0.pack(&map).expect("what came out goes in");
        assert_eq!(again, bytes, "one file for each map");
        let map = Array1::from(map).insert_axis(Axis(0)); // [1, 49]
        let x = self.0.model.decode(&map).expect("codes of this model");
        assert!(x.iter().all(|v| v.is_finite()));
        true
    }
}

struct ByPrior(PriorCompressor, Vec<Vec<u8>>);

impl ByPrior {
    fn new() -> anyhow::Result<Self> {
        let mut rng = rng_at(1, 3);
        let tokeniser = VqVae::new(
            Sizes { codes: 16, width: 2, channels: 1, patch: 4, blocks: 2 },
            &mut rng,
        );
        let sizes = PriorSizes {
            codes: 16,
            places: 49,
            width: 4,
            heads: 2,
            blocks: 1,
            classes: 2,
        };
        let prior = Prior::new(sizes, &mut rng)?;
        let compressor = PriorCompressor::new(tokeniser, prior)?;
        let map =
            |step: usize| (0..49).map(|n| step * n % 16).collect::<Vec<_>>();
        let mut seeds = corpus(Target::ByPrior)?;
        for step in 0..4 {
            seeds.push(compressor.pack(&map(step))?);
        }
        Ok(Self(compressor, seeds))
    }
}

impl Reader for ByPrior {
    fn seeds(&self) -> &[Vec<u8>] {
        &self.1
    }

    /// Whose file it is, and the checksum of the codes that are in it, if there are any.
    fn repair(&self, bytes: &mut Vec<u8>) {
        let Some((header, payload)) = bytes.split_at_mut_checked(HEADER)
        else {
            return;
        };
        header[..8].copy_from_slice(&self.1[self.1.len() - 1][..8]);
        let prior = &self.0.prior;
        let map = code_prior::coding::decode(prior, prior.codes(), payload);
        if let Some(file) = map.ok().and_then(|map| self.0.pack(&map).ok()) {
            header.copy_from_slice(&file[..HEADER]);
        }
    }

    fn read(&self, bytes: &[u8]) -> bool {
        let Ok(map) = self.0.unpack(bytes) else { return false };
        let again = self.0.pack(&map).expect("what came out goes in");
        assert_eq!(again, bytes, "one file for each map");
        true
    }
}

struct Numbers(Place, Vec<Vec<u8>>);

impl Numbers {
    fn new() -> anyhow::Result<Self> {
        Ok(Self(Place::new()?, corpus(Target::Results)?))
    }
}

impl Reader for Numbers {
    fn seeds(&self) -> &[Vec<u8>] {
        &self.1
    }

    fn words(&self) -> &[&str] {
        &[
            "{",
            "}",
            "[",
            "\"provenance\":",
            "\"seed\":",
            "null",
            "true",
            "1e400",
            "\"\\ud800\"",
            ",",
        ]
    }

    fn read(&self, bytes: &[u8]) -> bool {
        let Ok(results) = Results::load(&self.0.holding(bytes)) else {
            return false;
        };
        assert!(results.values.values().all(|v| v.is_finite()));
        results.save(&self.0.path()).expect("what was read can be written");
        let again = Results::load(&self.0.path())
            .expect("what was written can be read");
        assert_eq!(again, results);
        true
    }
}

struct Pages(Place, [ChapterRef; 1], Vec<Vec<u8>>);

impl Pages {
    /// A book of one chapter.
    fn new() -> anyhow::Result<Self> {
        let place = Place::new()?;
        let mut results = Results::default();
        for (name, value) in
            [("a", 1.5), ("b", -2e-9), ("ledger/f/reference", 1e-7)]
        {
            results.values.insert(name.into(), value);
        }
        results.claims.insert("low".into(), Claim::less("b", "a"));
        let test = "#[test]\nfn eq_1_1_holds() {\n}\n";
        let slip = "#[test]\nfn e16_shown() {\n}\n";
        let stated =
            "fn claims() { vec![(\"low\", Claim::less(\"b\", \"a\"))]\n";
        let code = "// ANCHOR: f\nfn f() {}\n// ANCHOR_END: f\n";
        let drawn = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"></svg>";
        for (path, text) in [
            ("chapters/01-one/tests/chapter/main.rs", "mod equations;\n"),
            ("chapters/01-one/tests/chapter/equations.rs", test),
            ("chapters/01-one/tests/chapter/slips.rs", slip),
            ("chapters/01-one/src/run/experiments/one.rs", stated),
            ("chapters/01-one/src/plain.rs", code),
            ("book/pages/figures/one/drawn.svg", drawn),
            ("book/pages/results/one.json", ""),
        ] {
            let path = place.0.path().join(path);
            fs::create_dir_all(path.parent().context("a folder")?)?;
            fs::write(path, text)?;
        }
        results.save(&place.0.path().join("book/pages/results/one.json"))?;
        let chapter = ChapterRef {
            name: "one".into(),
            number: Some(1),
            dir: "chapters/01-one".into(),
            page: "01-one.md".into(),
            made_by: "cargo run".into(),
        };
        Ok(Self(place, [chapter], corpus(Target::Pages)?))
    }
}

impl Reader for Pages {
    fn seeds(&self) -> &[Vec<u8>] {
        &self.2
    }

    fn words(&self) -> &[&str] {
        &[
            "{{#",
            "}}",
            "{{#end}}",
            "{{#reveal}}",
            "```",
            "```math 1.1\n",
            "$",
            "$$",
            "> ",
            "- ",
            "    ",
            "`",
            "\\",
            "\n\n",
            "π",
            "<b>",
        ]
    }

    fn read(&self, bytes: &[u8]) -> bool {
        let text = String::from_utf8_lossy(bytes);
        let page = book::expand_page(
            self.0.0.path(),
            &self.1,
            Path::new("01-one.md"),
            &text,
        );
        page.is_ok()
    }
}

struct Formulas(Vec<Vec<u8>>);

impl Reader for Formulas {
    fn seeds(&self) -> &[Vec<u8>] {
        &self.0
    }

    fn words(&self) -> &[&str] {
        &[
            "\\frac",
            "{",
            "}",
            "^",
            "_",
            "\\left(",
            "\\right.",
            "\\begin{aligned}",
            "\\end{aligned}",
            "&",
            "\\\\",
            "\\sqrt",
            "\\text{",
            "\\hat",
            "\\color{red}",
            "\\rule{1em}{9em}",
        ]
    }

    fn read(&self, bytes: &[u8]) -> bool {
        let text = String::from_utf8_lossy(bytes);
        [false, true].map(|display| math::render(&text, display).is_ok())[0]
    }
}
