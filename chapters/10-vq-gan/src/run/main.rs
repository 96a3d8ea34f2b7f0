//! Runs the experiments of chapter 10, or draws with what they have trained.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::{Parser, Subcommand};
use code_prior::on_dfdx;
use lab::{
    Device, ImageGrid, Options, Room, Selection, exit_code, no_input,
    run_and_show, say, say_committed,
};
use ndarray::Array2;
use vq_gan::CHAPTER;
use vq_gan::wish::{Artist, Manner, draw_codes};

/// Runs the experiments of chapter 10
#[derive(Parser)]
#[command(name = "vq-gan", args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Draw pictures that do not exist, of a category and by an artist
    Draw(Draw),
}

#[derive(clap::Args)]
struct Draw {
    /// What is to be drawn, "Food & Drink" for example; whatever there is, in turn, unless told
    #[arg(long, value_name = "NAME")]
    category: Option<String>,
    /// Who is to draw it, noto or twemoji; each in turn unless told
    #[arg(long, value_name = "NAME")]
    artist: Option<String>,
    /// How many pictures [default: 16, or one for each wish that fits, if these are more]
    #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=1000))]
    count: Option<u32>,
    /// How far it leans towards the wish: 0 does not hear it, 1 is the prior's own
    #[arg(long, default_value_t = Manner::default().scale, allow_negative_numbers = true)]
    scale: f64,
    /// 1 is the prior's own; colder is surer and less varied
    #[arg(long, default_value_t = Manner::default().temperature, allow_negative_numbers = true)]
    temperature: f64,
    /// Seed of every draw
    #[arg(long, default_value_t = Manner::default().seed, allow_negative_numbers = true)]
    seed: u64,
    /// Where it is drawn: by hand in ndarray, or on dfdx
    #[arg(long, value_enum, default_value_t)]
    room: Room,
    /// Where dfdx computes: cpu, cuda or cuda:N
    #[arg(long, default_value_t)]
    device: Device,
    /// A checkpoint of network and prior [default: what the experiment `wish` has left here, or else the committed model]
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// The picture to write [default: `drawn.png` beside what the experiments leave]
    #[arg(long, value_name = "FILE.png")]
    out: Option<PathBuf>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    exit_code(match cli.command {
        None => run_and_show(&CHAPTER, cli.options, Selection::All),
        Some(Command::Draw(it)) => draw(&it),
    })
}

/// The most numbers that are drawn at once, a quarter of a gigabyte.
const MOST: usize = 1 << 26;

fn draw(it: &Draw) -> anyhow::Result<()> {
    let [usual] = CHAPTER.trained(["artist"]);
    let path = it.model.clone().unwrap_or(usual);
    let drawn = || CHAPTER.out().join("drawn.png");
    let out = it.out.clone().unwrap_or_else(drawn);
    no_input(&out, &[&*path]).with_context(|| out.display().to_string())?;
    ensure!(
        path.exists(),
        "{}: no such file; `cargo run -p vq-gan -- --experiment wish` trains a model and leaves it there",
        path.display()
    );
    if it.model.is_none() {
        say_committed(&[&path]);
    }
    let artist = Artist::load(&path)?;
    let (category, by) = (it.category.as_deref(), it.artist.as_deref());
    let wishes = artist.wishes.named(category, by)?;
    let usual = wishes.len().clamp(16, 1000);
    let count = it.count.map_or(usual, |n| n as usize);
    let form = artist.network.sizes.form;
    ensure!(
        count.saturating_mul(form.numbers()) <= MOST,
        "{}: expected {count} pictures of at most {MOST} numbers in all, found {} × {} × {} each",
        path.display(),
        form.side,
        form.side,
        form.channels
    );
    let turns = wishes.into_iter().cycle().take(count);
    let codes = codes(it, &artist, &turns.collect::<Vec<_>>())?;
    let x = artist.network.decode(&codes)?; // [N, H·W·C]
    let columns = (count as f64).sqrt().ceil() as usize;
    let mut grid = ImageGrid::new(columns).zoom(2);
    vq_gan::push_rows(&mut grid, &x, form);
    grid.save(&out)?;
    say(format_args!("{}: written", out.display()));
    Ok(())
}

/// In the room that was asked for. `[N, T]`
fn codes(
    it: &Draw,
    artist: &Artist,
    wishes: &[usize], // [N]
) -> anyhow::Result<Array2<usize>> {
    let Draw { scale, temperature, seed, room, device, .. } = *it;
    let manner = Manner { scale, temperature, seed };
    match room {
        Room::Plain => {
            ensure!(
                device == Device::Cpu,
                "--device {device} needs --room dfdx: the plain room computes on the processor"
            );
            Ok(draw_codes(&artist.prior, wishes, manner)?)
        }
        Room::Dfdx => lab::on_device!(device, |dev| {
            let prior = on_dfdx::Prior::new(&dev, &artist.prior);
            Ok(draw_codes(&prior, wishes, manner)?)
        }),
    }
}
