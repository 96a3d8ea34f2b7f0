//! Five weights of the commitment term.

use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Within, panels};

use super::{every, fall, less, note_steps, over_steps, times, wrong_term};
use crate::run::trial::{Case, Data, by_gradient, milestones, try_out};

pub const EXPERIMENT: Experiment = Experiment {
    name: "beta",
    cost: Cost::Minutes,
    measure,
    figures: &[("beta", draw), wrong_term::FIGURE],
    claims,
};

/// And of the codebook term, but the first, where β stands on the wrong one.
pub const BETAS: [f64; 5] = [0.0, 0.1, 0.25, 1.0, 2.0];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    note_steps(lab)?;
    for beta in BETAS {
        let case = Case::new(by_gradient(), beta);
        let runs = try_out(lab, &data, &format!("beta_{beta}"), case)?;
        if beta == 0.0 {
            let starts: Vec<f64> =
                runs.iter().map(|r| r.seen[0][0]).collect();
            lab.over_seeds("length_start", &starts, Within::Absolute(0.1))?;
        }
    }
    wrong_term::measure(lab, &data)?;
    let steps = milestones(lab)[20] as f64;
    lab.result("beta_steps", steps, Within::Exactly)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut length = over_steps("mean length of a latent", Axis::Log);
    let mut error =
        over_steps("MSE / variance", Axis::Linear).y_range(0.2, 1.0);
    for beta in BETAS {
        let course = |what| of.curve("step", &format!("beta_{beta}_{what}"));
        length = length.line(&format!("β = {beta}"), course("length")?);
        error = error.line("", course("unexplained")?);
    }
    panels(&[length, error], 1)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let with = BETAS[1..].iter();
    let all = |what: &str| -> Vec<String> {
        with.clone().map(|beta| format!("beta_{beta}_{what}")).collect()
    };
    let none = vec!["beta_0_unexplained".to_owned(); 4];
    let [some, none] = [all("unexplained"), none]
        .map(|names| names.iter().flat_map(|name| every(name)).collect());
    let error = |beta| format!("beta_{beta}_unexplained");
    let best = error("0.25");
    let (mut low, mut high) = (every(&best), every(&error("2")));
    std::mem::swap(&mut low[0], &mut high[0]);
    let mut claims = vec![
        (
            "without_it_they_run_away",
            times(100.0, "length_start", "beta_0_length"),
        ),
        ("any_of_these_is_better_than_none", Claim::Times(2.0, some, none)),
        ("beta_holds_them_close", fall(&all("distance"))),
        ("beta_holds_them_back", fall(&all("length"))),
        ("a_large_beta_costs_codes", fall(&all("perplexity")[1..])),
        ("a_large_beta_costs_error", less(&best, &error("2"))),
        ("a_small_beta_costs_error", less(&best, &error("0.1"))),
        ("one_seed_says_otherwise", Claim::Less(low, high)),
    ];
    claims.extend(wrong_term::claims());
    claims
}
