//! A prior that is told a wish: where it leans, what can be wished for, what it learns from, and the file that draws.

use std::collections::HashSet;
use std::path::Path;

use code_prior::model::{Prior, PriorError, Sizes};
use code_prior::on_dfdx;
use code_prior::plain::{embed, shift_right_from, start_tokens};
use code_prior::sampling::Draws;
use dfdx::prelude::Cpu;
use lab::{Checkpoint, max_rel_err, rng_at};
use ndarray::{Array1, Array2, ArrayD, Axis, NdFloat, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::Uniform;
use vq_gan::data::{Pictures, Set};
use vq_gan::model::{Ends, VqGan, load};
use vq_gan::wish::{
    Artist, Guided, Manner, WishError, Wishes, draw_codes, maps,
};

use crate::data::{as_image, moved, some, ways_to_move};
use crate::equations::{CONTRAST, FORM, sizes};
use crate::files::memory;

/// Of three categories by two artists, over the codes of [`network`].
const SIZES: Sizes =
    Sizes { codes: 5, places: 4, width: 8, heads: 2, blocks: 2, classes: 6 };

fn prior<F: NdFloat>(seed: u64) -> Prior<F> {
    Prior::new(SIZES, &mut rng_at(seed, 0)).unwrap()
}

fn some_codes(n: usize, seed: u64) -> Array2<usize> {
    let codes = Uniform::new(0, SIZES.codes).unwrap();
    Array2::random_using((n, SIZES.places), codes, &mut rng_at(seed, 1))
}

/// What a whole pass gives at each place. `[N, K]` for each
fn whole<F: NdFloat>(
    prior: &Prior<F>,
    codes: &Array2<usize>,
    starts: &[usize],
) -> Vec<Array2<f64>> {
    let seen = shift_right_from(codes, starts);
    let x = embed(&prior.table, &prior.positions, &seen);
    let logits = prior.forward_rows(x).logits.mapv(|v| v.to_f64().unwrap());
    let t = SIZES.places;
    (0..t).map(|at| logits.slice(s![at..;t, ..]).to_owned()).collect()
}

/// Maps of two wishes, and one between them of which nothing is told.
const TOLD: [Option<usize>; 3] = [Some(5), None, Some(0)];

fn leans<P: Draws, F: NdFloat>(there: &P, prior: &Prior<F>, limit: f64) {
    let (codes, k) = (some_codes(TOLD.len(), 3), SIZES.codes);
    let starts = start_tokens(&TOLD, k);
    let told = whole(prior, &codes, &starts);
    let untold = whole(prior, &codes, &[k; TOLD.len()]);
    for scale in [0.0, 0.5, 1.0, 1.5, 4.0] {
        let guided = Guided { prior: there, scale };
        assert_eq!(guided.sizes(), SIZES);
        let mut cache = guided.cache(TOLD.len());
        let mut last = starts.clone();
        for (at, (s_c, s_0)) in told.iter().zip(&untold).enumerate() {
            let found = guided.next(&mut cache, &last);
            let found = found.mapv(num);
            let expected = s_0 + &((s_c - s_0) * scale);
            let err = max_rel_err(&found, &expected);
            assert!(err < limit, "γ = {scale}, place {at}: {err:e}");
            // Of what is not told, as much is heard at every scale.
            let err = max_rel_err(&found.row(1), &s_0.row(1));
            assert!(err < limit, "γ = {scale}, place {at}: {err:e}");
            last = codes.column(at).to_vec();
        }
    }
    // The wish is heard at the first place, and remembered at the last.
    for (s_c, s_0) in told.iter().zip(&untold) {
        let moved = |n: usize| max_rel_err(&s_c.row(n), &s_0.row(n));
        assert!(moved(0) > 1e-2 && moved(2) > 1e-2);
        assert_eq!(moved(1), 0.0);
    }
}

fn num<F: NdFloat>(v: F) -> f64 {
    v.to_f64().unwrap()
}

#[test]
fn what_leans_is_between_two_whole_passes_or_beyond_them() {
    let prior = prior::<f64>(1);
    leans(&prior, &prior, 1e-12);
    let floats = self::prior::<f32>(1);
    leans(&floats, &floats, 1e-4);
}

#[test]
fn it_leans_on_dfdx_as_it_does_here() {
    let dev = Cpu::default();
    let prior = prior::<f64>(1);
    leans(&on_dfdx::Prior::new(&dev, &prior), &prior, 1e-9);
    let floats = self::prior::<f32>(1);
    leans(&on_dfdx::Prior::new(&dev, &floats), &floats, 1e-4);
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_leans_as_far() {
    let dev = lab::open_cuda(0).unwrap();
    let prior = prior::<f64>(1);
    leans(&on_dfdx::Prior::new(&dev, &prior), &prior, 1e-9);
    let floats = self::prior::<f32>(1);
    leans(&on_dfdx::Prior::new(&dev, &floats), &floats, 1e-3);
}

fn two_at_once<P: Draws>(prior: &P) {
    let guided = Guided { prior, scale: 2.0 };
    let maps = [some_codes(3, 4), some_codes(3, 5)];
    let starts = start_tokens(&TOLD, SIZES.codes);
    let seen = |map: usize, at: usize| match at {
        0 => starts.clone(),
        _ => maps[map].column(at - 1).to_vec(),
    };
    let alone = [0, 1].map(|map| {
        let mut cache = guided.cache(3);
        let next = |at| guided.next(&mut cache, &seen(map, at));
        (0..SIZES.places).map(next).collect::<Vec<_>>()
    });
    let mut caches = [guided.cache(3), guided.cache(3)];
    for (at, expected) in alone[0].iter().zip(&alone[1]).enumerate() {
        let expected = [expected.0, expected.1];
        let both = caches.iter_mut().zip(expected).enumerate();
        for (map, (cache, expected)) in both {
            assert!(guided.next(cache, &seen(map, at)) == *expected);
        }
    }
    assert!(alone[0] != alone[1]);
}

#[test]
fn what_is_drawn_at_once_does_not_mix() {
    two_at_once(&prior::<f64>(2));
    let floats = prior::<f32>(2);
    two_at_once(&on_dfdx::Prior::new(&Cpu::default(), &floats));
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| name.to_string()).collect()
}

fn wishes() -> Wishes {
    Wishes {
        categories: names(&["Food & Drink", "flags", "Überall"]),
        artists: names(&["noto", "Twemoji"]),
    }
}

#[test]
fn each_class_is_one_category_by_one_artist() {
    let wishes = wishes();
    let mut seen = HashSet::new();
    for (category, artist) in (0..3).flat_map(|c| [(c, 0), (c, 1)]) {
        let class = wishes.class(category, artist);
        assert!(class < wishes.count());
        assert_eq!(wishes.parts(class), (category, artist));
        assert!(seen.insert(class));
    }
    assert_eq!(seen.len(), wishes.count());
}

#[test]
fn a_wish_is_named_in_whole_or_in_part() {
    let wishes = wishes();
    let named = |category, artist| wishes.named(category, artist).unwrap();
    let sorted = |mut classes: Vec<usize>| {
        classes.sort_unstable();
        classes
    };
    let both = |c, a| vec![wishes.class(c, a)];
    assert_eq!(named(Some("flags"), Some("Twemoji")), both(1, 1));
    assert_eq!(named(Some("food & drink"), Some("NOTO")), both(0, 0));
    assert_eq!(named(Some("üBERALL"), Some("twemoji")), both(2, 1));
    let flags = [wishes.class(1, 0), wishes.class(1, 1)];
    assert_eq!(sorted(named(Some("flags"), None)), flags);
    let noto = [0, 1, 2].map(|c| wishes.class(c, 0));
    assert_eq!(sorted(named(None, Some("Noto"))), noto);
    assert_eq!(sorted(named(None, None)), Vec::from_iter(0..6));
    for (category, artist, expected) in [
        (
            Some("flag"),
            None,
            "expected a category among Food & Drink, flags, Überall, found \"flag\"",
        ),
        (
            Some("flags"),
            Some(""),
            "expected an artist among noto, Twemoji, found \"\"",
        ),
        (
            None,
            Some("flags"),
            "expected an artist among noto, Twemoji, found \"flags\"",
        ),
    ] {
        let said = wishes.named(category, artist).unwrap_err().to_string();
        assert_eq!(said, expected);
    }
}

/// Folders of a reader's can be called so.
#[test]
fn of_two_names_that_differ_in_case_either_can_be_wished_for() {
    let categories = names(&["Cat", "cat"]);
    let wishes = Wishes { categories, artists: names(&["own"]) };
    for (name, class) in [("Cat", 0), ("cat", 1), ("CAT", 0)] {
        assert_eq!(wishes.named(Some(name), None).unwrap(), [class]);
    }
}

#[test]
fn what_can_be_wished_for_is_what_the_pictures_show() {
    let emoji = Pictures::emoji().unwrap();
    let wishes = Wishes::of(&emoji);
    assert_eq!(wishes.categories, emoji.classes);
    assert_eq!(wishes.artists, emoji.artists);
    let classes = wishes.classes(&emoji.test);
    assert_eq!(classes.len(), emoji.test.len());
    for (n, class) in classes.into_iter().enumerate() {
        let label = usize::from(emoji.test.pictures.labels[n]);
        let expected = (label, emoji.test.artists[n]);
        assert_eq!(wishes.parts(class), expected);
    }
}

/// Of 4 places and 5 codes, which are latents of pictures.
fn network(set: &Set) -> VqGan<f32> {
    let rng = &mut rng_at(8, 0);
    let mut network = VqGan::new(sizes(Ends::Windows), CONTRAST, rng);
    let z = network.latents(&set.first(set.len())).unwrap(); // [N·4, 2]
    network.codebook.assign(&z.select(Axis(0), &[0, 29, 58, 87, 116]));
    network
}

#[test]
fn maps_are_of_the_pictures_and_then_of_moved_copies() {
    let (set, n) = (some(30, 8), 30);
    let network = network(&set);
    let encode = |x: &Array2<f32>| network.encode(x).unwrap();
    let own = encode(&set.first(n));
    let all = maps(&network, &set, 2, 7).unwrap();
    assert_eq!(all.dim(), (3 * n, 4));
    assert_eq!(all.slice(s![..n, ..]), own);
    let copies = [1, 2].map(|c| all.slice(s![c * n..(c + 1) * n, ..]));
    assert!(copies[0] != own && copies[1] != own && copies[0] != copies[1]);
    // Each in its picture's place, mirrored or not; and most are moved.
    let mut there = 0;
    for (at, x) in set.first(n).rows().into_iter().enumerate() {
        let image = as_image(x, 8);
        let ways = ways_to_move().flat_map(|way| moved(&image, way));
        let known = Array2::from_shape_vec((50, 192), ways.collect());
        let known = encode(&known.unwrap());
        let still = [false, true].map(|mirror| {
            let way = ways_to_move().position(|w| w == (mirror, 0, 0));
            known.row(way.unwrap())
        });
        for copies in &copies {
            let copy = copies.row(at);
            assert!(known.rows().into_iter().any(|row| row == copy));
            there += usize::from(still.contains(&copy));
        }
    }
    assert!(there < n, "{there} of {} are where they were", 2 * n);
    assert_eq!(maps(&network, &set, 2, 7).unwrap(), all);
    assert!(maps(&network, &set, 2, 8).unwrap() != all);
    assert_eq!(maps(&network, &set, 0, 7).unwrap(), own);
    assert!(maps(&network, &some(30, 4), 1, 7).is_err());
}

/// Says at each place what it is told, and nothing where it is not.
struct Parrot;

impl Draws for Parrot {
    type Number = f32;
    type Cache = Vec<usize>;

    fn sizes(&self) -> Sizes {
        Sizes { codes: 6, ..SIZES }
    }

    fn cache(&self, _: usize) -> Vec<usize> {
        Vec::new()
    }

    fn next(&self, cache: &mut Vec<usize>, last: &[usize]) -> Array2<f32> {
        if cache.is_empty() {
            *cache = last.to_vec();
        }
        Array2::from_shape_fn((last.len(), 6), |(n, k)| {
            if cache[n] == 7 + k { 60.0 } else { 0.0 }
        })
    }
}

fn manner(scale: f64) -> Manner {
    Manner { scale, ..Manner::default() }
}

#[test]
fn each_row_is_of_its_own_wish() {
    let classes = [3, 0, 5, 3, 3, 1];
    let codes = draw_codes(&Parrot, &classes, manner(1.0)).unwrap();
    assert_eq!(codes.dim(), (6, 4));
    for (row, class) in codes.rows().into_iter().zip(classes) {
        assert_eq!(row, Array1::from_elem(4, class));
    }
    // At 0 it has heard nothing, and no two wishes get the same draws.
    let mute = draw_codes(&Parrot, &[0, 1, 2, 3, 4, 5], manner(0.0));
    let mute = mute.unwrap();
    let rows: HashSet<Vec<usize>> =
        mute.rows().into_iter().map(|row| row.to_vec()).collect();
    assert_eq!(rows.len(), 6);
    let none = draw_codes(&Parrot, &[], manner(1.0)).unwrap();
    assert_eq!(none.dim(), (0, 4));
}

#[test]
fn what_is_drawn_in_turns_is_what_is_drawn_by_itself() {
    let prior = prior::<f32>(6);
    // More of one wish than are drawn side by side.
    let classes: Vec<usize> = (0..600).map(|n| [4, 1, 4][n % 3]).collect();
    let manner = Manner { seed: u64::MAX, ..Manner::default() };
    let mixed = draw_codes(&prior, &classes, manner).unwrap();
    for wish in [1, 4] {
        let rows = Vec::from_iter((0..600).filter(|n| classes[*n] == wish));
        let alone = draw_codes(&prior, &vec![wish; rows.len()], manner);
        assert_eq!(alone.unwrap(), mixed.select(Axis(0), &rows));
    }
    assert_eq!(draw_codes(&prior, &classes, manner).unwrap(), mixed);
    let other = Manner { seed: 1, ..manner };
    assert!(draw_codes(&prior, &classes, other).unwrap() != mixed);
    let there = on_dfdx::Prior::new(&Cpu::default(), &prior);
    assert_eq!(draw_codes(&there, &classes, manner).unwrap(), mixed);
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let prior = prior::<f32>(6);
    for scale in [-1.0, -1e-9, f64::NAN, f64::INFINITY, -f64::INFINITY] {
        let refused = draw_codes(&prior, &[0], manner(scale)).unwrap_err();
        assert!(matches!(refused, WishError::Scale(_)));
        let said = refused.to_string();
        assert!(said.starts_with("expected a scale from 0 to "), "{said}");
        assert!(said.ends_with(&format!(", found {scale}")), "{said}");
    }
    let refused = draw_codes(&prior, &[0, 6], manner(1.0)).unwrap_err();
    let unknown = PriorError::Class { classes: 6, found: 6 };
    assert!(matches!(refused, WishError::Prior(e) if e == unknown));
    let cold = Manner { temperature: -1.0, ..Manner::default() };
    let refused = draw_codes(&prior, &[0], cold).unwrap_err();
    assert!(matches!(refused, WishError::Prior(PriorError::Temperature(_))));
    let untold = Sizes { classes: 0, ..SIZES };
    let untold = Prior::<f32>::new(untold, &mut rng_at(1, 0)).unwrap();
    assert!(draw_codes(&untold, &[0], manner(1.0)).is_err());
}

/// The farther it leans the surer it is, and no scale that is taken makes
/// logits that are no numbers.
#[test]
fn the_largest_scale_draws_what_the_wish_adds_most() {
    let prior = prior::<f32>(6);
    let first = some_codes(1, 1);
    let told = whole(&prior, &first, &start_tokens(&[Some(2)], 5));
    let untold = whole(&prior, &first, &[5]);
    let added = &told[0] - &untold[0];
    let most =
        (0..5).max_by(|a, b| added[[0, *a]].total_cmp(&added[[0, *b]]));
    let far = draw_codes(&prior, &[2; 20], manner(1000.0)).unwrap();
    assert!(far.column(0).iter().all(|code| Some(*code) == most));
    for beyond in [1000.1, 1e38, 1e300] {
        assert!(draw_codes(&prior, &[2], manner(beyond)).is_err());
    }
}

fn artist() -> Artist {
    let network = network(&some(30, 8));
    Artist { network, prior: prior(9), wishes: wishes() }
}

fn saved(artist: &Artist) -> Checkpoint {
    let mut checkpoint = Checkpoint::default();
    artist.save(&mut checkpoint);
    checkpoint
}

/// An artist in a file.
pub fn save_artist(path: &Path) {
    saved(&artist()).save(path).unwrap();
}

#[test]
fn an_artist_comes_back_from_its_file_and_draws_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.safetensors");
    save_artist(&path);
    let (before, after) = (artist(), Artist::load(&path).unwrap());
    assert_eq!(after, before);
    assert_eq!(load(&path).unwrap(), before.network);
    let classes = [0, 5, 2, 2];
    let x = after.draw(&classes, Manner::default()).unwrap();
    assert_eq!(x.dim(), (4, FORM.numbers()));
    assert!(x.iter().all(|v| (0.0..=1.0).contains(v)));
    assert_eq!(before.draw(&classes, Manner::default()).unwrap(), x);
    let codes = draw_codes(&after.prior, &classes, Manner::default());
    let codes = codes.unwrap();
    assert_eq!(after.network.decode(&codes).unwrap(), x);
    assert!(codes.rows().into_iter().any(|row| row != codes.row(0)));
}

/// What is said of a file that is refused.
fn refused(checkpoint: &Checkpoint, path: &Path) -> String {
    checkpoint.save(path).unwrap();
    let Err(error) = Artist::load(path) else {
        panic!("{:?} was taken", checkpoint.notes)
    };
    let said = error.to_string();
    assert!(said.starts_with(&path.display().to_string()), "{said}");
    assert!(said.contains(": expected "), "{said}");
    said
}

#[test]
fn parts_that_do_not_fit_together_are_no_artist() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.safetensors");
    let with = |sizes| {
        let prior = Prior::new(sizes, &mut rng_at(1, 0)).unwrap();
        refused(&saved(&Artist { prior, ..artist() }), &path)
    };
    for (sizes, found) in [
        (Sizes { codes: 4, ..SIZES }, "[4, 4, 6]"),
        (Sizes { codes: 6, ..SIZES }, "[6, 4, 6]"),
        (Sizes { places: 9, ..SIZES }, "[5, 9, 6]"),
        (Sizes { classes: 5, ..SIZES }, "[5, 4, 5]"),
        (Sizes { classes: 7, ..SIZES }, "[5, 4, 7]"),
        (Sizes { classes: 0, ..SIZES }, "[5, 4, 0]"),
    ] {
        let said = with(sizes);
        let words = format!("a prior over {found} codes, places and wishes");
        assert!(said.contains(&words), "{said}");
        assert!(said.contains("network of [5, 4, 6]"), "{said}");
    }
    let of = |categories: &[&str], artists: &[&str]| Wishes {
        categories: names(categories),
        artists: names(artists),
    };
    for wishes in [of(&["a", "b"], &["c", "d"]), of(&["a"], &["b"])] {
        refused(&saved(&Artist { wishes, ..artist() }), &path);
    }
    // Nothing to wish for, and a prior that has learnt no wishes.
    for wishes in [of(&[], &[]), of(&["a"], &[]), of(&[], &["a"])] {
        let sizes = Sizes { classes: 0, ..SIZES };
        let prior = Prior::new(sizes, &mut rng_at(1, 0)).unwrap();
        refused(&saved(&Artist { prior, wishes, ..artist() }), &path);
    }
    // Either part alone is no artist.
    let mut alone = Checkpoint::default();
    artist().network.save(&mut alone);
    assert!(refused(&alone, &path).contains("no `prior."));
    let mut alone = Checkpoint::default();
    code_prior::training::save(&artist().prior, &mut alone);
    assert!(refused(&alone, &path).contains("a VQ-GAN, found no `"));
}

#[test]
fn names_that_are_missing_or_beyond_counting_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.safetensors");
    let whole = saved(&artist());
    let before = memory();
    for name in [
        "wish.category",
        "wish.artist",
        "wish.category.0",
        "wish.category.2",
        "wish.artist.1",
        "prior.classes",
        "prior.codes",
        "picture.side",
    ] {
        let mut changed = whole.clone();
        changed.notes.remove(name);
        let said = refused(&changed, &path);
        let missing = said.contains(&format!("no `{name}`"));
        assert!(missing || name == "prior.classes", "{said}");
    }
    for value in [
        "0",
        "2",
        "4",
        "4294967296",
        "1000000000000",
        "18446744073709551615",
        "18446744073709551616",
        "-1",
        "three",
        "",
        "NaN",
    ] {
        for name in ["category", "artist"] {
            if (name, value) == ("artist", "2") {
                continue;
            }
            let mut changed = whole.clone();
            changed.note(&format!("wish.{name}"), value);
            refused(&changed, &path);
        }
        for name in ["codes", "places", "width", "blocks", "classes"] {
            let known = &whole.notes[&format!("prior.{name}")];
            if known == value {
                continue;
            }
            let mut changed = whole.clone();
            changed.note(&format!("prior.{name}"), value);
            refused(&changed, &path);
        }
    }
    // As many of the one as there are of the other.
    let mut turned = whole.clone();
    turned.note("wish.category", 2);
    turned.note("wish.artist", 3);
    assert!(refused(&turned, &path).contains("no `wish.artist.2`"));
    let more = memory().saturating_sub(before);
    assert!(more < 400_000, "{more} kB more than before");
}

#[test]
fn an_artist_of_which_a_number_or_the_end_is_missing_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.safetensors");
    let said = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        let said = Artist::load(&path).unwrap_err().to_string();
        assert!(said.starts_with(&path.display().to_string()), "{said}");
        said
    };
    let mut marked = saved(&artist());
    for name in
        ["prior.parameter.0", "decoder.parameter.1", "quantizer.codebook"]
    {
        let shape = marked.array(name).unwrap().shape().to_vec();
        let before = marked.array(name).unwrap().clone();
        marked.put(name, &ArrayD::from_elem(shape, 12345.0_f32));
        marked.save(&path).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        let at =
            bytes.windows(4).position(|w| w == 12345.0_f32.to_le_bytes());
        for bad in [f32::NAN, f32::INFINITY] {
            bytes[at.unwrap()..][..4].copy_from_slice(&bad.to_le_bytes());
            let said = said(&bytes);
            assert!(said.contains(&format!("`{name}`")), "{said}");
            assert!(said.contains("expected finite numbers"), "{said}");
        }
        marked.put(name, &before);
    }
    marked.save(&path).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    for length in [0, 1, 7, 8, 9, 100, bytes.len() / 2, bytes.len() - 1] {
        said(&bytes[..length]);
    }
    said(&[&bytes[..], &[0; 4]].concat());
    for missing in [folder.path().join("none"), folder.path().into()] {
        assert!(Artist::load(&missing).is_err());
    }
}

/// What each array's shape says is asked before anything is made of it.
#[test]
fn arrays_of_another_shape_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.safetensors");
    let whole = saved(&artist());
    let last = (0..)
        .take_while(|n| whole.array(&format!("prior.parameter.{n}")).is_ok());
    for n in 0..last.count() {
        let name = format!("prior.parameter.{n}");
        let shape = whole.array(&name).unwrap().shape().to_vec();
        let mut longer = shape.clone();
        longer[0] += 1;
        for shape in [longer, vec![0; shape.len()], vec![]] {
            let mut changed = whole.clone();
            changed.put(&name, &ArrayD::<f32>::zeros(shape));
            refused(&changed, &path);
        }
    }
}
