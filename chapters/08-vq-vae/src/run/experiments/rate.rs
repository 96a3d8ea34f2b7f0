//! Error against bits, under one ruler: networks with several codebooks, beside what has no network.

use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot};

use super::{components, patches};
use crate::run::setting::Data;
use crate::run::short::{SEEDS, every, short, try_out_and_code};
use crate::training::{Config, Sizes};

pub const EXPERIMENT: Experiment = Experiment {
    name: "rate",
    cost: Cost::Minutes,
    measure,
    figures: &[("rate", draw)],
    claims,
};

const CODES: [usize; 6] = [16, 32, 64, 128, 256, 512];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let base = short(lab, &data);
    for codes in lab.by_scale(vec![4, 16], CODES.into(), CODES.into()) {
        let sizes = Sizes { codes, ..base.sizes };
        let name = format!("codes_{codes}");
        try_out_and_code(lab, &data, &name, Config { sizes, ..base })?;
    }
    Ok(())
}

/// The points of a curve that were measured in this run, `name_mse_over_variance` against `name_bits`.
fn curve(
    of: &Measurements,
    names: impl IntoIterator<Item = String>,
) -> Vec<(f64, f64)> {
    let point = |name: String| {
        let bits = of.value(&format!("{name}_bits")).ok()?;
        Some((bits, of.value(&format!("{name}_mse_over_variance")).ok()?))
    };
    names.into_iter().filter_map(point).collect()
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let named = |start: &str, of: &[usize]| {
        of.iter().map(|n| format!("{start}_{n}")).collect::<Vec<_>>()
    };
    let page = of.value("bits_by_place").ok();
    let page = page.zip(of.value("test_mse_over_variance").ok());
    let codes = curve(of, named("codes", &CODES));
    let grids = curve(of, named("grid", &[2, 4, 14]));
    let list = curve(of, named("patches", &patches::CODES));
    let linear = curve(of, named("components", &components::BITS));
    let plot = Plot::new("")
        .x("bits an image, coded by place", Axis::Log)
        .y("squared error over variance, unseen", Axis::Log)
        .line("short VQ-VAE, K from 16 to 512", codes.clone())
        .colour(0)
        .points("short VQ-VAE, other grids", grids)
        .colour(2)
        .line("k-means, K from 16 to 2,048", list.clone())
        .line("principal components", linear.clone())
        .colour(1)
        .points("the network of this page", page);
    let dots = [(0, codes), (2, list), (3, linear)];
    let plot = dots.into_iter().fold(plot, |plot, (colour, points)| {
        plot.colour(colour).points("", points)
    });
    // At smoke scale the points lie elsewhere.
    let plot = match page.is_some_and(|(_, error)| error < 0.1) {
        true => plot.x_range(20.0, 800.0).y_range(0.012, 0.4),
        false => plot,
    };
    plot.svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let all = |name: &str, what: &str| every(&format!("{name}_{what}"));
    let error = "mse_over_variance";
    let page = |name: &str| vec![name.into(); SEEDS];
    let short = |what: &str, of: &str| {
        let side = CODES.iter().map(|k| all(&format!("{of}_{k}"), what));
        side.flatten().collect::<Vec<_>>()
    };
    // Error and bits, in each seed.
    let both = |less: &str, more: &str| {
        let side = |name| [all(name, error), all(name, "bits")].concat();
        Claim::Less(side(less), side(more))
    };
    let test = "test_mse_over_variance";
    vec![
        (
            "chapter_5_leaves_less",
            Claim::Less(all("patches_2048", error), page(test)),
        ),
        (
            "chapter_5_costs_less",
            Claim::Less(all("patches_2048", "bits"), page("bits_by_place")),
        ),
        (
            "codes_of_patches_cost_less",
            Claim::Less(short("bits", "patches"), short("bits", "codes")),
        ),
        (
            "chapter_5_beats_a_short_network",
            both("patches_1024", "codes_512"),
        ),
        (
            "a_short_network_beats_components",
            both("codes_256", "components_294"),
        ),
        (
            "components_looked_better",
            Claim::Less(
                all("components_343", error),
                all("codes_128", error),
            ),
        ),
        (
            "chapter_5_beats_components",
            both("patches_2048", "components_539"),
        ),
        (
            "components_come_last",
            Claim::Less(
                [page(test), page("bits_by_place")].concat(),
                [all("components_294", error), all("components_294", "bits")]
                    .concat(),
            ),
        ),
        (
            "with_as_many_codes_the_network_leaves_half",
            Claim::Times(2.0, page(test), all("patches_128", error)),
        ),
        (
            "the_network_hides_its_seams",
            Claim::Times(1.15, page("seams"), all("patches_1024", "seams")),
        ),
    ]
}
