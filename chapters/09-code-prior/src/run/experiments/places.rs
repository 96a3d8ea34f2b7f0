//! Where the bits are.

use lab::{Axis, Claim, Draw, Lab, Measurements, Plot, Within, panels};
use ndarray::{Array1, Array2, Axis as Dim, s};

use crate::plain::{BITS, shares_by_place};
use crate::run::learnt::Learnt;

pub(super) const FIGURE: (&str, Draw) = ("places", draw);

pub(super) fn measure(lab: &mut Lab, it: &Learnt) -> anyhow::Result<()> {
    let codes = &it.world.test_codes; // [N, 49]
    let k = it.world.tokeniser.codes();
    let by_place = shares_by_place(&it.world.train_codes, k); // [49, K]
    let alone = Array2::from_shape_fn(codes.dim(), |(n, i)| {
        -by_place[[i, codes[[n, i]]]].ln()
    });
    let nats = it.prior.nats(codes)?; // [N, 49]
    let mean = |nats: &Array2<f64>| {
        nats.sum_axis(Dim(0)) * BITS / nats.nrows() as f64 // [49]
    };
    let (alone, given) = (mean(&alone), mean(&nats)); // [49]
    note(lab, "_alone", &alone)?;
    note(lab, "", &given)?;
    let larger = |a, b| if alone[b] > alone[a] { b } else { a };
    let dearest = (0..49).fold(0, larger);
    let close = Within::Relative(0.05);
    lab.result("bits_dearest_place_alone", alone[dearest], close)?;
    lab.result("bits_there_given_before", given[dearest], close)?;
    lab.column("place_alone", alone)?;
    lab.column("place", given)
}

/// The mean of the places at the margin, and of the 25 inside.
fn note(lab: &mut Lab, name: &str, bits: &Array1<f64>) -> anyhow::Result<()> {
    let close = Within::Relative(0.05);
    let map = bits.to_shape((7, 7))?;
    let inside = map.slice(s![1..6, 1..6]).sum();
    let margin = (map.sum() - inside) / 24.0;
    lab.result(&format!("bits_inner_place{name}"), inside / 25.0, close)?;
    lab.result(&format!("bits_margin_place{name}"), margin, close)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let most = of.value("bits_dearest_place_alone")?;
    let left = draw_square(of, "each place for itself", "place_alone", most)?;
    let right = draw_square(of, "given all places before", "place", most)?;
    panels(&[left, right], 2)
}

fn draw_square(
    of: &Measurements,
    title: &str,
    column: &str,
    most: f64,
) -> anyhow::Result<Plot> {
    let bits = Array1::from(of.column(column)?.to_vec()); // [49]
    let map = bits.into_shape_with_order((7, 7))?;
    let shades = map.slice(s![..;-1, ..]).mapv(|v| v / most);
    Ok(Plot::new(title)
        .x("", Axis::Linear)
        .y("", Axis::Linear)
        .x_range(0.0, 7.0)
        .y_range(0.0, 7.0)
        .square()
        .shade(&shades, (0.0, 7.0), (0.0, 7.0)))
}

pub(super) fn claims() -> Vec<(&'static str, Claim)> {
    vec![
        (
            "the_margin_costs_an_eighth",
            Claim::Times(
                8.0,
                vec![
                    "bits_margin_place_alone".into(),
                    "bits_margin_place".into(),
                ],
                vec![
                    "bits_inner_place_alone".into(),
                    "bits_inner_place".into(),
                ],
            ),
        ),
        (
            "what_is_before_saves_a_third",
            Claim::times(
                1.5,
                "bits_there_given_before",
                "bits_dearest_place_alone",
            ),
        ),
    ]
}
