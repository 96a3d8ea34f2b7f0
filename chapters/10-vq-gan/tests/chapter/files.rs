//! Checkpoints that are not what they should be are refused in words, and change nothing.

use std::path::Path;

use dfdx::prelude::Cpu;
use lab::{Checkpoint, Resumable};
use ndarray::{Array1, Array2};
use vq_gan::model::{Ends, VqGan, VqGanError, load};
use vq_gan::on_dfdx;
use vq_gan::training::{Trained, Training};

use crate::equations::{BOTH, small};
use crate::parity::{batch, config, ruler_of_floats};

fn training(ends: Ends) -> Training<'static> {
    let mut config = config(ends);
    config.perceptual = None;
    Training::new(config, None, batch, 5).unwrap()
}

fn saved(ends: Ends) -> Checkpoint {
    let mut checkpoint = Checkpoint::default();
    let mut run = training(ends);
    (0..3).for_each(|_| drop(run.step().unwrap()));
    run.save(&mut checkpoint);
    checkpoint
}

fn loaded(
    checkpoint: &Checkpoint,
    path: &Path,
) -> Result<VqGan<f32>, String> {
    checkpoint.save(path).map_err(|e| e.to_string())?;
    load(path).map_err(|e| e.to_string())
}

#[test]
fn a_network_comes_back_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.safetensors");
    for ends in BOTH {
        let model = small(ends, 3);
        let float = |v: &f64| *v as f32;
        let mut run = training(ends).model();
        run.codebook = model.codebook.map(float);
        let mut checkpoint = Checkpoint::default();
        run.save(&mut checkpoint);
        run.sizes.codes = 5;
        assert_eq!(loaded(&checkpoint, &path).unwrap(), run);
    }
}

#[test]
fn a_resumed_run_is_the_uninterrupted_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.safetensors");
    let ruler = ruler_of_floats();
    for ends in BOTH {
        let fresh =
            || Training::new(config(ends), Some(&ruler), batch, 5).unwrap();
        let mut whole = fresh();
        (0..6).for_each(|_| drop(whole.step().unwrap()));
        let mut half = fresh();
        (0..3).for_each(|_| drop(half.step().unwrap()));
        let mut checkpoint = Checkpoint::default();
        half.save(&mut checkpoint);
        checkpoint.save(&path).unwrap();
        let mut resumed = fresh();
        resumed.restore(&Checkpoint::load(&path).unwrap()).unwrap();
        assert_eq!(resumed.steps_done(), 3);
        (0..3).for_each(|_| drop(resumed.step().unwrap()));
        assert_eq!(resumed.encoder, whole.encoder);
        assert_eq!(resumed.decoder, whole.decoder);
        assert_eq!(resumed.discriminator, whole.discriminator);
        assert_eq!(resumed.quantizer, whole.quantizer);
        assert_eq!(resumed.terms, whole.terms);
        assert_eq!(resumed.revived, whole.revived);
    }
}

#[test]
fn notes_out_of_range_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.safetensors");
    for ends in BOTH {
        let whole = saved(ends);
        assert!(loaded(&whole, &path).is_ok());
        for (name, values) in [
            ("side", &["0", "7", "4294967296"][..]),
            ("channels", &["0", "1", "2", "4", "4294967296"]),
            ("patch", &["0", "2", "3", "8", "16", "4294967296"]),
            ("blocks", &["0", "2", "3", "4294967296"]),
            (
                "windows",
                &[match ends {
                    Ends::Patches => "1",
                    Ends::Windows => "0",
                }],
            ),
        ] {
            let odd = ["-1", "two", "", "18446744073709551616", "1e3", "NaN"];
            for value in values.iter().chain(&odd) {
                let mut changed = whole.clone();
                changed.note(&format!("picture.{name}"), value);
                let said = loaded(&changed, &path);
                let Err(said) = said else {
                    panic!("{ends:?}: {name} = {value} was taken");
                };
                assert!(said.contains("c.safetensors"), "{said}");
                assert!(said.contains("expected"), "{said}");
            }
            let mut changed = whole.clone();
            changed.notes.remove(&format!("picture.{name}"));
            let said = loaded(&changed, &path).unwrap_err();
            assert!(said.contains(&format!("no `picture.{name}`")), "{said}");
        }
    }
}

/// Sizes that a note can claim and no file of this length can hold.
#[test]
fn a_patch_of_a_large_picture_is_refused_before_it_is_made() {
    let mut claims = saved(Ends::Patches);
    claims.note("picture.side", 4096);
    claims.note("picture.patch", 4096);
    let folder = tempfile::tempdir().unwrap();
    let before = memory();
    let said = loaded(&claims, &folder.path().join("c.safetensors"));
    assert!(said.is_err());
    // 4096 · 4096 · 3 · 4 weights of 4 bytes, twice, would be 1.6 GB.
    let more = memory().saturating_sub(before);
    assert!(more < 400_000, "{more} kB more than before");
}

/// Blocks of so many channels are not in the file.
#[test]
fn a_width_that_the_blocks_lack_is_refused_before_they_are_made() {
    let mut claims = saved(Ends::Patches);
    claims.put("encoder.parameter.0", &Array2::<f32>::zeros((48, 4000)));
    let folder = tempfile::tempdir().unwrap();
    let before = memory();
    let said = loaded(&claims, &folder.path().join("c.safetensors"));
    assert!(said.unwrap_err().contains("do not fit together"));
    // 9 · 4000 · 4000 weights of 4 bytes, twice, would be 1.2 GB.
    let more = memory().saturating_sub(before);
    assert!(more < 400_000, "{more} kB more than before");
}

/// As many blocks as the file has arrays, which are not of their size.
#[test]
fn blocks_that_are_too_small_are_refused_before_they_are_made() {
    let blocks = 400;
    let mut claims = saved(Ends::Patches);
    let mut put = |n: usize, rows, columns| {
        let array = Array2::<f32>::zeros((rows, columns));
        claims.put(&format!("encoder.parameter.{n}"), &array);
    };
    (0..2 * blocks + 4).for_each(|n| put(n, 1, 1));
    put(0, 48, 200);
    put(2, 1800, 200);
    put(2 * blocks + 2, 200, 2);
    claims.note("picture.blocks", blocks);
    let folder = tempfile::tempdir().unwrap();
    let before = memory();
    let said = loaded(&claims, &folder.path().join("c.safetensors"));
    assert!(said.unwrap_err().contains("do not fit together"));
    // 400 · 1800 · 200 weights of 4 bytes, twice, would be 1.2 GB.
    let more = memory().saturating_sub(before);
    assert!(more < 400_000, "{more} kB more than before");
}

#[test]
fn ends_are_one_of_two() {
    let folder = tempfile::tempdir().unwrap();
    let mut claims = saved(Ends::Windows);
    claims.note("picture.windows", 7);
    assert!(loaded(&claims, &folder.path().join("c.safetensors")).is_err());
}

/// The most memory that this process has held so far, in kB, which the system counts so roughly that it can be less later.
pub fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status");
    let status = status.unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let number = line.and_then(|l| l.split_whitespace().next());
    number.and_then(|n| n.parse().ok()).unwrap_or(0)
}

#[test]
fn arrays_that_do_not_fit_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.safetensors");
    for ends in BOTH {
        let whole = saved(ends);
        let names = (0..6).flat_map(|n| {
            ["encoder", "decoder"].map(|c| format!("{c}.parameter.{n}"))
        });
        for name in names.chain(["quantizer.codebook".into()]) {
            let shape = whole.array(&name).unwrap().shape().to_vec();
            let mut other = shape.clone();
            *other.last_mut().unwrap() += 1;
            let mut turned = shape.clone();
            turned.reverse();
            turned.push(1);
            for shape in [other, turned, vec![0; shape.len()], vec![]] {
                let mut changed = whole.clone();
                let array = ndarray::ArrayD::<f32>::zeros(shape.clone());
                changed.put(&name, &array);
                let said = loaded(&changed, &path);
                let Err(said) = said else {
                    panic!("{ends:?}: {name} of {shape:?} was taken");
                };
                assert!(said.contains("expected"), "{said}");
            }
            let mut changed = Checkpoint::default();
            changed.notes = whole.notes.clone();
            changed.note("training", "gan/digits");
            let said = loaded(&changed, &path).unwrap_err();
            assert!(said.contains("gan/digits"), "{said}");
        }
    }
}

#[test]
fn numbers_that_are_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.safetensors");
    let mut changed = saved(Ends::Windows);
    for bad in [f32::NAN, f32::INFINITY] {
        changed.put("quantizer.codebook", &Array2::from_elem((12, 2), bad));
        let said = loaded(&changed, &path).unwrap_err();
        assert!(said.contains("quantizer.codebook"), "{said}");
    }
    // One that another program wrote.
    let marked = 12345.0_f32;
    changed.put("quantizer.codebook", &Array2::from_elem((12, 2), marked));
    changed.save(&path).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(4).position(|w| w == marked.to_le_bytes());
    bytes[at.unwrap()..][..4].copy_from_slice(&f32::NAN.to_le_bytes());
    std::fs::write(&path, bytes).unwrap();
    let said = load(&path).unwrap_err().to_string();
    assert!(said.contains("`quantizer.codebook`"), "{said}");
    assert!(said.contains("NaN"), "{said}");
}

#[test]
fn what_is_no_whole_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.safetensors");
    saved(Ends::Patches).save(&path).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    for length in [0, 1, 7, 8, 9, 100, bytes.len() / 2, bytes.len() - 1] {
        std::fs::write(&path, &bytes[..length]).unwrap();
        let found = load(&path);
        assert!(matches!(found, Err(VqGanError::Checkpoint(_))), "{length}");
    }
    let mut huge = bytes.clone();
    huge[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    std::fs::write(&path, huge).unwrap();
    assert!(load(&path).unwrap_err().to_string().contains("header"));
    assert!(load(&folder.path().join("none")).is_err());
    assert!(load(folder.path()).is_err());
}

/// Of another run; and nothing has changed then, in either room.
#[test]
fn a_run_refuses_what_is_not_its_own() {
    type Change<'a> = (&'a str, &'a dyn Fn(&mut Checkpoint));
    let other_end = saved(Ends::Windows);
    let shorter = Array1::<f32>::zeros(2);
    let changes: [Change; 9] = [
        ("encoder", &|c| *c = other_end.clone()),
        ("decoder.parameter.0", &|c| {
            c.put("decoder.parameter.0", &Array2::<f32>::zeros((2, 3)));
        }),
        ("discriminator.adam.m.1", &|c| {
            c.put("discriminator.adam.m.1", &Array1::<f32>::zeros(9));
        }),
        ("terms.lambda", &|c| c.put("terms.lambda", &shorter)),
        ("terms.perceptual", &|c| c.put("terms.perceptual", &shorter)),
        ("encoder.losses", &|c| {
            c.note("encoder.step", "18446744073709551615")
        }),
        ("quantizer.codebook", &|c| {
            c.put("quantizer.codebook", &Array2::<f32>::zeros((12, 3)));
        }),
        ("quantizer.settings", &|c| c.note("quantizer.settings", "others")),
        ("revived", &|c| c.note("revived", "never")),
    ];
    for (of, change) in changes {
        let mut changed = saved(Ends::Patches);
        change(&mut changed);
        let plain = training(Ends::Patches);
        let there =
            on_dfdx::Training::new(&Cpu::default(), training(Ends::Patches));
        let runs: [Box<dyn Trained>; 2] = [Box::new(plain), Box::new(there)];
        for mut run in runs {
            let mut before = Checkpoint::default();
            run.save(&mut before);
            let said = run.restore(&changed).unwrap_err().to_string();
            assert!(said.contains(of), "{of}: {said}");
            let mut after = Checkpoint::default();
            run.save(&mut after);
            assert!(before == after, "{of} changed something");
        }
    }
}

#[test]
fn another_recipe_or_other_pictures_are_another_configuration() {
    let ruler = ruler_of_floats();
    let said = |config| {
        Training::new(config, Some(&ruler), batch, 5).unwrap().configuration()
    };
    let first = said(config(Ends::Patches));
    assert_ne!(said(config(Ends::Windows)), first);
    let mut other = config(Ends::Patches);
    other.opponent.as_mut().unwrap().r1 = 0.2;
    assert_ne!(said(other), first);
    other = config(Ends::Patches);
    other.perceptual = None;
    assert_ne!(said(other), first);
    let others = |n| batch(n + 1);
    let others =
        Training::new(config(Ends::Patches), Some(&ruler), others, 5);
    assert_ne!(others.unwrap().configuration(), first);
}
