//! Codes as a file. Each place of the grid has a table of how often each code was seen there; a range coder turns a map
//! of codes into as many bits as the tables say, and a header says whose codes they are.

use std::fs;
use std::io::{Cursor, ErrorKind};
use std::path::{Path, PathBuf};

use constriction::stream::model::ContiguousCategoricalEntropyModel;
use constriction::stream::queue::{DefaultRangeDecoder, DefaultRangeEncoder};
use constriction::stream::{Decode, Encode};
use lab::{Checkpoint, CheckpointError, read_plain, write_whole};
use md5::{Digest, Md5};
use ndarray::{Array2, ArrayView1};

use crate::model::{VqVae, VqVaeError};
use crate::plain::IMAGE;

/// The probability 1 in the coder's whole numbers, 2²⁴.
const ONE: u64 = 1 << 24;

/// The largest count that a checkpoint holds exactly, 2²⁴.
const MOST_SEEN: f32 = (1 << 24) as f32;

/// Chapter 8's files.
const KIND: Kind = Kind { magic: *b"VQ8", version: 2 };
/// Magic, version, fingerprint of the model, checksum.
pub const HEADER: usize = 12;

/// The most bytes of a PNG of 28 × 28 pixels, whatever else is in it.
const LARGEST_PNG: u64 = 1 << 20;
/// The most bytes of a compressed file, several times what the largest grid can take.
const LARGEST_FILE: u64 = 1 << 14;

/// Why a file could not be compressed or decompressed.
#[derive(Debug, thiserror::Error)]
pub enum CodingError {
    /// A file could not be read or written.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// An image of another kind.
    #[error("{}: expected {expected}, found {found}", path.display())]
    Image {
        /// The file.
        path: PathBuf,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// Bytes that are no compressed image, or a damaged one.
    #[error("{at}: expected {expected}, found {found}")]
    Bytes {
        /// Which part of the file.
        at: &'static str,
        /// What should be there.
        expected: String,
        /// What is there.
        found: String,
    },
    /// Another compressor's bytes.
    #[error(
        "expected what {whose} {here} writes, found what {wanted} has written; {remedy}"
    )]
    Other {
        /// What writes such files.
        whose: &'static str,
        /// The one that was asked.
        here: String,
        /// The one that can read it.
        wanted: String,
        /// Where that may be.
        remedy: String,
    },
    /// What is wrong, with the name of the file.
    #[error("{}: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: Box<CodingError>,
    },
    /// There is no model to compress with.
    #[error(
        "{}: no such file; `cargo run -p vq-vae -- digits` trains a model and leaves it there, or name one with \
         --checkpoint",
        .0.display()
    )]
    NoModel(PathBuf),
    /// The model cannot be used.
    #[error(transparent)]
    Model(#[from] VqVaeError),
    /// It is no checkpoint, or one of something else.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Frequencies that are none.
    #[error("frequencies: expected {expected}, found {found}")]
    Frequencies {
        /// What they should be.
        expected: String,
        /// What they are.
        found: String,
    },
}

// ANCHOR: table
/// Eq. 8.10: counts `[K]` as probabilities in units of 2⁻²⁴ that add up to
/// exactly 1. No code is impossible: one that was never seen keeps one unit.
pub fn probabilities(counts: ArrayView1<u64>) -> Vec<u32> {
    let (k, total) = (counts.len() as u64, counts.sum().max(1));
    let shares = counts.iter().map(|&n| {
        let share = u128::from(ONE - k) * u128::from(n) / u128::from(total);
        1 + share as u32
    });
    let mut p: Vec<u32> = shares.collect(); // [K]
    let spare = ONE as u32 - p.iter().sum::<u32>();
    if let Some(largest) = p.iter_mut().max() {
        *largest += spare;
    }
    p
}

/// How often each code is seen at each place, as the coder wants it.
#[derive(Clone, Debug)]
pub struct Tables {
    /// `[S², K]`.
    counts: Array2<u64>,
    /// In units of 2⁻²⁴, `[S²][K]`.
    p: Vec<Vec<u32>>,
    /// The same for the coder, `[S²]`.
    models: Vec<Model>,
}
// ANCHOR_END: table

impl Tables {
    /// Tables from counts `[S², K]`.
    ///
    /// # Errors
    /// There are no codes, or more than 2¹⁶.
    pub fn new(counts: Array2<u64>) -> Result<Self, CodingError> {
        let k = counts.ncols();
        if !(2..=1 << 16).contains(&k) || counts.nrows() == 0 {
            return Err(CodingError::Frequencies {
                expected: "2 to 65536 codes at one place or more".into(),
                found: format!("{} × {k}", counts.nrows()),
            });
        }
        if let Some(most) = counts.iter().find(|n| **n as f32 > MOST_SEEN) {
            return Err(CodingError::Frequencies {
                expected: format!("counts of at most {MOST_SEEN}"),
                found: most.to_string(),
            });
        }
        let p = counts.rows().into_iter().map(probabilities);
        let p: Vec<Vec<u32>> = p.collect(); // [S²][K]
        let models = p.iter().map(|p| model(p)).collect();
        Ok(Self { counts, p, models })
    }

    /// Tables of `k` codes from maps of codes, `[N, S²]`.
    ///
    /// # Errors
    /// As for `new`.
    ///
    /// # Panics
    /// A code is not below `k`.
    pub fn of_codes(
        codes: &Array2<usize>,
        k: usize,
    ) -> Result<Self, CodingError> {
        let mut counts = Array2::zeros((codes.ncols(), k)); // [S², K]
        for map in codes.rows() {
            for (place, &code) in map.iter().enumerate() {
                counts[[place, code]] += 1;
            }
        }
        Self::new(counts)
    }

    /// Places of a map, S².
    pub fn places(&self) -> usize {
        self.p.len()
    }

    /// The number of codes, K.
    pub fn codes(&self) -> usize {
        self.counts.ncols()
    }

    // ANCHOR: bits
    /// Eq. 8.11: what the tables say that a map of codes costs, in bits.
    ///
    /// # Panics
    /// A code is not below K.
    pub fn bits(&self, map: &[usize]) -> f64 {
        let p = |(row, &code): (&Vec<u32>, &usize)| {
            f64::from(row[code]) / ONE as f64
        };
        self.p.iter().zip(map).map(|pair| -p(pair).log2()).sum()
    }
    // ANCHOR_END: bits

    /// A map of codes in as few bytes as the tables allow.
    ///
    /// # Errors
    /// There is not one code for each place, or one is not below K.
    pub fn encode(&self, map: &[usize]) -> Result<Vec<u8>, CodingError> {
        self.check(map)?;
        Ok(encode(map, &self.models))
    }

    /// The inverse.
    ///
    /// # Errors
    /// The bytes are not what `encode` gives.
    pub fn decode(&self, bytes: &[u8]) -> Result<Vec<usize>, CodingError> {
        let next = |before: &[usize]| self.models[before.len()].clone();
        Ok(decode(bytes, self.places(), next)?.0)
    }

    fn check(&self, map: &[usize]) -> Result<(), CodingError> {
        check_map(map, self.places(), self.codes())
    }
}

/// A map has one code for each place, and each is below K.
///
/// # Errors
/// It has not.
pub fn check_map(
    map: &[usize],
    places: usize,
    codes: usize,
) -> Result<(), CodingError> {
    let foreign = |expected: String, found: String| {
        Err(CodingError::Bytes { at: "codes", expected, found })
    };
    if map.len() != places {
        return foreign(places.to_string(), map.len().to_string());
    }
    match map.iter().find(|code| **code >= codes) {
        None => Ok(()),
        Some(code) => {
            foreign(format!("codes below {codes}"), code.to_string())
        }
    }
}

/// The coder's model of the code at one place.
pub type Model = ContiguousCategoricalEntropyModel<u32, Vec<u32>, 24>;

/// A model of probabilities in units of 2⁻²⁴.
///
/// # Panics
/// One is 0, or they do not add up to 1: what [`probabilities`] gives does.
pub fn model(p: &[u32]) -> Model {
    Model::from_nonzero_fixed_point_probabilities(p, false)
        .expect("none is 0, and they add up to one")
}

// ANCHOR: encode
/// A map of codes in as few bytes as its models allow: the coder keeps an
/// interval and narrows it to the share of each code in turn.
///
/// # Panics
/// There are fewer models than codes, or a code is none of its model's.
pub fn encode(map: &[usize], models: &[Model]) -> Vec<u8> {
    let mut coder = DefaultRangeEncoder::new();
    for (&code, model) in map.iter().zip(models) {
        coder.encode_symbol(code, model).expect("no code is impossible");
    }
    let words = coder.into_compressed().expect("memory is not full");
    let bytes = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    shortest(bytes, |bytes| decoded(bytes, models) == map)
}

/// The first bytes of a number in the last interval, or those one higher:
/// as few as still lie inside it when zeros follow.
fn shortest(bytes: Vec<u8>, same: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    for n in bytes.len().saturating_sub(8)..bytes.len() {
        let below = bytes[..n].to_vec();
        let mut above = below.clone();
        for byte in above.iter_mut().rev() {
            *byte = byte.wrapping_add(1); // and carry
            if *byte != 0 {
                break;
            }
        }
        if let Some(found) = [below, above].into_iter().find(|b| same(b)) {
            return found;
        }
    }
    bytes
}
// ANCHOR_END: encode

/// A coder that reads these bytes, and zeros after them.
fn reader(bytes: &[u8]) -> DefaultRangeDecoder {
    let words = bytes.chunks(4).map(|part| {
        let mut word = [0; 4];
        word[..part.len()].copy_from_slice(part);
        u32::from_be_bytes(word)
    });
    let words = words.chain([0, 0]).collect::<Vec<u32>>();
    let Ok(coder) = DefaultRangeDecoder::from_compressed(words);
    coder
}

/// As many codes as there are models, or fewer when the bytes are none of theirs.
fn decoded(bytes: &[u8], models: &[Model]) -> Vec<usize> {
    let mut coder = reader(bytes);
    models.iter().map_while(|m| coder.decode_symbol(m).ok()).collect()
}

/// The codes of `places` places, and the models that they were read with; `next` gives the model of a place, from the codes
/// before it.
///
/// # Errors
/// The bytes are not what [`encode`] gives.
pub fn decode(
    bytes: &[u8],
    places: usize,
    mut next: impl FnMut(&[usize]) -> Model,
) -> Result<(Vec<usize>, Vec<Model>), CodingError> {
    let foreign = |found: &str| CodingError::Bytes {
        at: "payload",
        expected: format!("{places} codes and nothing more"),
        found: found.into(),
    };
    let mut coder = reader(bytes);
    let (mut map, mut models) = (Vec::with_capacity(places), Vec::new());
    for _ in 0..places {
        let model = next(&map);
        let code = coder.decode_symbol(&model);
        map.push(code.map_err(|_| foreign("other bits"))?);
        models.push(model);
    }
    match encode(&map, &models) == bytes {
        true => Ok((map, models)),
        false => Err(foreign("bits that are left over")),
    }
}

/// A trained network and the tables of its codes.
#[derive(Clone, Debug)]
pub struct Compressor {
    /// The network.
    pub model: VqVae<f32>,
    /// The tables.
    pub tables: Tables,
    fingerprint: [u8; 4],
}

/// The first bytes of a digest, as a header has them.
pub fn four_bytes(digest: Md5) -> [u8; 4] {
    let sum = digest.finalize();
    [sum[0], sum[1], sum[2], sum[3]]
}

/// Two hexadecimal digits a byte.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Of some bytes, as a header has it.
pub fn checksum(bytes: &[u8]) -> [u8; 4] {
    four_bytes(Md5::new_with_prefix(bytes))
}

/// Some part of a file is what it should be.
///
/// # Errors
/// It is not.
pub fn expect(
    at: &'static str,
    expected: &[u8],
    found: &[u8],
) -> Result<(), CodingError> {
    let (found, expected) = (hex(found), hex(expected));
    match found == expected {
        true => Ok(()),
        false => Err(CodingError::Bytes { at, expected, found }),
    }
}

/// What the files of one kind begin with.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Three letters.
    pub magic: [u8; 3],
    /// Of the format, and of how its numbers are computed.
    pub version: u8,
}

/// A file in its parts.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// Of what has written it.
    pub fingerprint: [u8; 4],
    /// Of what it holds.
    pub checksum: [u8; 4],
    /// The rest.
    pub payload: &'a [u8],
}

impl Kind {
    /// A file: header and payload.
    pub fn seal(self, parts: Parts) -> Vec<u8> {
        let Parts { fingerprint, checksum, payload } = parts;
        let mut file = Vec::with_capacity(HEADER + payload.len());
        file.extend(self.magic);
        file.push(self.version);
        file.extend(fingerprint);
        file.extend(checksum);
        file.extend(payload);
        file
    }

    /// The inverse.
    ///
    /// # Errors
    /// The file has no whole header, or is of another kind or version.
    pub fn open(self, file: &[u8]) -> Result<Parts<'_>, CodingError> {
        let Some((header, payload)) = file.split_first_chunk::<HEADER>()
        else {
            return Err(CodingError::Bytes {
                at: "header",
                expected: format!("{HEADER} bytes"),
                found: format!("{} bytes", file.len()),
            });
        };
        expect("magic number", &self.magic, &header[..3])?;
        expect("version", &[self.version], &header[3..4])?;
        let &[_, _, _, _, a, b, c, d, e, f, g, h] = header;
        let (fingerprint, checksum) = ([a, b, c, d], [e, f, g, h]);
        Ok(Parts { fingerprint, checksum, payload })
    }
}

impl Compressor {
    /// Puts a network and tables together.
    ///
    /// # Errors
    /// They have other numbers of codes or places.
    pub fn new(
        model: VqVae<f32>,
        tables: Tables,
    ) -> Result<Self, CodingError> {
        let expected = (model.sizes.places(), model.codes());
        let found = (tables.places(), tables.codes());
        if expected != found {
            return Err(CodingError::Frequencies {
                expected: format!("{} × {}", expected.0, expected.1),
                found: format!("{} × {}", found.0, found.1),
            });
        }
        let mut digest = model.digest();
        for count in &tables.counts {
            digest.update(count.to_le_bytes());
        }
        Ok(Self { model, tables, fingerprint: four_bytes(digest) })
    }

    /// What tells it from others: eight hexadecimal digits that network and tables decide.
    pub fn fingerprint(&self) -> String {
        hex(&self.fingerprint)
    }

    /// A map of codes as a file: header and payload.
    ///
    /// # Errors
    /// There is not one code for each place, or one is not below K.
    pub fn pack(&self, map: &[usize]) -> Result<Vec<u8>, CodingError> {
        let payload = &self.tables.encode(map)?;
        let (fingerprint, checksum) = (self.fingerprint, checksum(payload));
        Ok(KIND.seal(Parts { fingerprint, checksum, payload }))
    }

    /// The inverse.
    ///
    /// # Errors
    /// The file is damaged, or of something else, or of another compressor.
    pub fn unpack(&self, file: &[u8]) -> Result<Vec<usize>, CodingError> {
        let parts = KIND.open(file)?;
        expect("checksum", &parts.checksum, &checksum(parts.payload))?;
        if parts.fingerprint == self.fingerprint {
            return self.tables.decode(parts.payload);
        }
        let (here, wanted) = (self.fingerprint(), hex(&parts.fingerprint));
        let remedy = format!(
            "--checkpoint FILE names that, which the run that replaced it has kept as compressor-{wanted}.safetensors"
        );
        let whose = "compressor";
        Err(CodingError::Other { whose, here, wanted, remedy })
    }

    /// Puts network and tables into a checkpoint file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), CheckpointError> {
        let mut checkpoint = Checkpoint::default();
        self.model.save(&mut checkpoint);
        let counts = self.tables.counts.mapv(|n| n as f32); // as MOST_SEEN
        checkpoint.put("frequencies", &counts);
        checkpoint.note("training", "vq-vae/compressor");
        checkpoint.save(path)
    }

    /// Reads them back.
    ///
    /// # Errors
    /// There is no such file, it is damaged, or of something else.
    pub fn load(path: &Path) -> Result<Self, CodingError> {
        let there = fs::metadata(path);
        if there.is_err_and(|e| e.kind() == ErrorKind::NotFound) {
            return Err(CodingError::NoModel(path.into()));
        }
        let checkpoint = Checkpoint::load(path)?;
        let model = VqVae::of_checkpoint(&checkpoint)?;
        let from = checkpoint.expecting("a compressor of 28 × 28 images");
        let shape = [model.sizes.places(), model.codes()];
        from.shape("frequencies", &shape)?;
        let counts: Array2<f32> = from.of_rank("frequencies")?;
        let counted =
            |n: &f32| (0.0..=MOST_SEEN).contains(n) && n.fract() == 0.0;
        if let Some(n) = counts.iter().find(|n| !counted(n)) {
            return Err(from.refuse(format!("`frequencies` of {n}")).into());
        }
        let tables = Tables::new(counts.mapv(|n| n as u64));
        Self::new(model, tables.map_err(|e| from.refuse(e))?)
    }

    /// Compresses a grey PNG of 28 × 28 pixels; gives the size of the file in bytes.
    ///
    /// # Errors
    /// The image is of another kind, or a file cannot be read or written.
    pub fn compress(
        &self,
        image: &Path,
        out: &Path,
    ) -> Result<usize, CodingError> {
        compress_with(&self.model, |map| self.pack(map), image, out)
    }

    /// Writes the image of a compressed file as a PNG.
    ///
    /// # Errors
    /// The file is damaged, or of another model, or a file cannot be read or written.
    pub fn decompress(
        &self,
        file: &Path,
        out: &Path,
    ) -> Result<(), CodingError> {
        decompress_with(&self.model, |file| self.unpack(file), file, out)
    }
}

/// Compresses a grey PNG of 28 × 28 pixels: a network gives its codes, and `pack` makes a file of them. Gives the size of the file
/// in bytes.
///
/// # Errors
/// The image is of another kind, a file cannot be read or written, or `pack` has failed.
pub fn compress_with(
    network: &VqVae<f32>,
    pack: impl FnOnce(&[usize]) -> Result<Vec<u8>, CodingError>,
    image: &Path,
    out: &Path,
) -> Result<usize, CodingError> {
    let x = read_png(image)?; // [1, 784]
    let codes = network.encode(&x); // [1, S²]
    let codes = codes.map_err(|e| in_file(image)(e.into()))?;
    let file = pack(&codes.row(0).to_vec())?;
    write_whole(out, &file).map_err(io(out))?;
    Ok(file.len())
}

/// Writes the image of a compressed file as a PNG: `unpack` gives its codes, and a network the image.
///
/// # Errors
/// A file cannot be read or written, or `unpack` has failed; the error names the file.
pub fn decompress_with(
    network: &VqVae<f32>,
    unpack: impl FnOnce(&[u8]) -> Result<Vec<usize>, CodingError>,
    file: &Path,
    out: &Path,
) -> Result<(), CodingError> {
    let bytes = read_plain(file, LARGEST_FILE).map_err(io(file))?;
    let map = unpack(&bytes).map_err(in_file(file))?;
    let shape = (1, map.len());
    let codes = Array2::from_shape_vec(shape, map).expect("one row");
    let pixels = network.decode(&codes); // [1, 784]
    let pixels = pixels.map_err(|e| in_file(file)(e.into()))?;
    let image = png_of(&pixels.row(0).to_vec(), out)?;
    write_whole(out, &image).map_err(io(out))
}

/// What is to be said of a compressed image, if anything.
///
/// # Errors
/// As for [`read_png`].
pub fn remark(image: &Path) -> Result<Option<String>, CodingError> {
    let bright = bright_border(&read_png(image)?);
    Ok(bright.then(|| {
        format!(
            "{}: the border is bright, and white is taken for ink; a drawing in black on white should be inverted first",
            image.display()
        )
    }))
}

fn io(path: &Path) -> impl Fn(std::io::Error) -> CodingError + '_ {
    move |cause| CodingError::Io { path: path.into(), cause }
}

fn in_file(path: &Path) -> impl Fn(CodingError) -> CodingError + '_ {
    move |cause| {
        let cause = Box::new(cause);
        CodingError::File { path: path.into(), cause }
    }
}

/// The pixels of a grey PNG of 28 × 28, in [0, 1]. `[1, 784]`
///
/// # Errors
/// The file is no PNG or larger than any of them, or has another size or colour.
pub fn read_png(path: &Path) -> Result<Array2<f32>, CodingError> {
    let odd = |expected, found: String| CodingError::Image {
        path: path.into(),
        expected,
        found,
    };
    let broken = |e: png::DecodingError| odd("a whole PNG", e.to_string());
    let file = read_plain(path, LARGEST_PNG).map_err(io(path))?;
    let decoder = png::Decoder::new(Cursor::new(file));
    let mut reader = decoder.read_info().map_err(broken)?;
    let (width, height) = (reader.info().width, reader.info().height);
    if (width, height) != (IMAGE as u32, IMAGE as u32) {
        let found = format!("{width} × {height}");
        return Err(odd("28 × 28 pixels", found));
    }
    let kind = (reader.info().color_type, reader.info().bit_depth);
    if kind != (png::ColorType::Grayscale, png::BitDepth::Eight) {
        return Err(odd("8 bits of grey a pixel", format!("{kind:?}")));
    }
    let mut pixels = vec![0; IMAGE * IMAGE];
    reader.next_frame(&mut pixels).map_err(broken)?;
    let pixels = pixels.iter().map(|v| f32::from(*v) / 255.0);
    Ok(pixels.collect::<ndarray::Array1<f32>>().insert_axis(ndarray::Axis(0)))
}

/// Whether the outermost pixels of an image `[1, 784]` in [0, 1] are bright: a drawing in black on white, and not in white on black
/// as all that a model has seen.
pub fn bright_border(x: &Array2<f32>) -> bool {
    let inside = 1..IMAGE - 1;
    let outermost = x.iter().enumerate().filter(|(n, _)| {
        !(inside.contains(&(n / IMAGE)) && inside.contains(&(n % IMAGE)))
    });
    let border: Vec<f32> = outermost.map(|(_, v)| *v).collect();
    border.iter().sum::<f32>() > 0.5 * border.len() as f32
}

/// A grey PNG of 28 × 28 pixels in [0, 1]; `path` is for errors alone.
///
/// # Errors
/// It cannot be encoded.
pub fn png_of(pixels: &[f32], path: &Path) -> Result<Vec<u8>, CodingError> {
    let odd = |e: png::EncodingError| CodingError::Image {
        path: path.into(),
        expected: "28 × 28 pixels",
        found: e.to_string(),
    };
    let grey = |v: &f32| (255.0 * v.clamp(0.0, 1.0)).round() as u8;
    let grey: Vec<u8> = pixels.iter().map(grey).collect();
    let mut file = Vec::new();
    let side = IMAGE as u32;
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(odd)?;
    writer.write_image_data(&grey).map_err(odd)?;
    writer.finish().map_err(odd)?;
    Ok(file)
}
