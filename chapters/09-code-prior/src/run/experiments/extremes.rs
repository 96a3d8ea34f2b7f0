//! Which digits cost least and which most.

use lab::{ImageGrid, Lab, Within};
use ndarray::Axis as Dim;

use super::push;
use crate::plain::BITS;
use crate::run::learnt::Learnt;

pub(super) fn measure(lab: &mut Lab, it: &Learnt) -> anyhow::Result<()> {
    let nats = it.prior.nats(&it.world.test_codes)?; // [N, 49]
    let each = nats.sum_axis(Dim(1)) * BITS; // [N]
    let mut order: Vec<usize> = (0..each.len()).collect();
    order.sort_by(|&a, &b| each[a].total_cmp(&each[b]));
    for (name, share) in
        [("cheapest", 0.0), ("median", 0.5), ("dearest", 1.0)]
    {
        let at = order[((order.len() - 1) as f64 * share) as usize];
        let name = format!("bits_{name}_image");
        lab.result(&name, each[at], Within::Relative(0.25))?;
    }
    let shown = order.len().min(12);
    let ends = [&order[..shown], &order[order.len() - shown..]].concat();
    let mut grid = ImageGrid::new(shown);
    push(&mut grid, &it.world.digits(each.len()).select(Dim(0), &ends));
    lab.image("extremes", &grid)
}
