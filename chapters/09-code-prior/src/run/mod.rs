//! The experiments of chapter 9.

mod draw;
pub mod ledger;
mod rooms;
mod switches;
mod world;

use lab::{Cost, Lab};

use self::world::World;

/// The experiments of chapter 9.
///
/// # Errors
/// An experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.experiment("ledger", Cost::Seconds, rooms::compare_everything)?;
    lab.experiment("first steps", Cost::Seconds, rooms::first_steps)?;
    lab.experiment("mask", Cost::Seconds, rooms::what_depends_on_what)?;
    lab.experiment("root", Cost::Seconds, rooms::why_the_root)?;
    lab.experiment("switches", Cost::Seconds, switches::switches)?;
    lab.experiment("draw", Cost::Minutes, |lab| {
        let world = World::new(lab)?;
        let learnt = draw::learn(lab, &world)?;
        draw::bits(lab, &world, &learnt.prior)?;
        draw::pictures(lab, &world, &learnt.prior)?;
        draw::looks(lab, &world, &learnt.prior)?;
        draw::completions(lab, &world, &learnt.prior)?;
        draw::beside_the_gan(lab, &world, &learnt)
    })?;
    lab.experiment("draw-dfdx", Cost::Asked, draw::on_dfdx)?;
    Ok(())
}
