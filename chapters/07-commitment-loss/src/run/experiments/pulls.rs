//! One latent of one component and its code, with the numbers that reach them.

use codebook_lookup::plain::{gather, nearest};
use lab::{Cost, Diagram, Experiment, Flow, Lab, Look, Measurements};
use ndarray::array;

use crate::plain::{
    Reduction, codebook_loss_backward, commitment_loss_backward,
    encoder_gradient,
};

pub const EXPERIMENT: Experiment = Experiment {
    name: "pulls",
    cost: Cost::Seconds,
    measure,
    figures: &[("pulls", draw)],
    claims: Vec::new,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let (beta, mean) = (0.25, Reduction::Mean);
    let z_e = array![[1.0]]; // [1, 1]
    let codebook = array![[0.6], [-0.8]]; // [2, 1]
    let d_z_q = array![[-0.3]]; // [1, 1]
    let indices = nearest(&z_e, &codebook)?;
    let z_q = gather(&codebook, &indices); // [1, 1]
    let d_e = codebook_loss_backward(&z_e, &codebook, &indices, mean);
    let pull = commitment_loss_backward(&z_e, &z_q, beta, mean); // [1, 1]
    let all = encoder_gradient(d_z_q.clone(), &z_e, &z_q, beta, mean);
    let far = &z_e - &z_q; // [1, 1]
    for (name, of) in [
        ("latent", &z_e),
        ("code", &z_q),
        ("distance", &far),
        ("from_the_decoder", &d_z_q),
        ("at_the_code", &d_e),
        ("commitment", &pull),
        ("at_the_latent", &all),
    ] {
        lab.column(name, [of[[0, 0]]])?;
    }
    Ok(())
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let plain = |name: &str| -> anyhow::Result<String> {
        let value = of.column(name)?.first().copied().unwrap_or(f64::NAN);
        Ok(format!("{value:.2}").replace('-', "−"))
    };
    let signed = |name: &str| -> anyhow::Result<String> {
        let value = plain(name)?;
        Ok(if value.starts_with('−') { value } else { format!("+{value}") })
    };
    let (copied, pull) = (plain("from_the_decoder")?, signed("commitment")?);
    let (code, all) = (plain("at_the_code")?, plain("at_the_latent")?);
    let (y, size, net) = (82.0, (84.0, 48.0), (68.0, 48.0));
    let mut it = Diagram::new(480.0, 278.0);
    let encoder = it.block((42.0, y), net, ("encoder", ""), Look::Moves(0));
    let value = plain("latent")?;
    let z_e = it.block((150.0, y), size, ("z_e", &value), Look::Still);
    let value = plain("code")?;
    let e = it.block((300.0, y), size, ("z_q = e", &value), Look::Moves(0));
    let decoder = it.block((436.0, y), net, ("decoder", ""), Look::Moves(0));
    for (from, to) in [(encoder, z_e), (z_e, e), (e, decoder)] {
        it.arrow(&[from.right(10.0), to.left(10.0)], Flow::Forward);
    }
    let value = plain("distance")?;
    let far = ("distance", value.as_str());
    let far = it.block((225.0, y + 86.0), size, far, Look::Still);
    let back = Flow::Gradient(1);
    // Past the code, to the latent.
    let (from, to) = (decoder.left(-10.0), z_e.top(0.0));
    let past = [from, (372.0, from.1), (372.0, 30.0), (to.0, 30.0), to];
    it.arrow(&past, back);
    it.text((186.0, 15.0), &format!("{copied}, copied"));
    it.arrow(&[z_e.left(-10.0), encoder.right(-10.0)], back);
    let (l, r) = (z_e.bottom(-8.0), e.bottom(8.0));
    it.arrow(&[l, (l.0, far.left(8.0).1), far.left(8.0)], Flow::Forward);
    it.arrow(&[r, (r.0, far.right(8.0).1), far.right(8.0)], Flow::Forward);
    let (l, r) = (z_e.bottom(8.0), e.bottom(-8.0));
    it.arrow(&[far.left(-8.0), (l.0, far.left(-8.0).1), l], back);
    it.arrow(&[far.right(-8.0), (r.0, far.right(-8.0).1), r], back);
    it.text((l.0 + 5.0, y + 44.0), &pull);
    it.text((r.0 - 46.0, y + 44.0), &code);
    it.text(
        (6.0, 222.0),
        &format!("at z_e: {copied} {pull} = {all}, so z_e grows"),
    );
    it.text((6.0, 243.0), &format!("at e: {code}, so e grows, towards z_e"));
    it.text((6.0, 264.0), "solid: numbers; dashed: gradients");
    it.svg()
}
