//! Checks an exercise whenever its file is saved.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use crate::cargo::Cargo;
use crate::exercises::{Chapter, Exercise, State};
use crate::hints::STEPS;
use crate::memory::Memory;
use crate::progress::{Progress, Stands, check, message, next};
use crate::{hint, say};

/// How often the files are looked at.
const PAUSE: Duration = Duration::from_millis(500);

/// When each file of a folder was written, and how long it is.
type Seen = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

fn look(folder: &Path) -> Seen {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let source = |path: &PathBuf| path.extension().is_some_and(|e| e == "rs");
    let about = |path: PathBuf| {
        let about = fs::metadata(&path).ok()?;
        Some((path, (about.modified().ok(), about.len())))
    };
    files.map(|f| f.path()).filter(source).filter_map(about).collect()
}

/// What the learner types, a line at a time.
fn keyboard() -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line.trim().to_lowercase()).is_err() {
                break;
            }
        }
    });
    receiver
}

/// What a learner who is waited for does.
enum Does {
    Saves,
    Hint,
    Skips,
    Ends,
}

/// Watches one exercise after another, from this one on, until all are solved or the learner has enough.
///
/// # Errors
/// There is no cargo, it fails for another reason than the code, or nothing can be printed.
pub fn watch<'a>(
    root: &Path,
    cargo: &Cargo,
    chapters: &'a [Chapter],
    progress: &mut Progress,
    mut now: (&'a Chapter, &'a Exercise),
    clears: bool,
) -> anyhow::Result<()> {
    let typed = keyboard();
    let mut before = String::new();
    loop {
        let (chapter, exercise) = now;
        let mut memory = Memory::load(root);
        memory.current = Some(exercise.path.clone());
        let _ = memory.save(root);
        let folder = root.join(&chapter.entry.folder).join("exercises");
        let seen = look(&folder);
        let stands = match exercise.state(root) {
            State::Untouched => {
                cargo.begin(chapter);
                Some(Stands::Untouched)
            }
            _ => stands(cargo, chapter, exercise, &folder, &seen)?,
        };
        let Some(stands) = stands else { continue };
        let solved = stands.solved();
        if clears {
            say("\x1b[2J\x1b[3J\x1b[H")?;
        }
        if !before.is_empty() {
            say(format_args!("{}\n", std::mem::take(&mut before)))?;
        }
        let told = message(root, exercise, &stands);
        progress.insert(exercise.path.clone(), stands);
        let count = progress.values().filter(|s| s.solved()).count();
        let all: usize = chapters.iter().map(|c| c.exercises.len()).sum();
        let Exercise { number, name, path, .. } = exercise;
        if solved {
            before = format!(
                "{number} {name} is right. {count} of {all} are solved."
            );
            match next(chapters, progress, Some(path)) {
                Some(following) => now = following,
                None => {
                    return say(format_args!(
                        "{before} That is all of them."
                    ));
                }
            }
            continue;
        }
        say(format_args!("{number} {name}   {path}\n\n{told}\n"))?;
        say(format_args!(
            "Save the file to have it checked. Or type h for a hint ({STEPS} steps), n for the next exercise, q to end, and Enter."
        ))?;
        loop {
            match wait(&typed, &folder, &seen) {
                Does::Saves => break,
                Does::Hint => hint(root, now, None)?,
                Does::Skips => {
                    let following = next(chapters, progress, Some(path));
                    now = following.unwrap_or(now);
                    break;
                }
                Does::Ends => return Ok(()),
            }
        }
    }
}

/// How an exercise stands; nothing, if it was saved again before its check ended.
fn stands(
    cargo: &Cargo,
    chapter: &Chapter,
    exercise: &Exercise,
    folder: &Path,
    seen: &Seen,
) -> anyhow::Result<Option<Stands>> {
    let mut asked = Instant::now();
    let mut stop = || {
        if asked.elapsed() < PAUSE {
            return false;
        }
        asked = Instant::now();
        look(folder) != *seen
    };
    let stands = check(cargo, chapter, &[exercise], &mut stop)?;
    Ok(stands.and_then(|mut stands| stands.pop()))
}

fn wait(typed: &Receiver<String>, folder: &Path, seen: &Seen) -> Does {
    loop {
        match typed.recv_timeout(PAUSE) {
            Ok(line) => match &*line {
                "h" | "hint" => return Does::Hint,
                "n" | "next" => return Does::Skips,
                "q" | "quit" => return Does::Ends,
                _ => {}
            },
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => thread::sleep(PAUSE),
        }
        // An editor may write anew what it has removed.
        let now = look(folder);
        if now != *seen && now.len() >= seen.len() {
            return Does::Saves;
        }
    }
}
