//! Runs the experiments of chapter 9, or draws with what they have trained.

mod given;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::{Args, Parser, Subcommand};
use code_prior::CHAPTER;
use code_prior::coding::PriorCompressor;
use code_prior::model::Prior;
use code_prior::on_dfdx;
use code_prior::sampling::{How, complete};
use code_prior::training::load_pair;
use datasets::{Digits, PixelRange, Split};
use lab::{
    Device, ImageGrid, Options, Room, Selection, as_digit, exit_code,
    no_input, own_data, run_and_show, say, say_committed,
};
use ndarray::{Array2, s};
use vq_vae::coding::{CodingError, remark};
use vq_vae::training::VqVae;

use given::upper_codes;

/// Runs the experiments of chapter 9
#[derive(Parser)]
#[command(name = "code-prior", args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Train a tokeniser and a prior, draw, and compare with the GAN
    Draw(Options),
    /// Train the same prior whole on dfdx, and draw there, with results of its own
    DrawDfdx(Options),
    /// Draw images out of nothing
    Sample(Sample),
    /// Keep the upper rows of test digits and draw the rest
    Complete(Complete),
    /// Turn a picture into a file as small as the prior allows: a PNG or JPEG, made grey, cropped to a square, and scaled to
    /// 28 × 28; ink is white
    Compress(Compress),
    /// Turn such a file into a PNG
    Decompress(Files),
}

/// Where the two models are.
#[derive(Args)]
struct Pair {
    /// A checkpoint of the tokeniser [default: what `draw` has left here, or else the committed model]
    #[arg(long, value_name = "FILE")]
    tokeniser: Option<PathBuf>,
    /// A checkpoint of the prior [default: as for the tokeniser]
    #[arg(long, value_name = "FILE")]
    prior: Option<PathBuf>,
}

#[derive(Args)]
struct Files {
    /// What to read
    #[arg(value_name = "FILE")]
    from: PathBuf,
    /// What to write
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    pair: Pair,
}

#[derive(Args)]
struct Compress {
    #[command(flatten)]
    files: Files,
    /// White becomes black, for a drawing in black on white
    #[arg(long)]
    invert: bool,
}

/// The two models, and how they draw.
#[derive(Args)]
struct Models {
    #[command(flatten)]
    pair: Pair,
    /// 1 is the model's own; colder is surer and less varied
    #[arg(long, default_value_t = 1.0, allow_negative_numbers = true)]
    temperature: f64,
    /// Of the likeliest codes alone, so many of them
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    top_k: Option<usize>,
    /// Of the likeliest codes alone that have this share of the probability
    #[arg(long, value_name = "P", allow_negative_numbers = true)]
    top_p: Option<f64>,
    /// What the images are to be of, 0 to 9; whatever comes unless told
    #[arg(long, value_name = "DIGIT", allow_negative_numbers = true)]
    class: Option<usize>,
    /// Seed of every draw
    #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
    seed: u64,
    /// Where it is drawn: by hand in ndarray, or on dfdx
    #[arg(long, value_enum, default_value_t)]
    room: Room,
    /// Where dfdx computes: cpu, cuda or cuda:N
    #[arg(long, default_value_t)]
    device: Device,
    /// The picture to write
    #[arg(long, value_name = "FILE.png")]
    out: PathBuf,
}

#[derive(Args)]
struct Sample {
    #[command(flatten)]
    models: Models,
    /// How many images
    #[arg(long, default_value_t = 64, allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    count: u32,
}

#[derive(Args)]
struct Complete {
    #[command(flatten)]
    models: Models,
    /// The first of the digits
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    digit: usize,
    /// How many digits
    #[arg(long, default_value_t = 8, allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=100))]
    count: u32,
    /// Rows of codes that are given, of 7
    #[arg(long, default_value_t = 4, allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(0..=7))]
    rows: u32,
    /// Data of your own: a folder of pictures (PNG, JPEG) or of IDX files, or the word `emoji`
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    exit_code(match cli.command {
        None => run_and_show(&CHAPTER, cli.options, Selection::All),
        Some(Command::Draw(options)) => {
            run_and_show(&CHAPTER, options, Selection::Only("draw".into()))
        }
        Some(Command::DrawDfdx(options)) => run_and_show(
            &CHAPTER,
            options,
            Selection::Only("draw-dfdx".into()),
        ),
        Some(Command::Sample(arguments)) => draw_some(&arguments),
        Some(Command::Complete(arguments)) => complete_some(&arguments),
        Some(Command::Compress(it)) => compress(&it),
        Some(Command::Decompress(files)) => decompress(&files),
    })
}

/// Says where to get a model that is not there.
fn expect_there(path: &Path) -> anyhow::Result<()> {
    let about = std::fs::metadata(path);
    ensure!(
        !about.is_err_and(|e| e.kind() == ErrorKind::NotFound),
        "{}: no such file; `cargo run -p code-prior -- draw` trains a model and leaves it there",
        path.display()
    );
    Ok(())
}

impl Models {
    fn how(&self) -> How {
        let Self { temperature, class, top_k, top_p, .. } = *self;
        How { temperature, class, top_k, top_p }
    }
}

impl Pair {
    /// The files of the tokeniser and of the prior.
    fn paths(&self) -> [PathBuf; 2] {
        let [tokeniser, prior] = CHAPTER.trained(["tokeniser", "prior"]);
        [
            self.tokeniser.clone().unwrap_or(tokeniser),
            self.prior.clone().unwrap_or(prior),
        ]
    }

    /// The same, once it is known that they are there, and that the output replaces nothing that is read.
    fn there(
        &self,
        out: &Path,
        from: &[&Path],
    ) -> anyhow::Result<[PathBuf; 2]> {
        let [tokeniser, prior] = self.paths();
        no_input(out, &[&[&*tokeniser, &*prior], from].concat())
            .with_context(|| out.display().to_string())?;
        expect_there(&tokeniser)?;
        expect_there(&prior)?;
        say_committed(&[&tokeniser, &prior]);
        Ok([tokeniser, prior])
    }
}

impl Files {
    fn compressor(&self, pair: &Pair) -> anyhow::Result<PriorCompressor> {
        let [tokeniser, prior] = pair.there(&self.out, &[&self.from])?;
        Ok(PriorCompressor::load(&tokeniser, &prior)?)
    }
}

fn compress(Compress { files, invert }: &Compress) -> anyhow::Result<()> {
    let compressor = files.compressor(&files.pair)?;
    let picture = as_digit(&files.from, *invert)?;
    let size = compressor.compress(picture.path(), &files.out)?;
    picture.said.iter().for_each(say);
    say(format_args!("{}: {size} bytes", files.out.display()));
    if let Some(remark) = remark(picture.path())? {
        say(format_args!("{}: --invert does it", picture.of_given(&remark)));
    }
    Ok(())
}

/// By the pair that was named or is the usual one; what the committed pair has written, by that.
fn decompress(files: &Files) -> anyhow::Result<()> {
    let (from, out) = (&files.from, &files.out);
    let done = files.compressor(&files.pair)?.decompress(from, out);
    let committed = Pair {
        tokeniser: Some(CHAPTER.model("tokeniser")),
        prior: Some(CHAPTER.model("prior")),
    };
    match done {
        Err(error) if wants(&error, &committed) => {
            files.compressor(&committed)?.decompress(from, out)?;
        }
        done => done?,
    }
    say(format_args!("{}: written", out.display()));
    Ok(())
}

/// Whether a file was refused because it is another pair's, namely this one's.
fn wants(error: &CodingError, pair: &Pair) -> bool {
    let CodingError::File { cause, .. } = error else { return false };
    let CodingError::Other { wanted, .. } = &**cause else { return false };
    let [tokeniser, prior] = pair.paths();
    PriorCompressor::load(&tokeniser, &prior)
        .is_ok_and(|c| c.fingerprint() == *wanted)
}

/// The models, which can draw as they are asked to, once it is known that the output replaces nothing that is read.
fn load(
    models: &Models,
    data: &[&Path],
) -> anyhow::Result<(VqVae<f32>, Prior<f32>)> {
    let [tokeniser, prior] = models.pair.there(&models.out, data)?;
    let (network, of_codes) = load_pair(&tokeniser, &prior)?;
    let (how, sizes) = (models.how(), of_codes.sizes());
    How { class: None, ..how }.check(sizes)?;
    how.check(sizes).with_context(|| prior.display().to_string())?;
    Ok((network, of_codes))
}

/// The codes given of each map, `[N, G]`, and what is drawn after them, in the room that was asked for. `[N, T]`
fn go_on(
    models: &Models,
    prior: &Prior<f32>,
    given: &Array2<usize>,
    seed: u64,
) -> anyhow::Result<Array2<usize>> {
    let Models { room, device, .. } = *models;
    let how = models.how();
    match room {
        Room::Plain => {
            ensure!(
                device == Device::Cpu,
                "--device {device} needs --room dfdx: the plain room computes on the processor"
            );
            Ok(complete(prior, given, how, seed)?)
        }
        Room::Dfdx => lab::on_device!(device, |dev| {
            let prior = on_dfdx::Prior::new(&dev, prior);
            Ok(complete(&prior, given, how, seed)?)
        }),
    }
}

fn push(grid: &mut ImageGrid, x: &Array2<f32>) -> anyhow::Result<()> {
    for row in x.rows() {
        grid.push(row.to_shape((28, 28))?.view(), 0.0, 1.0);
    }
    Ok(())
}

fn save(grid: &ImageGrid, out: &Path) -> anyhow::Result<()> {
    grid.save(out)?;
    say(format_args!("{}: written", out.display()));
    Ok(())
}

fn draw_some(arguments: &Sample) -> anyhow::Result<()> {
    let models = &arguments.models;
    let (tokeniser, prior) = load(models, &[])?;
    let n = arguments.count as usize;
    let nothing = Array2::zeros((n, 0)); // [N, 0]
    let codes = go_on(models, &prior, &nothing, models.seed)?; // [N, T]
    let mut grid = ImageGrid::new((n as f64).sqrt().ceil() as usize);
    push(&mut grid, &tokeniser.decode(&codes)?)?;
    save(&grid, &models.out)
}

/// Each digit, its reconstruction, and five ways to go on from its upper rows.
fn complete_some(arguments: &Complete) -> anyhow::Result<()> {
    let models = &arguments.models;
    let data = arguments.data.clone().unwrap_or_else(datasets::bundled);
    let (tokeniser, prior) = load(models, &[&data])?;
    let own = own_data(&data)?;
    own.said.iter().for_each(say);
    let digits = Digits::load_28x28(own.folder, Split::Test)?;
    let (from, count) = (arguments.digit, arguments.count as usize);
    let to = from.saturating_add(count);
    ensure!(
        to <= digits.len(),
        "--digit {from}: there are {} digits, and {count} from that number on were asked for",
        digits.len()
    );
    let rows: Vec<usize> = (from..to).collect();
    let x = digits.pixels(&rows, PixelRange::Unit); // [N, 784]
    let refused = || {
        let [tokeniser, _] = models.pair.paths();
        tokeniser.display().to_string()
    };
    let rebuilt = tokeniser.reconstruct(&x).with_context(refused)?; // [N, 784]
    let given = arguments.rows as usize;
    let start = upper_codes(&tokeniser, x.clone(), given)?; // [N, G]
    let mut columns = vec![x, rebuilt];
    for n in 0..5 {
        let seed = models.seed.wrapping_add(n);
        let done = go_on(models, &prior, &start, seed)?;
        columns.push(tokeniser.decode(&done)?);
    }
    let mut grid = ImageGrid::new(columns.len());
    for n in 0..rows.len() {
        for column in &columns {
            push(&mut grid, &column.slice(s![n..=n, ..]).to_owned())?;
        }
    }
    save(&grid, &models.out)
}
