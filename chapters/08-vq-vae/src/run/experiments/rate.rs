//! Error against bits, under one ruler: the page's network at several prices, beside what has no network.

use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within};

use super::{components, jpeg, patches, priced_list};
use crate::measures::{Curve, error_at};
use crate::run::setting::{Data, recipe};
use crate::run::short::{SEEDS, beside, every, try_out_and_code};

pub const EXPERIMENT: Experiment = Experiment {
    name: "rate",
    cost: Cost::Minutes,
    measure,
    figures: &[("rate", draw)],
    claims,
};

/// What a bit costs.
const LAMBDAS: [f64; 3] = [0.2, 0.4, 0.8];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    jpeg::measure(lab, &data)?;
    let linear = components::measure(lab, &data)?;
    let lists = patches::measure(lab, &data)?;
    let priced = priced_list::measure(lab, &data)?;
    let nets = networks(lab, &data, [&lists, &priced])?;
    for (name, curves, bits) in [
        ("error_at_128_bits_by_place", &nets, 128.0),
        ("error_at_183_bits_by_place", &nets, 183.0),
        ("kmeans_error_at_128_bits_by_place", &lists, 128.0),
        ("kmeans_error_at_183_bits_by_place", &lists, 183.0),
        ("priced_list_error_at_128_bits_by_place", &priced, 128.0),
        ("priced_list_error_at_183_bits_by_place", &priced, 183.0),
        ("pca_error_at_183_bits_by_place", &linear, 183.0),
    ] {
        let errors = curves.each_ref().map(|curve| error_at(curve, bits));
        lab.over_seeds(name, &errors, Within::Factor(1.15))?;
    }
    Ok(())
}

/// The curve of each seed, and each error beside those of the lists at as many bits, without prices and with.
fn networks(
    lab: &mut Lab,
    data: &Data,
    lists: [&[Curve; SEEDS]; 2],
) -> anyhow::Result<[Curve; SEEDS]> {
    let base = recipe(lab, data).over(lab.by_scale(8, 8000, 15_000));
    lab.result("rate_steps", base.steps as f64, Within::Exactly)?;
    let mut curves = [const { Curve::new() }; SEEDS];
    for lambda in LAMBDAS {
        let (name, config) =
            (format!("lambda_{lambda}"), base.at_price(lambda));
        let found = try_out_and_code(lab, data, &name, config)?;
        let points = found.points();
        for (list, of) in lists.into_iter().zip(["patches", "priced_list"]) {
            beside(lab, &points, list, &format!("{name}_of_{of}"))?;
        }
        curves.iter_mut().zip(points).for_each(|(curve, p)| curve.push(p));
    }
    Ok(curves)
}

/// The points of a curve, `name_mse_over_variance` against `name_bits`.
fn curve(of: &Measurements, names: &[String]) -> Vec<(f64, f64)> {
    let point = |name: &String| {
        let bits = of.value(&format!("{name}_bits")).ok()?;
        Some((bits, of.value(&format!("{name}_mse_over_variance")).ok()?))
    };
    names.iter().filter_map(point).collect()
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    fn named<T: ToString>(start: &str, of: &[T]) -> Vec<String> {
        let name = |n: &T| format!("{start}_{}", n.to_string());
        of.iter().map(name).collect()
    }
    let page = of.value("bits_by_place_in_files").ok();
    let page = page.zip(of.value("test_mse_over_variance").ok());
    let nets = curve(of, &named("lambda", &LAMBDAS));
    let list = curve(of, &named("patches", &patches::CODES));
    let priced = curve(of, &priced_list::names());
    let linear = curve(of, &named("components", &components::BITS));
    let far = curve(of, &named("jpeg", &jpeg::QUALITIES));
    let plot = Plot::new("")
        .x("bits an image, coded by place", Axis::Log)
        .y("error over variance, unseen", Axis::Log)
        .line("VQ-VAE, three prices of a bit", nets.clone())
        .line("k-means, K from 16 to 4,096", list.clone())
        .line("the same with prices", priced.clone())
        .line("principal components", linear.clone())
        .line("JPEG, without its header", far.clone())
        .points("the network of this page", page);
    let dots = [(0, nets), (1, list), (2, priced), (3, linear), (4, far)];
    let plot = dots.into_iter().fold(plot, |plot, (colour, points)| {
        plot.colour(colour).points("", points)
    });
    plot.svg()
}

/// Where a curve is read off it has points of fewer and of more bits, in each seed.
fn on_either_side() -> Claim {
    let bits = |name: &str| every(&format!("{name}_bits"));
    let at = |bits: f64| vec![bits.into(); SEEDS];
    let [cheap, .., dear] = LAMBDAS.map(|l| bits(&format!("lambda_{l}")));
    let priced = priced_list::names();
    let (first, last) = (bits(&priced[0]), bits(&priced[priced.len() - 1]));
    let pairs = [
        (dear.clone(), at(128.0)),
        (at(183.0), cheap.clone()),
        (bits("patches_64"), dear.clone()),
        (cheap.clone(), bits("patches_4096")),
        (first, dear),
        (cheap, last),
        (bits("components_98"), at(183.0)),
        (at(183.0), bits("components_196")),
    ];
    let (less, more): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    Claim::Less(less.concat(), more.concat())
}

fn claims() -> Vec<(&'static str, Claim)> {
    let all = |name: &str, what: &str| every(&format!("{name}_{what}"));
    let beside = |lambda: &f64| {
        lab::over_seeds(&format!("lambda_{lambda}_of_patches"), SEEDS)
    };
    let dear =
        |n: usize, what: &str| all(&format!("lambda_{}", LAMBDAS[n]), what);
    let order = |what: &str| {
        (
            [dear(1, what), dear(2, what)].concat(),
            [dear(0, what), dear(1, what)].concat(),
        )
    };
    let (fewer, more) = order("bits");
    let (larger, smaller) = order("mse_over_variance");
    let mut claims = vec![
        (
            "a_fifth_below_chapter_5_everywhere",
            Claim::all_below(LAMBDAS.iter().flat_map(beside), 0.8),
        ),
        (
            "the_lead_grows_as_bits_get_fewer",
            Claim::Less(
                LAMBDAS[1..]
                    .iter()
                    .flat_map(beside)
                    .map(Into::into)
                    .collect(),
                LAMBDAS[..2]
                    .iter()
                    .flat_map(beside)
                    .map(Into::into)
                    .collect(),
            ),
        ),
        (
            "at_128_bits_less_than_half",
            Claim::Times(
                2.0,
                every("error_at_128_bits_by_place"),
                every("kmeans_error_at_128_bits_by_place"),
            ),
        ),
        (
            "at_183_bits_a_quarter_less",
            Claim::Times(
                4.0 / 3.0,
                every("error_at_183_bits_by_place"),
                every("kmeans_error_at_183_bits_by_place"),
            ),
        ),
        (
            "below_the_priced_list_everywhere",
            Claim::all_below(
                LAMBDAS.iter().flat_map(|lambda| {
                    let name = format!("lambda_{lambda}_of_priced_list");
                    lab::over_seeds(&name, SEEDS)
                }),
                1.0,
            ),
        ),
        ("the_points_lie_on_either_side", on_either_side()),
        (
            "prices_help_a_list_too",
            Claim::less_over_seeds(
                "priced_list_error_at_128_bits_by_place",
                "kmeans_error_at_128_bits_by_place",
                SEEDS,
            ),
        ),
        (
            "at_183_bits_as_well",
            Claim::less_over_seeds(
                "priced_list_error_at_183_bits_by_place",
                "kmeans_error_at_183_bits_by_place",
                SEEDS,
            ),
        ),
        ("a_higher_price_buys_fewer_bits", Claim::Less(fewer, more)),
        ("and_leaves_more", Claim::Less(smaller, larger)),
        (
            "the_network_hides_its_seams",
            Claim::Times(
                1.15,
                vec!["seams".into(); SEEDS],
                all("patches_1024", "seams"),
            ),
        ),
        (
            "components_leave_more_than_the_list",
            Claim::less_over_seeds(
                "kmeans_error_at_183_bits_by_place",
                "pca_error_at_183_bits_by_place",
                SEEDS,
            ),
        ),
    ];
    claims.extend(patches::claims());
    claims.extend(components::claims());
    claims
}
