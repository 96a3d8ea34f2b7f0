//! Trained models to begin with: what the runs behind the committed results have trained, less what only a training needs,
//! with notes on where it comes from.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use code_prior::training as prior;
use lab::{Chapter, Checkpoint, Lab, Options, Results, Selection};
use vq_gan::wish::Artist;
use vq_vae::coding::Compressor;
use vq_vae::model as tokeniser;

use crate::{remove_folder, replace_folder};

/// A model that is committed.
pub struct Model {
    /// Whose run trains it.
    pub chapter: &'static Chapter,
    /// Its name, and that of the checkpoint which holds it.
    pub name: &'static str,
    /// The training that it comes from.
    pub training: &'static str,
    /// The result that says how many seconds that training took: it tells one run from another.
    pub seconds: &'static str,
    /// What that training's checkpoint says of the digits that it learns from.
    pub digits: fn() -> String,
    /// Whose pictures it has learnt from, where they ask to be named.
    pub thanks: Option<&'static str>,
    /// What is needed to use it, of a file that holds it.
    pub needed: fn(&Path) -> anyhow::Result<Checkpoint>,
}

/// All of them.
pub static MODELS: [Model; 5] = [
    Model {
        chapter: &gan::CHAPTER,
        name: "digits",
        training: "digits",
        seconds: "digits_seconds",
        digits: bundled,
        thanks: None,
        needed: |path| {
            let (noise, g) = gan::training::load_generator(path)?;
            let mut model = Checkpoint::default();
            gan::training::save_generator(noise, &g, &mut model);
            Ok(model)
        },
    },
    Model {
        chapter: &vq_vae::CHAPTER,
        name: "compressor",
        training: "digits",
        seconds: "train_seconds",
        digits: bundled,
        thanks: None,
        needed: |path| {
            Compressor::load(path)?;
            Ok(Checkpoint::load(path)?) // nothing else is in it
        },
    },
    Model {
        chapter: &code_prior::CHAPTER,
        name: "tokeniser",
        training: "tokeniser",
        seconds: "tokeniser_seconds",
        digits: bundled,
        thanks: None,
        needed: |path| {
            let mut model = Checkpoint::default();
            tokeniser::load(path)?.save(&mut model);
            Ok(model)
        },
    },
    Model {
        chapter: &code_prior::CHAPTER,
        name: "prior",
        training: "prior",
        seconds: "train_seconds",
        digits: bundled,
        thanks: None,
        needed: |path| {
            let mut model = Checkpoint::default();
            prior::save(&prior::load(path)?, &mut model);
            Ok(model)
        },
    },
    Model {
        chapter: &vq_gan::CHAPTER,
        name: "artist",
        training: "wish-1",
        seconds: "wish_seconds",
        digits: || "none".into(), // of emoji
        thanks: Some(
            "Noto Emoji, Google LLC, Apache-2.0; Twemoji, Twitter, Inc. and other contributors, CC-BY 4.0",
        ),
        needed: |path| {
            let mut model = Checkpoint::default();
            Artist::load(path)?.save(&mut model);
            Ok(model)
        },
    },
];

fn bundled() -> String {
    datasets::digest(datasets::bundled())
}

impl Model {
    /// Where it is committed.
    pub fn committed(&self) -> PathBuf {
        self.chapter.model(self.name)
    }

    /// That the committed model is there, can be used, holds nothing that is not needed for that, and was trained by the code
    /// that is here, in the run that made these results.
    ///
    /// # Errors
    /// It is not so; the error says what makes it anew.
    pub fn check(&self, results: &Results) -> anyhow::Result<()> {
        let path = self.committed();
        let check = || {
            let model = Checkpoint::load(&path)?;
            let seconds = model.notes.get("seconds").map(|s| s.parse());
            let seconds = seconds.context("no `seconds` are noted")??;
            self.check_training(&model, seconds, results)?;
            let mut needed = (self.needed)(&path)?;
            needed.notes.clone_from(&model.notes);
            ensure!(needed == model, "more than is needed to use it");
            self.note(&mut needed, seconds, results);
            ensure!(
                needed == model,
                "its notes on where it comes from are not those of the committed results"
            );
            Ok(())
        };
        check().with_context(|| {
            let (path, chapter) = (path.display(), self.chapter.name);
            format!(
                "{path}: `cargo run -- --fresh --only {chapter}` makes it anew, or, from the checkpoints of the run that \
                 made the committed results, `cargo run --bin reproduce -- --models --only {chapter}`"
            )
        })
    }

    /// That a training was done by the code that is here, in the run that made these results.
    fn check_training(
        &self,
        training: &Checkpoint,
        seconds: f64,
        results: &Results,
    ) -> anyhow::Result<()> {
        let (chapter, from) = (self.chapter, &results.provenance);
        for (note, value) in [
            ("training", format!("{}/{}", chapter.name, self.training)),
            ("seed", from.seed.to_string()),
            ("scale", from.scale.clone()),
            ("data", (self.digits)()),
            ("code", chapter.trained_by()?),
        ] {
            training.expect_note(note, value)?;
        }
        let theirs = results.values.get(self.seconds);
        let theirs = theirs.with_context(|| {
            format!("the results of {} lack `{}`", chapter.name, self.seconds)
        })?;
        ensure!(
            (seconds - theirs).abs() <= 1e-9 * theirs,
            "another run than that of the committed results: its training `{}` took {seconds} s, and theirs {theirs} s",
            self.training
        );
        Ok(())
    }

    /// Notes where it comes from.
    fn note(&self, model: &mut Checkpoint, seconds: f64, results: &Results) {
        let (from, room) = (&results.provenance, "room".to_string());
        let plain = "plain".to_string();
        let room = from.made_with.get(&room).unwrap_or(&plain);
        model.note("chapter", self.chapter.number);
        model.note("device", &from.device);
        model.note("room", room);
        model.note("seconds", seconds);
        model.note("licence", "MIT OR Apache-2.0");
        if let Some(thanks) = self.thanks {
            model.note("learnt from", thanks);
        }
    }

    /// The model that a finished run has left.
    ///
    /// # Errors
    /// A file is not there or damaged, or the run is not the one that made these results with the code that is here.
    pub fn of_run(
        &self,
        run: &Lab,
        results: &Results,
    ) -> anyhow::Result<Checkpoint> {
        let trained = Checkpoint::load(&run.checkpoint_path(self.training))?;
        let seconds = run.seconds(self.training)?;
        self.check_training(&trained, seconds, results).with_context(
            || run.checkpoint_path(self.training).display().to_string(),
        )?;
        let path = run.checkpoint_path(self.name);
        let whole = Checkpoint::load(&path)?;
        whole.expect_alike(&trained)?;
        let mut model = (self.needed)(&path)?;
        model.notes = whole.notes;
        model.notes.extend(trained.notes);
        model.notes.retain(|name, _| !name.starts_with("history"));
        self.note(&mut model, seconds, results);
        Ok(model)
    }
}

/// Commits the models that a chapter's last run of the page's scale has left, all or none; gives their paths.
///
/// # Errors
/// As for [`Model::of_run`], or a file cannot be written.
pub fn commit_models(
    chapter: &'static Chapter,
) -> anyhow::Result<Vec<PathBuf>> {
    let of_chapter = |m: &&Model| m.chapter.name == chapter.name;
    let models: Vec<_> = MODELS.iter().filter(of_chapter).collect();
    if models.is_empty() {
        return Ok(Vec::new());
    }
    let results = Results::load(&chapter.committed())?;
    let options = Options { quiet: true, ..Options::default() };
    let run = Lab::new(chapter, options, Selection::All);
    let new = chapter.out().join("models");
    remove_folder(&new)?;
    for model in &models {
        let file = model.committed();
        let file = file.file_name().unwrap_or_default();
        model.of_run(&run, &results)?.save(&new.join(file))?;
    }
    replace_folder(&new, &chapter.models())?;
    Ok(models.iter().map(|model| model.committed()).collect())
}
