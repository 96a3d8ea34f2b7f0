//! What is said of the mistakes.

use lab::Claim;

use super::switches::SEEDS;

pub(super) fn claims() -> Vec<(&'static str, Claim)> {
    let of = |name: &str| format!("switch_{name}");
    let every = |name: &str| lab::over_seeds(&of(name), SEEDS);
    let less =
        |a: &str, b: &str| Claim::less_over_seeds(&of(a), &of(b), SEEDS);
    let times = |times, a: &str, b: &str| {
        let [a, b] =
            [a, b].map(|name| every(name).into_iter().map(Into::into));
        Claim::Times(times, a.collect(), b.collect())
    };
    let digits = vec!["switch_test_digits_repeats".into(); SEEDS];
    let [right, leak] = ["right_repeats", "leak_repeats"]
        .map(|name| every(name).into_iter().map(Into::into).collect());
    let all_of = |names: [&str; 3], what| {
        let all = names.map(|name| every(&format!("{name}_{what}")));
        all.into_iter().flatten().map(Into::into).collect()
    };
    let (sound, broken) = (["right", "lost", "alone"], ["leak"; 3]);
    let others = all_of(sound, "test_bits");
    let worst = all_of(broken, "test_bits");
    vec![
        (
            "the_best_loss_is_the_broken_one",
            Claim::Times(
                100.0,
                all_of(broken, "loss"),
                all_of(sound, "loss"),
            ),
        ),
        ("it_falls_to_nearly_0", Claim::all_below(every("leak_loss"), 0.3)),
        ("it_draws_one_code", Claim::all_above(every("leak_repeats"), 0.9)),
        (
            "honestly_measured_it_is_the_worst",
            Claim::Times(2.5, others, worst),
        ),
        (
            "the_right_one_repeats_as_digits_do",
            Claim::Equal(0.05, right, digits, leak),
        ),
        (
            "without_places_it_costs_more",
            less("right_test_bits", "lost_test_bits"),
        ),
        (
            "its_samples_cost_more_than_half_again",
            times(1.6, "right_samples_bits", "lost_samples_bits"),
        ),
        (
            "without_attention_it_costs_more",
            less("right_test_bits", "alone_test_bits"),
        ),
        (
            "places_matter_more_than_looks",
            less("alone_test_bits", "lost_test_bits"),
        ),
    ]
}
