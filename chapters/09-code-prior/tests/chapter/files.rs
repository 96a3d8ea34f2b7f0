//! Checkpoints and bad input.

use code_prior::model::{Prior, PriorError, Sizes};
use code_prior::on_dfdx;
use code_prior::plain::bits_per_image;
use code_prior::sampling::{How, complete, sample};
use code_prior::training::{Config, Learns, Training, load, load_pair, save};
use dfdx::prelude::Cpu;
use gradients::plain::{AdamConfig, Parameters};
use lab::{Checkpoint, Resumable, rng_at};
use ndarray::Array2;
use vq_vae::model::VqVae;

use crate::equations::{SMALL, some_codes};

fn config() -> Config {
    let adam = AdamConfig { lr: 3e-3, ..AdamConfig::default() };
    Config { sizes: SMALL, batch: 8, steps: 20, warm_up: 5, adam }
}

fn saved(training: &Training) -> Checkpoint {
    let mut checkpoint = Checkpoint::default();
    training.save(&mut checkpoint);
    checkpoint
}

#[test]
fn a_resumed_run_ends_where_an_uninterrupted_one_does() {
    let codes = some_codes(50, SMALL, 2);
    let fresh = || Training::new(config(), &codes, 7).unwrap();
    let go = |t: &mut Training| (0..7).for_each(|_| drop(t.step()));
    let mut whole = fresh();
    go(&mut whole);
    let checkpoint = saved(&whole);
    go(&mut whole);
    let mut second = fresh();
    second.restore(&checkpoint).unwrap();
    go(&mut second);
    assert_eq!(second.model, whole.model, "bit for bit");
}

#[test]
fn training_brings_the_loss_down() {
    // Every map repeats its first code: only the first place is a guess.
    let codes = Array2::from_shape_fn((64, 5), |(n, _)| n % 4);
    let mut config = config();
    config.steps = 400;
    let mut training = Training::new(config, &codes, 7).unwrap();
    for _ in 0..400 {
        training.train_once().unwrap();
    }
    let bits = bits_per_image(&training.nats(&codes).unwrap());
    assert!(bits > 1.99 && bits < 2.3, "two bits to choose, found {bits}");
}

#[test]
fn a_training_s_checkpoint_and_a_bare_prior_are_both_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prior.safetensors");
    let codes = some_codes(50, SMALL, 2);
    let mut training = Training::new(config(), &codes, 7).unwrap();
    (0..3).for_each(|_| drop(training.step().unwrap()));
    saved(&training).save(&path).unwrap();
    assert_eq!(load(&path).unwrap(), training.prior());
    let mut bare = Checkpoint::default();
    save(&training.prior(), &mut bare);
    bare.save(&path).unwrap();
    assert_eq!(load(&path).unwrap(), training.prior());
}

/// A tokeniser of four codes on a grid of 2 × 2.
fn tokeniser(stream: u64) -> VqVae<f32> {
    let sizes = vq_vae::model::Sizes {
        codes: 4,
        width: 2,
        channels: 3,
        patch: 14,
        blocks: 1,
    };
    VqVae::new(sizes, &mut rng_at(5, stream))
}

#[test]
fn a_prior_goes_with_the_tokeniser_whose_codes_it_learnt() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(format!("{name}.safetensors"));
    for (name, stream) in [("mine", 0), ("other", 1)] {
        let mut checkpoint = Checkpoint::default();
        tokeniser(stream).save(&mut checkpoint);
        checkpoint.save(&at(name)).unwrap();
    }
    let sizes = Sizes { places: 4, ..SMALL };
    let config = Config { sizes, ..config() };
    let codes = some_codes(50, sizes, 2);
    let start = || Training::new(config, &codes, 7).unwrap();
    saved(&start()).save(&at("unnamed")).unwrap();
    let dev = Cpu::default();
    let of = || start().of_tokeniser(&tokeniser(0));
    let mut there = on_dfdx::Training::new(&dev, of());
    for there in [&mut of() as &mut dyn Learns, &mut there] {
        let mut checkpoint = Checkpoint::default();
        there.save(&mut checkpoint);
        checkpoint.save(&at("prior")).unwrap();
        let pair = load_pair(&at("mine"), &at("prior")).unwrap();
        assert_eq!(pair, (tokeniser(0), there.prior()));
        let other = start().of_tokeniser(&tokeniser(1)).configuration();
        assert_ne!(there.configuration(), other);
    }
    let refused = |tokeniser: &str, prior: &str, what: &str| {
        let said = load_pair(&at(tokeniser), &at(prior));
        let said = said.unwrap_err().to_string();
        for name in [tokeniser, prior] {
            let path = at(name).display().to_string();
            assert_eq!(said.matches(&path).count(), 1, "{said}");
        }
        assert!(said.contains(what), "{said}");
    };
    refused("other", "prior", "one over the codes of tokeniser ");
    refused("mine", "unnamed", "`cargo run -p code-prior -- draw` trains");
    let mut larger = saved(
        &Training::new(
            Config { sizes: SMALL, ..config },
            &some_codes(50, SMALL, 2),
            7,
        )
        .unwrap()
        .of_tokeniser(&tokeniser(0)),
    );
    larger.note("training", "code-prior/prior");
    larger.save(&at("larger")).unwrap();
    refused("mine", "larger", "(4, 5) codes and places");
}

#[test]
fn sizes_foretell_the_shape_of_every_parameter() {
    for blocks in [0, 1, 3] {
        let sizes = Sizes { blocks, ..SMALL };
        let prior = Prior::<f32>::new(sizes, &mut rng_at(1, 0)).unwrap();
        let all = prior.parameters();
        let shapes = all.iter().map(|p| p.shape().to_vec());
        assert!(sizes.shapes().eq(shapes), "{blocks} blocks");
    }
}

#[test]
fn a_foreign_or_damaged_file_is_a_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.safetensors");
    let said = || load(&path).unwrap_err().to_string();
    assert!(said().contains("file.safetensors"), "{}", said());
    std::fs::write(&path, [7; 100]).unwrap();
    assert!(said().contains("expected a whole safetensors"), "{}", said());
    let mut other = Checkpoint::default();
    other.note("training", "gan/digits");
    other.put("mean.parameter.0", &ndarray::arr1(&[1.0]));
    other.save(&path).unwrap();
    assert!(said().contains("no `prior.codes`"), "{}", said());
    assert!(said().contains("gan/digits"), "{}", said());
    let prior = Prior::<f32>::new(SMALL, &mut rng_at(1, 0)).unwrap();
    for (name, value, complaint) in [
        ("codes", "99", "of shape [5, 6]"),
        ("width", "60000", "of shape [5, 6]"),
        ("width", "99999999999", "99999999999"),
        ("heads", "5", "heads share evenly"),
        ("heads", "0", "heads: expected at least 1"),
        ("blocks", "1", "`prior.parameter.20` of shape [6, 6]"),
        ("blocks", "3", "`prior.parameter.36` of shape [6, 4]"),
        ("blocks", "4294967296", "`prior.parameter.36` of"),
        ("blocks", "-1", "no `prior.blocks`"),
    ] {
        let mut checkpoint = Checkpoint::default();
        save(&prior, &mut checkpoint);
        checkpoint.note(&format!("prior.{name}"), value);
        checkpoint.save(&path).unwrap();
        assert!(said().contains(complaint), "{name}: {}", said());
        assert!(said().contains("file.safetensors"), "{}", said());
    }
}

/// Whatever a training leaves out or has another length of is named together with the file, and changes nothing.
#[test]
fn a_run_does_not_go_on_from_half_a_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.safetensors");
    let codes = some_codes(50, SMALL, 2);
    let mut training = Training::new(config(), &codes, 7).unwrap();
    (0..3).for_each(|_| drop(training.step().unwrap()));
    let whole = saved(&training);
    let changes: [(&str, &dyn Fn(&mut Checkpoint)); 4] = [
        ("prior.losses", &|c| {
            c.put("prior.losses", &ndarray::arr1(&[1.0, 2.0]));
        }),
        ("prior.adam.v.37", &|c| {
            c.put("prior.adam.v.37", &ndarray::arr1(&[1.0]));
        }),
        ("prior.step", &|c| drop(c.notes.remove("prior.step"))),
        ("prior.losses", &|c| c.note("prior.step", u64::MAX)),
    ];
    for (name, change) in changes {
        let mut checkpoint = whole.clone();
        change(&mut checkpoint);
        checkpoint.save(&path).unwrap();
        let mut fresh = Training::new(config(), &codes, 7).unwrap();
        let before = fresh.model.clone();
        let read = Checkpoint::load(&path).unwrap();
        let said = fresh.restore(&read).unwrap_err().to_string();
        assert!(said.contains(name), "{name}: {said}");
        assert!(said.contains("file.safetensors"), "{said}");
        assert_eq!(fresh.model, before, "{name}");
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let prior = Prior::<f32>::new(SMALL, &mut rng_at(1, 0)).unwrap();
    let mut codes = some_codes(2, SMALL, 3);
    codes[[1, 3]] = 4;
    let beyond = PriorError::Code { row: 1, place: 3, codes: 4, found: 4 };
    assert_eq!(prior.nats(&codes).unwrap_err(), beyond);
    assert_eq!(complete(&prior, &codes, 1.0, 1).unwrap_err(), beyond);
    let short = Array2::zeros((2, 3));
    let places = PriorError::Places { expected: 5, found: 3 };
    assert_eq!(prior.nats(&short).unwrap_err(), places);
    let long = Array2::zeros((2, 6));
    assert!(complete(&prior, &long, 1.0, 1).is_err());
    for t in [-0.1, f64::NAN] {
        assert!(sample(&prior, 1, t, 1).is_err());
    }
    assert_eq!(sample(&prior, 0, 1.0, 1).unwrap().dim(), (0, 5));
    for sizes in [
        Sizes { codes: 0, ..SMALL },
        Sizes { places: 0, ..SMALL },
        Sizes { width: 0, ..SMALL },
        Sizes { heads: 0, ..SMALL },
        Sizes { heads: 4, ..SMALL },
    ] {
        assert!(Prior::<f32>::new(sizes, &mut rng_at(1, 0)).is_err());
    }
    let few = some_codes(7, SMALL, 3);
    let said = Training::new(config(), &few, 1).err().unwrap().to_string();
    assert!(said.contains('8') && said.contains('7'), "{said}");
}

/// A training on maps whose classes are known.
fn of_classes<'a>(
    codes: &'a Array2<usize>,
    labels: &'a [usize],
) -> Training<'a> {
    let sizes = Sizes { classes: 3, ..SMALL };
    let config = Config { sizes, ..config() };
    let training = Training::new(config, codes, 7).unwrap();
    training.of_classes(labels).unwrap()
}

#[test]
fn a_resumed_run_is_told_the_same_classes() {
    let codes = some_codes(50, SMALL, 2);
    let labels: Vec<usize> = (0..50).map(|n| n % 3).collect();
    let go = |t: &mut Training| (0..7).for_each(|_| drop(t.step()));
    let mut whole = of_classes(&codes, &labels);
    go(&mut whole);
    let checkpoint = saved(&whole);
    go(&mut whole);
    let mut second = of_classes(&codes, &labels);
    second.restore(&checkpoint).unwrap();
    go(&mut second);
    assert_eq!(second.model, whole.model, "bit for bit");
    // Half are told, rightly, and half are not.
    let mut source = of_classes(&codes, &labels).source;
    let mut told = 0;
    for n in 0..200 {
        let [seen, codes] = source.batch(n); // [8, 5] each
        assert_eq!(
            seen.slice(ndarray::s![.., 1..]),
            codes.slice(ndarray::s![.., ..4])
        );
        told += seen.column(0).iter().filter(|s| **s > 4).count();
        assert!(seen.column(0).iter().all(|s| (4..8).contains(s)));
    }
    assert!((told as f64 / 1600.0 - 0.5).abs() < 0.05, "{told}");
    // Other labels are another training, and so are none.
    let other: Vec<usize> = (0..50).map(|n| n % 2).collect();
    let text = |labels| of_classes(&codes, labels).configuration();
    assert_ne!(text(&labels), text(&other));
    assert_ne!(
        text(&labels),
        Training::new(config(), &codes, 7).unwrap().configuration()
    );
}

/// Where the class decides the first code, a model that was told it knows that code.
#[test]
fn a_prior_learns_with_its_classes_and_without() {
    let labels: Vec<usize> = (0..60).map(|n| n % 3).collect();
    let codes = Array2::from_shape_fn((60, 5), |(n, _)| labels[n]);
    let sizes = Sizes { classes: 3, ..SMALL };
    let config = Config { sizes, steps: 400, ..config() };
    let known: Vec<_> = labels.iter().copied().map(Some).collect();
    let plain = || {
        let training = Training::new(config, &codes, 7).unwrap();
        training.of_classes(&labels).unwrap()
    };
    let dev = Cpu::default();
    let mut there = on_dfdx::Training::new(&dev, plain());
    for run in [&mut plain() as &mut dyn Learns, &mut there] {
        for _ in 0..400 {
            run.step().unwrap();
        }
        let given = bits_per_image(&run.nats_given(&codes, &known).unwrap());
        let blind = bits_per_image(&run.nats(&codes).unwrap());
        assert!(given < 0.4, "nothing is left to guess: {given}");
        let guess = 3.0_f64.log2();
        // Of one map in ten it learns this slowly; at random it is ten bits.
        assert!(blind > guess - 0.1 && blind < 4.0, "one of three: {blind}");
        let prior = run.prior();
        assert_eq!(prior.sizes().classes, 3);
        for class in 0..3 {
            let how = How { class: Some(class), ..How::from(0.5) };
            let drawn = sample(&prior, 20, how, 1).unwrap();
            let right = drawn.iter().filter(|c| **c == class).count();
            assert!(right > 95, "class {class}: {right} of 100");
        }
    }
}

#[test]
fn a_checkpoint_keeps_its_classes_and_an_old_one_has_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prior.safetensors");
    let prior =
        Prior::<f32>::new(Sizes { classes: 3, ..SMALL }, &mut rng_at(1, 0));
    let mut checkpoint = Checkpoint::default();
    save(&prior.unwrap(), &mut checkpoint);
    checkpoint.save(&path).unwrap();
    assert_eq!(load(&path).unwrap().sizes().classes, 3);
    for (classes, complaint) in [
        ("2", "of shape [8, 6]"),
        ("-1", "no `prior.classes`"),
        ("99999999999", "99999999999"),
    ] {
        let mut other = checkpoint.clone();
        other.note("prior.classes", classes);
        other.save(&path).unwrap();
        let said = load(&path).unwrap_err().to_string();
        assert!(said.contains(complaint), "{said}");
        assert!(said.contains("prior.safetensors"), "{said}");
    }
    let old = Prior::<f32>::new(SMALL, &mut rng_at(1, 0)).unwrap();
    let mut checkpoint = Checkpoint::default();
    save(&old, &mut checkpoint);
    assert_eq!(checkpoint.notes.remove("prior.classes").unwrap(), "0");
    checkpoint.save(&path).unwrap();
    assert_eq!(load(&path).unwrap(), old);
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let rng = &mut rng_at(1, 0);
    let none = Prior::<f32>::new(SMALL, rng).unwrap();
    let three = Sizes { classes: 3, ..SMALL };
    let three = Prior::<f32>::new(three, rng).unwrap();
    let said = |prior: &Prior<f32>, how: How| {
        sample(prior, 1, how, 1).unwrap_err().to_string()
    };
    let one = How::from(1.0);
    let of = |class| How { class: Some(class), ..one };
    assert!(said(&none, of(7)).contains("trained without labels"));
    assert_eq!(said(&three, of(3)), "expected a class below 3, found 3");
    assert!(sample(&three, 1, of(2), 1).is_ok());
    assert!(said(&none, How { top_k: Some(0), ..one }).contains("top-k"));
    for p in [0.0, -0.5, 1.01, f64::NAN, f64::INFINITY] {
        let said = said(&none, How { top_p: Some(p), ..one });
        assert!(said.contains("more than 0 and at most 1"), "{said}");
    }
    for t in [f64::INFINITY, f64::NAN, -1.0] {
        assert!(said(&none, t.into()).contains("finite temperature"));
    }
    let codes = some_codes(2, SMALL, 3);
    let labels = PriorError::Labels { images: 2, labels: 1 };
    assert_eq!(three.nats_given(&codes, &[Some(1)]), Err(labels));
    let beyond = PriorError::Class { classes: 3, found: 5 };
    assert_eq!(three.nats_given(&codes, &[None, Some(5)]), Err(beyond));
    let maps = some_codes(50, SMALL, 3);
    let config = Config { sizes: three.sizes(), ..config() };
    for labels in [vec![0; 49], vec![3; 50]] {
        let training = Training::new(config, &maps, 7).unwrap();
        assert!(training.of_classes(&labels).is_err());
    }
}
