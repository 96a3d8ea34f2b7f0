//! Pictures in the place of the digits: the four IDX files of MNIST, in grey, bright ink on black.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use md5::{Digest, Md5};
use ndarray::Axis;
use record::write_whole;

use crate::own_pictures::{bytes_of, classes_in, is_picture};
use crate::{
    Artist, Channels, Emoji, Made, PictureError, PictureSet, Split,
    bundled_emoji,
};

/// Whence pictures come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PictureSource {
    /// A folder of a reader's own.
    Folder(PathBuf),
    /// The emoji that come with the book, by the artist of Noto.
    Bundled,
}

/// Whether white becomes black.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inverting {
    /// If most pictures have a bright border.
    AsNeeded,
    /// Yes.
    Always,
    /// No.
    Never,
}

/// How pictures become the four files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FourFiles {
    /// Height and width.
    pub side: usize,
    /// Whether white becomes black.
    pub inverting: Inverting,
    /// More classes than this are taken as one.
    pub most_classes: usize,
}

/// To be counted up when other bytes come of the same pictures: what is kept was made by these rules.
const RULES: u32 = 1;

/// The file of a packed folder that says what was done.
const SAID: &str = "packed.txt";

/// Unicode's categories, less those of skin tones.
const EMOJI_CLASSES: usize = 9;

/// As many bytes of pixels are written, and read back.
const MOST_BYTES: usize = 1 << 30;

impl fmt::Display for PictureSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "{}", folder.display()),
            Self::Bundled => f.write_str("emoji"),
        }
    }
}

impl PictureSource {
    /// The word `emoji`, or else a folder; one of that name is `./emoji`.
    pub fn named(name: &Path) -> Self {
        match name.as_os_str() == "emoji" {
            true => Self::Bundled,
            false => Self::Folder(name.into()),
        }
    }

    /// A last name, for a folder that is made of it.
    pub fn stem(&self) -> String {
        let Self::Folder(folder) = self else { return self.to_string() };
        let whole = folder.canonicalize().unwrap_or_else(|_| folder.clone());
        let name = whole.file_name().unwrap_or_default().to_string_lossy();
        let kept = |c: &char| c.is_alphanumeric() || ['-', '_'].contains(c);
        name.chars().filter(kept).take(40).collect()
    }

    /// The pictures by their names, class by class.
    fn files(&self) -> Result<Vec<(String, Vec<PathBuf>)>, PictureError> {
        let Self::Folder(folder) = self else {
            let names = ["emoji.tsv".into(), format!("{}.png", Artist::Noto)];
            let paths = names.map(|name| bundled_emoji().join(name));
            return Ok(vec![(String::new(), paths.into())]);
        };
        let mut classes = classes_in(folder)?.classes;
        for (_, files) in &mut classes {
            files.retain(|path| is_picture(path));
        }
        classes.retain(|(_, files)| !files.is_empty());
        Ok(classes)
    }

    /// How many classes there are that have pictures, by their names; none is decoded. Of the emoji they are Unicode's.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn classes(&self) -> Result<usize, PictureError> {
        match self {
            Self::Folder(_) => Ok(self.files()?.len()),
            Self::Bundled => Ok(EMOJI_CLASSES),
        }
    }

    /// What is learnt from, what is held back, what was done, and by which rule they were parted.
    fn load(&self, side: usize) -> Result<Loaded, PictureError> {
        match self {
            Self::Folder(folder) => {
                let (all, made) =
                    PictureSet::load_folder(folder, side, Channels::Grey)?;
                let (train, test) = all.split();
                Ok((train, test, made, "every seventh of a class"))
            }
            Self::Bundled => {
                let load = |split| {
                    let all =
                        Emoji::load(&bundled_emoji(), split, Artist::Noto)?;
                    Ok(all.pictures.in_grey(side))
                };
                let (train, mut made) = load(Split::Train)?;
                let (test, more) = load(Split::Test)?;
                made.scaled += more.scaled;
                made.greyed += more.greyed;
                Ok((train, test, made, "by what is drawn, one in eight"))
            }
        }
    }
}

type Loaded = (PictureSet, PictureSet, Made, &'static str);

impl FourFiles {
    /// What the chapters want that are written for the digits.
    pub const OF_DIGITS: Self =
        Self { side: 28, inverting: Inverting::AsNeeded, most_classes: 10 };

    /// A digest of pictures as they lie, and of what is made of them, as 16 hexadecimal digits.
    ///
    /// # Errors
    /// A file or folder cannot be read.
    pub fn digest(
        &self,
        source: &PictureSource,
    ) -> Result<String, PictureError> {
        let mut hash = Md5::new();
        hash.update(format!("{RULES} {self:?}"));
        for (class, files) in source.files()? {
            hash.update(format!("{class:?} {}", files.len()));
            for path in files {
                hash.update(Md5::digest(bytes_of(&path)?));
            }
        }
        let sum = hash.finalize();
        Ok(sum[..8].iter().map(|b| format!("{b:02x}")).collect())
    }

    /// Makes a folder of the four files, whole or not at all; says what was done.
    ///
    /// # Errors
    /// Something lies where the folder should be; the pictures cannot be read, are too few to hold some back, or are all alike;
    /// or a file cannot be written.
    pub fn pack(
        &self,
        source: &PictureSource,
        out: &Path,
    ) -> Result<String, PictureError> {
        expect_free(out)?;
        let (mut train, mut test, made, parted) = source.load(self.side)?;
        let unsuited = |expected: &str, found: String| {
            let given = PathBuf::from(source.to_string());
            PictureError::content(&given, expected, found)
        };
        let all = train.len() + test.len();
        if test.is_empty() {
            return Err(unsuited(
                "seven pictures of a class or more, as every seventh is held back for testing",
                format!("{all} in {}", in_classes(train.classes.len())),
            ));
        }
        let first = train.images.index_axis(Axis(0), 0);
        let mut both =
            train.images.outer_iter().chain(test.images.outer_iter());
        if both.all(|picture| picture == first) {
            return Err(unsuited(
                "pictures that differ, for nothing else can be learnt from",
                format!("{all} that are all alike"),
            ));
        }
        let size = all * self.side * self.side;
        if size > MOST_BYTES {
            let most = format!("at most {MOST_BYTES} bytes of pixels");
            return Err(unsuited(&most, size.to_string()));
        }
        let bright: usize = [&train, &test]
            .map(|set| set.bright_borders().iter().filter(|b| **b).count())
            .iter()
            .sum();
        let invert = match self.inverting {
            Inverting::AsNeeded => 2 * bright > all,
            Inverting::Always => true,
            Inverting::Never => false,
        };
        if invert {
            train.invert();
            test.invert();
        }
        let mut said = format!(
            "{all} pictures in {}, {} for training and {} for testing ({parted})",
            in_classes(train.classes.len()),
            train.len(),
            test.len()
        );
        let done = made.said().map(|done| format!("; {done}"));
        said += &done.unwrap_or_default();
        said += &match (invert, self.inverting, bright) {
            (true, Inverting::AsNeeded, _) => format!(
                "; all inverted, as white is ink here and the border of {bright} is bright"
            ),
            (true, ..) => "; all inverted".into(),
            (false, _, 0) => String::new(),
            (false, ..) => format!(
                "; none inverted, though the border of {bright} is bright and white is ink here"
            ),
        };
        let table = table(&train, &test);
        if train.classes.len() > self.most_classes {
            said += &format!(
                "; more than {} classes, so they are taken as one",
                self.most_classes
            );
            train.labels.fill(0);
            test.labels.fill(0);
        }
        write(out, &train, &test, &format!("{said}\n\n{table}"))?;
        Ok(said)
    }

    /// What was said of a folder when it was packed, if it was.
    pub fn said(folder: &Path) -> Option<String> {
        let text = fs::read_to_string(folder.join(SAID)).ok()?;
        text.lines().next().map(String::from)
    }
}

fn in_classes(n: usize) -> String {
    match n {
        1 => "one class".into(),
        n => format!("{n} classes"),
    }
}

/// What the labels stand for, a line for each.
fn table(train: &PictureSet, test: &PictureSet) -> String {
    let mut text = String::from("label\ttraining\ttesting\tclass\n");
    for (label, class) in train.classes.iter().enumerate() {
        let [n, m] = [train, test].map(|set| {
            let of = set.labels.iter().filter(|l| usize::from(**l) == label);
            of.count()
        });
        text += &format!("{label}\t{n}\t{m}\t{class}\n");
    }
    text
}

/// That a folder can be made here.
///
/// # Errors
/// Something lies there.
fn expect_free(out: &Path) -> Result<(), PictureError> {
    let refused = |found: &str| {
        let free = "an empty folder, or none yet";
        Err(PictureError::content(out, free, found))
    };
    match fs::metadata(out) {
        Err(_) if out.is_symlink() => refused("a link that leads nowhere"),
        Err(_) => Ok(()),
        Ok(about) if !about.is_dir() => refused("a file"),
        Ok(_) => {
            let mut entries = fs::read_dir(out)
                .map_err(|cause| PictureError::io(out, cause))?;
            match entries.next() {
                None => Ok(()),
                Some(_) => refused("one with something in it"),
            }
        }
    }
}

/// The four files and what is said of them, beside the folder first.
fn write(
    out: &Path,
    train: &PictureSet,
    test: &PictureSet,
    said: &str,
) -> Result<(), PictureError> {
    let io = |cause| PictureError::io(out, cause);
    let parent = out.parent().filter(|p| !p.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(io)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".workbook-part-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o777));
    }
    let part = builder.tempdir_in(parent).map_err(io)?;
    for (split, set) in [("train", train), ("t10k", test)] {
        let (height, width, _) = set.size();
        let file = |kind: &str, dims: &[usize], data: &[u8]| {
            let rank = dims.len() as u8;
            let mut bytes = vec![0, 0, 8, rank];
            for &d in dims {
                let d = u32::try_from(d).expect("as MOST_BYTES says");
                bytes.extend(d.to_be_bytes());
            }
            bytes.extend(data);
            let name = format!("{split}-{kind}-idx{rank}-ubyte");
            write_whole(&part.path().join(name), &bytes).map_err(io)
        };
        let pixels: Vec<u8> = set.images.iter().copied().collect();
        file("images", &[set.len(), height, width], &pixels)?;
        file("labels", &[set.len()], &set.labels.to_vec())?;
    }
    write_whole(&part.path().join(SAID), said.as_bytes()).map_err(io)?;
    if out.exists() {
        fs::remove_dir(out).map_err(io)?; // which takes nothing but an empty folder
    }
    fs::rename(part.path(), out).map_err(io)?;
    let _moved = part.keep();
    Ok(())
}
