//! What is said of the digits.

use lab::Claim;

pub fn claims() -> Vec<(&'static str, Claim)> {
    let real = "real_frechet";
    vec![
        ("d_loss_stays_put", Claim::less("digits_d_loss_farthest", 0.1)),
        (
            "averages_beat_the_data",
            Claim::less("parzen_digits", "parzen_centres"),
        ),
        (
            "the_last_is_as_good",
            Claim::equal(0.1, "digits_frechet", "digits_last_frechet", real),
        ),
        (
            "recall_beats_the_data",
            Claim::less("real_recall", "digits_recall"),
        ),
        ("its_balls_are_larger", Claim::less("real_ball", "digits_ball")),
        (
            "its_precision_is_lower",
            Claim::less("digits_precision", "real_precision"),
        ),
        (
            "samples_are_no_nearer",
            Claim::less(
                "nearest_training_digit_to_an_unseen_digit",
                "nearest_training_digit_to_a_sample",
            ),
        ),
        (
            "the_article_is_far",
            Claim::times(20.0, "digits_frechet", "article_frechet"),
        ),
    ]
}
