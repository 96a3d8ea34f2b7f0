//! Emoji in colour, drawn twice: the same things by two artists.

use std::fmt;
use std::path::{Path, PathBuf};

use image::DynamicImage;
use ndarray::{Array1, Array4};

use crate::Split;
use crate::own_pictures::{Made, PictureError, PictureSet, decode};

/// Who drew them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Artist {
    /// Noto Emoji.
    Noto,
    /// Twemoji.
    Twemoji,
}

/// Both of them.
pub const ARTISTS: [Artist; 2] = [Artist::Noto, Artist::Twemoji];

impl fmt::Display for Artist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Artist::Noto => "noto",
            Artist::Twemoji => "twemoji",
        })
    }
}

/// Cells in a row of a sheet.
const COLUMNS: usize = 39;

/// The emoji of one split by one artist: pictures in colour, of 32 × 32 pixels where the sheets are the bundled ones, whose
/// classes are Unicode's categories. Both artists have the same things in the same order.
#[derive(Clone, Debug, PartialEq)]
pub struct Emoji {
    /// `[N, H, W, 3]`.
    pub pictures: PictureSet,
    /// Short names, `grinning`.
    pub names: Vec<String>,
}

/// The folder of the bundled emoji, below the workbook's root, for which the environment may name another place in
/// `WORKBOOK_ROOT`.
pub fn bundled_emoji() -> PathBuf {
    match std::env::var_os("WORKBOOK_ROOT") {
        Some(root) => Path::new(&root).join("datasets/emoji"),
        None => concat!(env!("CARGO_MANIFEST_DIR"), "/emoji").into(),
    }
}

impl Emoji {
    /// Reads a split by an artist from a folder with `emoji.tsv` and the artists' sheets; the width of a sheet says how large
    /// its pictures are.
    ///
    /// # Errors
    /// A file is missing or damaged, or the sheet has another shape than the list asks for.
    pub fn load(
        folder: &Path,
        split: Split,
        artist: Artist,
    ) -> Result<Self, PictureError> {
        let list = folder.join("emoji.tsv");
        let text = std::fs::read_to_string(&list)
            .map_err(|cause| PictureError::io(&list, cause))?;
        let (mut cells, mut names) = (Vec::new(), Vec::new());
        let (mut labels, mut classes) = (Vec::new(), Vec::<String>::new());
        let mut lines = 0;
        for (n, line) in text.lines().skip(1).enumerate() {
            let fields: Vec<&str> = line.split('\t').collect();
            let [_, name, category, _, of] = fields[..] else {
                return Err(PictureError::content(
                    &list,
                    format!("five columns in line {}", n + 2),
                    fields.len(),
                ));
            };
            lines += 1;
            let class = match classes.iter().position(|c| c == category) {
                Some(class) => class,
                None => {
                    classes.push(category.into());
                    classes.len() - 1
                }
            };
            let held_back = match of {
                "train" => Split::Train,
                "test" => Split::Test,
                other => {
                    let line = format!("train or test in line {}", n + 2);
                    return Err(PictureError::content(&list, line, other));
                }
            };
            if held_back == split {
                cells.push(n);
                names.push(name.to_string());
                labels.push(u8::try_from(class).unwrap_or(u8::MAX));
            }
        }
        let sheet = folder.join(format!("{artist}.png"));
        let drawn = decode(&sheet, &mut Made::default())?;
        let images = cut(&drawn, &cells, lines, &sheet)?;
        let labels = Array1::from(labels);
        Ok(Self { pictures: PictureSet { images, labels, classes }, names })
    }
}

/// The folder of a list and sheets that hold larger pictures, which `pack.py` makes for who wants them.
pub fn larger_emoji() -> PathBuf {
    bundled_emoji().with_file_name("emoji-64")
}

/// These cells of a sheet of so many. `[N, H, W, 3]`
fn cut(
    sheet: &DynamicImage,
    cells: &[usize],
    all: usize,
    path: &Path,
) -> Result<Array4<u8>, PictureError> {
    let (width, height) = (sheet.width() as usize, sheet.height() as usize);
    let (side, rows) = (width / COLUMNS, all.div_ceil(COLUMNS));
    if side == 0 || (width, height) != (COLUMNS * side, rows * side) {
        return Err(PictureError::content(
            path,
            format!(
                "a sheet of {COLUMNS} × {rows} squares for {all} emoji, such \
                 as {} × {} pixels",
                COLUMNS * 32,
                rows * 32
            ),
            format!("{width} × {height}"),
        ));
    }
    let rgb = sheet.to_rgb8();
    let bytes = rgb.as_raw();
    Ok(Array4::from_shape_fn((cells.len(), side, side, 3), |(n, y, x, c)| {
        let (row, column) = (cells[n] / COLUMNS, cells[n] % COLUMNS);
        let at = (row * side + y) * width + column * side + x;
        bytes[3 * at + c]
    }))
}
