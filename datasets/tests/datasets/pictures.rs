//! Emoji, and folders of pictures.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use datasets::{
    ARTISTS, Channels, Emoji, PictureError, PictureSet, PixelRange, Split,
    bundled_emoji,
};
use image::{Rgb, RgbImage, Rgba, RgbaImage};
use md5::{Digest, Md5};

#[test]
fn the_bundled_emoji_are_those_that_the_readme_names() {
    let folder = bundled_emoji();
    let readme = fs::read_to_string(folder.join("README.md")).unwrap();
    for name in ["noto.png", "twemoji.png", "emoji.tsv"] {
        let bytes = fs::read(folder.join(name)).unwrap();
        let sum: String =
            Md5::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
        assert!(readme.contains(&format!("| `{name}` | {sum} |")), "{name}");
    }
}

#[test]
fn both_artists_draw_the_same_things() {
    for (split, count) in [(Split::Train, 1681), (Split::Test, 225)] {
        let [noto, twemoji] = ARTISTS.map(|artist| {
            Emoji::load(&bundled_emoji(), split, artist).unwrap()
        });
        assert_eq!(noto.pictures.len(), count);
        assert_eq!(noto.names, twemoji.names);
        assert_eq!(noto.pictures.labels, twemoji.pictures.labels);
        assert_eq!(noto.pictures.classes.len(), 9);
        assert_ne!(noto.pictures.images, twemoji.pictures.images);
        assert_eq!(noto.pictures.size(), (32, 32, 3));
        // On white: nearly every corner is.
        let corners = noto.pictures.images.slice(ndarray::s![.., 0, 0, 0]);
        let white = corners.iter().filter(|v| **v == 255).count();
        assert!(white * 10 > 9 * count, "{white} of {count}");
    }
}

#[test]
fn no_base_is_in_both_splits() {
    let list = fs::read_to_string(bundled_emoji().join("emoji.tsv")).unwrap();
    let of = |split: &str| -> BTreeSet<&str> {
        let lines = list.lines().skip(1);
        let of = lines.filter(|l| l.ends_with(&format!("\t{split}")));
        of.map(|l| l.split('\t').nth(3).unwrap()).collect()
    };
    let both: Vec<_> =
        of("train").intersection(&of("test")).copied().collect();
    assert!(both.is_empty(), "{both:?}");
    let one = list
        .lines()
        .filter(|l| l.contains("-running\t") || l.contains("_running_facing"))
        .collect::<Vec<_>>();
    let bases: BTreeSet<_> =
        one.iter().map(|l| l.split('\t').nth(3)).collect();
    assert!(one.len() >= 3 && bases.len() == 1, "{one:?}");
}

fn blue(width: u32, height: u32) -> RgbImage {
    RgbImage::from_pixel(width, height, Rgb([0, 0, 255]))
}

#[test]
fn a_folder_of_any_pictures_becomes_pictures_of_one_size() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("sky")).unwrap();
    fs::create_dir(at("signs")).unwrap();
    fs::create_dir(at("empty")).unwrap();
    blue(40, 20).save(at("sky/wide.png")).unwrap();
    blue(8, 8).save(at("sky/exact.jpg")).unwrap();
    let mut sign = RgbaImage::from_pixel(8, 8, Rgba([200, 0, 0, 0]));
    sign.put_pixel(3, 3, Rgba([200, 0, 0, 128]));
    sign.save(at("signs/hole.png")).unwrap();
    fs::write(at("signs/notes.txt"), "no picture").unwrap();
    let (pictures, made) =
        PictureSet::load_folder(folder.path(), 8, Channels::Colour).unwrap();
    assert_eq!((pictures.len(), pictures.size()), (3, (8, 8, 3)));
    assert_eq!(pictures.classes, ["signs", "sky"]);
    assert_eq!(pictures.labels.to_vec(), [0, 1, 1]);
    assert_eq!(pictures.images[[0, 0, 0, 0]], 255, "on white");
    assert_eq!(pictures.images[[0, 3, 3, 1]], 127, "half of it");
    assert_eq!(pictures.images[[2, 4, 4, 2]], 255);
    let said = made.said().unwrap();
    assert_eq!(
        said,
        "1 cropped to a square, 1 scaled, 1 put on white, 1 passed by as no PNG or JPEG"
    );
    let x = pictures.pixels::<f64>(&[2, 0], PixelRange::Symmetric);
    assert_eq!(x.dim(), (2, 192));
    assert_eq!((x[[0, 0]], x[[0, 2]]), (-1.0, 1.0));
    let (grey, made) =
        PictureSet::load_folder(folder.path(), 4, Channels::Grey).unwrap();
    assert_eq!((grey.size(), made.greyed), ((4, 4, 1), 3));
}

fn refused(folder: &Path) -> String {
    let all = PictureSet::load_folder(folder, 8, Channels::Grey);
    all.unwrap_err().to_string()
}

#[test]
fn what_is_no_picture_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let said = refused(folder.path());
    assert!(said.contains("expected PNG or JPEG files"), "{said}");
    assert!(matches!(
        PictureSet::load_folder(
            &folder.path().join("gone"),
            8,
            Channels::Grey
        ),
        Err(PictureError::Io { .. })
    ));
    blue(8, 8).save(folder.path().join("whole.png")).unwrap();
    let bytes = fs::read(folder.path().join("whole.png")).unwrap();
    fs::write(folder.path().join("half.png"), &bytes[..bytes.len() / 2])
        .unwrap();
    let said = refused(folder.path());
    assert!(said.contains("half.png: expected a PNG or JPEG"), "{said}");
    fs::write(folder.path().join("half.png"), "text").unwrap();
    assert!(refused(folder.path()).contains("half.png"));
}

#[test]
fn a_damaged_list_or_sheet_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let load = || {
        let all = Emoji::load(folder.path(), Split::Train, ARTISTS[0]);
        all.unwrap_err().to_string()
    };
    assert!(load().contains("emoji.tsv"));
    let list = |line: &str| {
        let text = format!("code\tname\tcategory\tbase\tsplit\n{line}\n");
        fs::write(folder.path().join("emoji.tsv"), text).unwrap();
    };
    list("1F600\tgrinning\tSmileys");
    assert!(load().contains("five columns in line 2, found 3"), "{}", load());
    list("1F600\tgrinning\tSmileys\t1F600\tother");
    assert!(load().contains("train or test in line 2"), "{}", load());
    list("1F600\tgrinning\tSmileys\t1F600\ttrain");
    blue(32, 32).save(folder.path().join("noto.png")).unwrap();
    assert!(load().contains("1248 × 32 pixels, found 32 × 32"), "{}", load());
    blue(39 * 16, 32).save(folder.path().join("noto.png")).unwrap();
    assert!(load().contains("found 624 × 32"), "one row: {}", load());
}

#[test]
fn a_sheet_of_larger_cells_gives_larger_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let line = |n: usize| format!("{n}\tn{n}\tflags\t{n}\ttrain\n");
    let lines: String = (0..41).map(line).collect();
    let list = format!("code\tname\tcategory\tbase\tsplit\n{lines}");
    fs::write(folder.path().join("emoji.tsv"), list).unwrap();
    for side in [8, 64] {
        let mut sheet = blue(39 * side, 2 * side);
        // The last pixel of the cell that comes first in the second row.
        sheet.put_pixel(side - 1, 2 * side - 1, Rgb([9, 8, 7]));
        sheet.save(folder.path().join("noto.png")).unwrap();
        let all = Emoji::load(folder.path(), Split::Train, ARTISTS[0]);
        let pictures = all.unwrap().pictures;
        let side = side as usize;
        assert_eq!(pictures.size(), (side, side, 3));
        let marked = pictures.images.indexed_iter().find(|(_, v)| **v == 9);
        assert_eq!(marked.unwrap().0, (39, side - 1, side - 1, 0));
    }
}
