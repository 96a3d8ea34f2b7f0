//! How two sets of images become a distance: features of a judge, a Gaussian for each set.

use lab::{Cost, Diagram, Experiment, Flow, Look, Measurements};

pub const EXPERIMENT: Experiment = Experiment {
    name: "features",
    cost: Cost::Seconds,
    measure: |_| Ok(()),
    figures: &[("features", draw)],
    claims: Vec::new,
};

fn draw(_: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 260.0);
    let judge = it.block(
        (142.0, 122.0),
        (68.0, 204.0),
        ("judge", "still"),
        Look::Still,
    );
    let (size, middle) = ((84.0, 56.0), judge.left(0.0).1);
    let end = (66.0, 56.0);
    let d = it.block((440.0, middle), end, ("d²", ""), Look::Still);
    let rows = [(62.0, "real", "N", "μ, C"), (182.0, "samples", "M", "ν, K")];
    for (y, name, n, gaussian) in rows {
        let by = y - middle;
        let [pixels, seen] =
            [784, 128].map(|width| format!("[{n}, {width}]"));
        let images = it.array((42.0, y), (4, 4), (name, &pixels));
        let features = it.array((238.0, y), (4, 2), ("features", &seen));
        let all = ("Gaussian", gaussian);
        let fit = it.block((338.0, y), size, all, Look::Still);
        let corner = (d.top(0.0).0, y);
        let side = if by < 0.0 { d.top(0.0) } else { d.bottom(0.0) };
        it.arrow(&[images.right(0.0), judge.left(by)], Flow::Forward);
        it.arrow(&[judge.right(by), features.left(0.0)], Flow::Forward);
        it.arrow(&[features.right(0.0), fit.left(0.0)], Flow::Forward);
        it.arrow(&[fit.right(0.0), corner, side], Flow::Forward);
    }
    it.text((6.0, 246.0), "The distance never compares two images.");
    it.svg()
}
