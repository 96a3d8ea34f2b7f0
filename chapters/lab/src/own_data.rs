//! A reader's own data on the command line: the four IDX files, or any pictures, of which these are made.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::ensure;
use datasets::{
    Channels, Digits, FourFiles, PictureSet, PictureSource, Split,
};

/// What `--data` names, as the chapters read it.
#[derive(Clone, Debug)]
pub struct OwnData {
    /// As it was named.
    pub given: PathBuf,
    /// The folder of the four files.
    pub folder: PathBuf,
    /// What was done with pictures, if they are pictures.
    pub said: Option<String>,
    /// Classes of the pictures.
    classes: Option<usize>,
}

/// The experiments that tell classes apart, by themselves or with the judge of generated digits.
const OF_CLASSES: [(&str, &[&str]); 5] = [
    ("gradients", &["digits", "zero-start", "unscaled"]),
    ("gan", &["digits", "few-images", "digits-dfdx"]),
    ("stability", &["digits-cures", "digits"]),
    ("code-prior", &["draw", "draw-dfdx"]),
    ("uses", &["augment", "restore", "compress", "meaning", "inside"]),
];

/// The chapters that read pictures as they are, in colour.
const IN_COLOUR: [&str; 1] = ["vq-gan"];

/// What `--data` names, for a chapter: one that reads pictures as they are is given them so.
///
/// # Errors
/// As for [`own_data`].
pub(crate) fn own_data_of(
    chapter: &str,
    given: &Path,
) -> anyhow::Result<OwnData> {
    match IN_COLOUR.contains(&chapter) {
        false => own_data(given),
        true => Ok(OwnData {
            given: given.into(),
            folder: given.into(),
            said: None,
            classes: None,
        }),
    }
}

/// Whether one of the four files is there.
pub fn has_idx(folder: &Path) -> bool {
    let names = ["train-images-idx3", "train-labels-idx1"];
    let tests = ["t10k-images-idx3", "t10k-labels-idx1"];
    names.iter().chain(&tests).any(|name| {
        let file = |end| folder.join(format!("{name}-ubyte{end}")).exists();
        file("") || file(".gz")
    })
}

/// What `--data` names: a folder of four IDX files as it is; of pictures, or the word `emoji`, a folder of four files below
/// cargo's target, made once for the same pictures. What is no folder is left to whoever reads it.
///
/// # Errors
/// There are neither IDX files nor pictures, or a picture cannot be read, or they are too few or all alike.
pub fn own_data(given: &Path) -> anyhow::Result<OwnData> {
    packed_below(&record::target().join("data"), given)
}

fn packed_below(kept: &Path, given: &Path) -> anyhow::Result<OwnData> {
    let source = PictureSource::named(given);
    let read = matches!(source, PictureSource::Folder(_));
    if read && (!given.is_dir() || has_idx(given)) {
        let (given, folder) = (given.into(), given.into());
        return Ok(OwnData { given, folder, said: None, classes: None });
    }
    let classes = source.classes()?;
    ensure!(
        classes > 0,
        "{}: expected pictures (PNG, JPEG) here or in subfolders, a subfolder for each class, or the four IDX files of \
         MNIST's format, found none of them",
        given.display()
    );
    let form = FourFiles::OF_DIGITS;
    let name = format!("{}-{}", source.stem(), form.digest(&source)?);
    let folder = kept.join(name);
    let said = match form.pack(&source, &folder) {
        Ok(said) => said,
        // It was packed before, or another program has been faster.
        Err(error) => FourFiles::said(&folder).ok_or(error)?,
    };
    let said = format!("{source}: {said}; kept in {}", folder.display());
    let (given, classes) = (given.into(), Some(classes));
    Ok(OwnData { given, folder, said: Some(said), classes })
}

impl OwnData {
    /// Why an experiment cannot be made of these data, if it is one that tells classes apart and there is one alone, or there
    /// are too many.
    pub(crate) fn lacks_classes(
        &self,
        chapter: &str,
        experiment: &str,
    ) -> Option<String> {
        let mut all = OF_CLASSES.iter().filter(|(name, _)| *name == chapter);
        if !all.any(|(_, some)| some.contains(&experiment)) {
            return None;
        }
        let found = match self.classes {
            Some(classes) => classes,
            None => {
                // What cannot be read is said by the experiment.
                let digits = Digits::load(&self.folder, Split::Train).ok()?;
                digits.labels.iter().collect::<BTreeSet<_>>().len()
            }
        };
        let most = FourFiles::OF_DIGITS.most_classes;
        let what = match self.classes {
            Some(_) => "classes, a subfolder of pictures for each",
            None => "classes",
        };
        (!(2..=most).contains(&found)).then(|| {
            format!(
                "{}: expected 2 to {most} {what}, as `{experiment}` tells them apart, found {found}",
                self.given.display()
            )
        })
    }
}

/// A picture as the digits are: grey, 28 × 28, a PNG.
#[derive(Debug)]
pub struct AsDigit {
    given: PathBuf,
    file: tempfile::NamedTempFile,
    /// What was done with it, if anything was.
    pub said: Option<String>,
}

/// Makes one of any PNG or JPEG; inverts it if that is asked for.
///
/// # Errors
/// It cannot be read, or is none.
pub fn as_digit(given: &Path, invert: bool) -> anyhow::Result<AsDigit> {
    let side = FourFiles::OF_DIGITS.side;
    let (mut picture, made) =
        PictureSet::load_one(given, side, Channels::Grey)?;
    let mut done = made.done();
    if invert {
        picture.invert();
        done.push("inverted".into());
    }
    let file = tempfile::Builder::new().suffix(".png").tempfile()?;
    picture.save_png(0, file.path())?;
    let said = (!done.is_empty()).then(|| {
        let done = done.join(", ");
        format!(
            "{}: {done}, for {side} × {side} pixels of grey",
            given.display()
        )
    });
    Ok(AsDigit { given: given.into(), file, said })
}

impl AsDigit {
    /// Where it is, as long as this is kept.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// What is said of that file, said of the picture that was given.
    pub fn of_given(&self, said: &str) -> String {
        let (here, given) = (self.path().display(), self.given.display());
        said.replace(&here.to_string(), &given.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Pictures of 28 × 28 in some classes.
    fn pictures(at: &Path, classes: usize, each: usize) {
        for class in 0..classes {
            let folder = at.join(format!("class {class:02}"));
            fs::create_dir_all(&folder).unwrap();
            for n in 0..each {
                let images = (0..28 * 28).map(|p| {
                    let on = p % 28 == class + 3 && p / 28 == n % 20 + 4;
                    if on { 255 } else { 0 }
                });
                let images = ndarray::Array4::from_shape_vec(
                    (1, 28, 28, 1),
                    images.collect(),
                );
                let one = PictureSet {
                    images: images.unwrap(),
                    labels: vec![0].into(),
                    classes: vec![String::new()],
                };
                let path = folder.join(format!("{n:03}.png"));
                one.save_png(0, &path).unwrap();
            }
        }
    }

    #[test]
    fn pictures_are_packed_once_and_idx_files_are_left_where_they_are() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        pictures(&at("own"), 2, 7);
        let kept = at("kept");
        let own = packed_below(&kept, &at("own")).unwrap();
        let said = own.said.unwrap();
        assert!(said.contains("own: 14 pictures in 2 classes, "), "{said}");
        assert!(own.folder.starts_with(&kept) && own.given == at("own"));
        let name = own.folder.file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with("own-") && name.len() == 20, "{name}");
        Digits::load_28x28(&own.folder, Split::Test).unwrap();
        // It is not made again: what is put there stays.
        fs::write(own.folder.join("note"), "").unwrap();
        let again = packed_below(&kept, &at("own")).unwrap();
        assert!(again.folder.join("note").exists());
        assert_eq!(again.said.unwrap(), said);
        pictures(&at("own"), 2, 8);
        let more = packed_below(&kept, &at("own")).unwrap();
        assert_ne!(more.folder, own.folder);

        let idx = packed_below(&kept, &own.folder).unwrap();
        assert_eq!((&idx.folder, idx.said), (&own.folder, None));
        let none = packed_below(&kept, &at("none")).unwrap();
        assert_eq!(none.folder, at("none"), "its reader says what is wrong");
        fs::create_dir(at("bare")).unwrap();
        let said = packed_below(&kept, &at("bare")).unwrap_err().to_string();
        let expected = format!("{}: expected pict", at("bare").display());
        assert!(said.starts_with(&expected), "{said}");
        assert!(said.ends_with("found none of them"), "{said}");
    }

    #[test]
    fn what_tells_classes_apart_wants_two_to_ten() {
        let place = tempfile::tempdir().unwrap();
        let lacks = |classes, experiment: &str| {
            let at = place.path().join(format!("{classes}"));
            pictures(&at, classes, 7);
            let kept = place.path().join("kept");
            let own = packed_below(&kept, &at).unwrap();
            let said = own.lacks_classes("gan", experiment);
            let idx = OwnData { classes: None, ..own };
            let of_labels = idx.lacks_classes("gan", experiment);
            assert_eq!(said.is_some(), of_labels.is_some());
            said
        };
        assert_eq!(lacks(2, "digits"), None);
        assert_eq!(lacks(10, "digits"), None);
        assert_eq!(lacks(1, "first steps"), None);
        for classes in [1, 11] {
            let said = lacks(classes, "digits").unwrap();
            let expected = "expected 2 to 10 classes, a subfolder of";
            assert!(said.contains(expected), "{said}");
            let found = format!("tells them apart, found {classes}");
            assert!(said.ends_with(&found), "{said}");
        }
    }

    #[test]
    fn a_picture_is_made_a_digit_and_it_is_said() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("x.png");
        let one = PictureSet {
            images: ndarray::Array4::from_elem((1, 30, 40, 3), 200),
            labels: vec![0].into(),
            classes: vec![String::new()],
        };
        one.save_png(0, &path).unwrap();
        let picture = as_digit(&path, true).unwrap();
        assert_eq!(
            picture.said.as_deref().unwrap(),
            format!(
                "{}: cropped to a square, scaled, made grey, inverted, for 28 × 28 pixels of grey",
                path.display()
            )
        );
        let here = picture.path().to_path_buf();
        let (read, _) =
            PictureSet::load_one(&here, 28, Channels::Grey).unwrap();
        assert_eq!(read.images[[0, 9, 9, 0]], 255 - 200);
        let again = as_digit(&here, false).unwrap();
        assert_eq!(again.said, None);
        assert_eq!(fs::read(&here).unwrap(), fs::read(again.path()).unwrap());
        let said = picture.of_given(&format!("{}: odd", here.display()));
        assert_eq!(said, format!("{}: odd", path.display()));
        drop(picture);
        assert!(!here.exists());
    }
}
