//! Samples in equal number from everybody, before one judge.

use judge::{Judge, Verdict, record};
use lab::{Lab, Within};
use ndarray::Array2;

use super::judged;
use crate::plain::sharpness;
use crate::run::world::World;

/// How often a model draws its samples anew.
pub(super) const DRAWS: usize = 3;

/// The judge, and what is compared.
pub(super) struct Judging {
    pub(super) judge: Judge,
    /// Images that are judged.
    pub(super) n: usize,
    /// Digits of the test set. `[N, 784]`
    pub(super) digits: Array2<f32>,
    /// Digits that nobody has learnt from. `[N, 784]`
    pub(super) held_out: Array2<f32>,
}

impl Judging {
    pub(super) fn new(lab: &Lab, world: &World) -> anyhow::Result<Self> {
        let judge = Judge::new(lab)?;
        let n = judged(lab, world);
        let held_out = judge.held_out();
        Ok(Self { judge, n, digits: world.digits(n), held_out })
    }

    /// A verdict, and the sharpness as a share of the test digits'.
    fn of(&self, x: &Array2<f32>) -> anyhow::Result<(Verdict, f64)> {
        let sharp = sharpness(x, 28) / sharpness(&self.digits, 28);
        Ok((self.judge.judge(x)?, sharp))
    }

    /// Of one set of images.
    pub(super) fn once(
        &self,
        lab: &mut Lab,
        name: &str,
        x: &Array2<f32>,
    ) -> anyhow::Result<()> {
        let (verdict, sharp) = self.of(x)?;
        record(lab, name, verdict)?;
        let name = format!("{name}_sharpness");
        lab.result(&name, sharp, Within::Relative(0.1))
    }

    /// Of a model's images, drawn anew with several seeds.
    pub(super) fn often(
        &self,
        lab: &mut Lab,
        name: &str,
        drawn: &[Array2<f32>],
    ) -> anyhow::Result<()> {
        let all = drawn.iter().map(|x| self.of(x));
        let all = all.collect::<anyhow::Result<Vec<_>>>()?;
        type Of = fn(&(Verdict, f64)) -> f64;
        for (what, of, within) in [
            ("frechet", (|v| v.0.frechet) as Of, Within::Factor(1.6)),
            ("confident_share", |v| v.0.confident, Within::Absolute(0.04)),
            ("rarest_class_share", |v| v.0.rarest, Within::Absolute(0.02)),
            ("precision", |v| v.0.precision, Within::Absolute(0.04)),
            ("recall", |v| v.0.recall, Within::Absolute(0.04)),
            ("sharpness", |v| v.1, Within::Relative(0.1)),
        ] {
            let numbers: Vec<f64> = all.iter().map(of).collect();
            lab.over_seeds(&format!("{name}_{what}"), &numbers, within)?;
        }
        Ok(())
    }
}
