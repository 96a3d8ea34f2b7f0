//! A ladder of rates from one network: a residual quantiser whose first numbers alone are decoded.

use lab::{Claim, Cost, Experiment, Lab, Within};

use crate::run::quantizers::{Kind, Maps, train, unpriced};
use crate::run::setting::Data;
use crate::run::short::{SEEDS, every};

pub const EXPERIMENT: Experiment = Experiment {
    name: "ladder",
    cost: Cost::Minutes,
    measure,
    figures: &[],
    claims,
};

/// Of the residual quantiser.
pub const LEVELS: usize = 4;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let base = unpriced(lab, &data);
    let each = lab.by_scale(2, 4, 4); // bits
    for (way, prefixes) in [("whole", false), ("prefixes", true)] {
        let name = format!("ladder_{way}");
        let mut found = vec![(Vec::new(), Vec::new()); LEVELS];
        for seed in 0..SEEDS as u64 {
            let of = (&*name, Kind::Residual(LEVELS), LEVELS * each);
            let run = train(lab, &data, of, (base, prefixes), seed)?;
            let maps = Maps::of(&run, &data)?;
            for (n, (error, bits)) in found.iter_mut().enumerate() {
                let first = maps.first(n + 1, LEVELS);
                error.push(first.error(&run, &data)?);
                bits.push(first.bits(1 << each)?);
            }
        }
        for (n, (error, bits)) in found.into_iter().enumerate() {
            let at = |what: &str| format!("{name}_{}_{what}", n + 1);
            let (less, more) = (Within::Factor(1.1), Within::Factor(1.2));
            lab.over_seeds(&at("mse_over_variance"), &error, more)?;
            lab.over_seeds(&at("bits"), &bits, less)?;
        }
    }
    Ok(())
}

fn claims() -> Vec<(&'static str, Claim)> {
    let rung =
        |way: &str, n: usize| format!("ladder_{way}_{n}_mse_over_variance");
    let less =
        |less: &str, more: &str| Claim::less_over_seeds(less, more, SEEDS);
    let side = |from: usize| {
        let all = (from..from + LEVELS - 1).map(|n| rung("prefixes", n));
        all.flat_map(|name| every(&name)).collect()
    };
    vec![
        ("each_rung_loses_less", Claim::Less(side(2), side(1))),
        (
            "prefixes_mend_the_first_rung",
            less(&rung("prefixes", 1), &rung("whole", 1)),
        ),
        (
            "the_first_rung_costs_more",
            less("ladder_whole_1_bits", "ladder_prefixes_1_bits"),
        ),
        (
            "two_lists_of_their_own_leave_less",
            less(
                "quantizer_residual_8_mse_over_variance",
                &rung("prefixes", 2),
            ),
        ),
        (
            "prefixes_cost_error_at_the_top",
            less(&rung("whole", LEVELS), &rung("prefixes", LEVELS)),
        ),
    ]
}
