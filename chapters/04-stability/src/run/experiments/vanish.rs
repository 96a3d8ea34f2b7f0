//! Two clouds on a line, and the slope that says which way is nearer: of two distances, and of the loss in use.

use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};

use crate::metric::Clouds;

pub const EXPERIMENT: Experiment = Experiment {
    name: "vanish",
    cost: Cost::Seconds,
    measure,
    figures: &[("vanish", draw)],
    claims,
};

/// How wide the clouds are: bare, and with noise on both.
const WIDTHS: [f64; 2] = [0.1, 0.5];
const FARTHEST: f64 = 2.0;
const STEPS: usize = 100;
/// Near, far for the narrow clouds, and far for both.
const PLACES: [f64; 3] = [0.25, 1.0, 2.0];

fn named(what: &str, width: f64, theta: f64) -> String {
    format!("vanish_{what}_{width}_at_{theta}")
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let at = |n: usize| FARTHEST * n as f64 / STEPS as f64;
    let places = || (0..=STEPS).map(at);
    lab.column("theta", places())?;
    for width in WIDTHS {
        let clouds = |theta| Clouds { theta, width };
        let jsd = places().map(|theta| clouds(theta).jsd());
        let slope = places().map(|theta| clouds(theta).jsd_slope());
        let used = places().map(|t| clouds(t).non_saturating_slope());
        lab.column(&format!("jsd_{width}"), jsd)?;
        lab.column(&format!("slope_{width}"), slope)?;
        lab.column(&format!("used_{width}"), used)?;
        for theta in PLACES {
            let clouds = clouds(theta);
            let three = [
                ("jsd", clouds.jsd()),
                ("slope", clouds.jsd_slope()),
                ("used", clouds.non_saturating_slope()),
            ];
            for (what, v) in three {
                let name = named(what, width, theta);
                lab.result(&name, v, Within::Relative(1e-6))?;
            }
        }
    }
    let [narrow, wide] = WIDTHS;
    let noise = (wide * wide - narrow * narrow).sqrt();
    lab.result("vanish_noise", noise, Within::Absolute(1e-12))
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let curve =
        |what: &str, width| of.curve("theta", &format!("{what}_{width}"));
    // What is nothing has no place on a logarithmic axis.
    let seen = |what: &str, width| {
        let shown = curve(what, width)?.into_iter();
        anyhow::Ok(shown.filter(|p| p.1 > 1e-6).collect::<Vec<_>>())
    };
    let [narrow, wide] = WIDTHS;
    let there = [0.0, FARTHEST];
    let distance = Plot::new("how far")
        .x("θ, from the real cloud to the fake one", Axis::Linear)
        .y("distance", Axis::Linear)
        .line(&format!("JSD, width {narrow}"), curve("jsd", narrow)?)
        .line(&format!("JSD, width {wide}"), curve("jsd", wide)?)
        .line("Wasserstein, any width", there.map(|t| (t, t)));
    let slope = Plot::new("its slope")
        .x("θ, from the real cloud to the fake one", Axis::Linear)
        .y("slope in θ", Axis::Log)
        .line("", seen("slope", narrow)?)
        .line("", seen("slope", wide)?)
        .line("", there.map(|t| (t, 1.0)))
        .colour(0)
        .dashed(&format!("loss in use, {narrow}"), seen("used", narrow)?)
        .dashed(&format!("loss in use, {wide}"), seen("used", wide)?);
    panels(&[distance, slope], 2)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let [narrow, wide] = WIDTHS;
    let slope = |width, theta| named("slope", width, theta);
    let used = |width, theta| named("used", width, theta);
    vec![
        (
            "vanish_jsd_has_an_end",
            Claim::equal(
                1e-5,
                named("jsd", narrow, 1.0),
                std::f64::consts::LN_2,
                named("jsd", narrow, 0.25),
            ),
        ),
        (
            "vanish_a_far_cloud_has_no_slope",
            Claim::less(slope(narrow, 1.0), 1e-3),
        ),
        (
            "vanish_farther_is_flatter",
            Claim::falls(PLACES.map(|theta| slope(narrow, theta))),
        ),
        (
            "vanish_noise_brings_it_back",
            Claim::times(1e3, slope(narrow, 1.0), slope(wide, 1.0)),
        ),
        (
            "vanish_noise_weakens_it_near",
            Claim::times(2.0, slope(wide, 0.25), slope(narrow, 0.25)),
        ),
        (
            "vanish_the_loss_in_use_has_a_slope",
            Claim::rises(PLACES.map(|theta| used(narrow, theta))),
        ),
        (
            "vanish_narrow_is_steep",
            Claim::times(20.0, used(wide, 1.0), used(narrow, 1.0)),
        ),
    ]
}
