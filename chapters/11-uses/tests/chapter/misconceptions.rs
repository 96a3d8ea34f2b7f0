//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;

use crate::checks;

#[path = "../../misconceptions/auc.rs"]
mod auc;
#[path = "../../misconceptions/diagnose_restored.rs"]
mod diagnose_restored;
#[path = "../../misconceptions/duplicates.rs"]
mod duplicates;
#[path = "../../misconceptions/guess.rs"]
mod guess;
#[path = "../../misconceptions/search.rs"]
mod search;
#[path = "../../misconceptions/trip.rs"]
mod trip;
#[path = "../../misconceptions/weighs.rs"]
mod weighs;

/// Each mistake gives other results than every other one, so that what is told is the one that was made.
#[test]
fn no_two_mistakes_are_alike() {
    let alike = checks::all_alike();
    assert!(alike.is_empty(), "{alike:?}");
}

/// A check makes two mistakes at once where none alone explains an answer; it must not stop.
#[test]
fn any_two_mistakes_go_together() {
    checks::all_together();
}

#[test]
fn exercise_11_1() {
    use search::*;
    let check = checks::search;
    expect_diagnosis(check(no_half_on_the_way_back), "the ½ of the map");
    expect_diagnosis(check(not_mapped), "no map");
    expect_diagnosis(check(forward_again), "no transpose");
    let differences = check(differences_for_the_gradient);
    expect_diagnosis(differences, "no A on the way back");
    expect_diagnosis(check(without_the_damage), "no A");
    expect_diagnosis(check(zeros_were_measured), "unseen pixels too");
    expect_diagnosis(check(any_noise_will_do), "no share of the noise");
    expect_diagnosis(check(noise_moves_nothing), "no noise in the gradient");
    expect_diagnosis(check(a_mean_over_pixels), "mean over the pixels");
    expect_diagnosis(check(a_mean_over_the_batch), "the gradient over N");
    expect_diagnosis(check(nu_above), "times ν");
    expect_diagnosis(check(nu_only_in_the_energy), "no ν in the gradient");
    expect_diagnosis(check(damages_what_is_left), "A over the difference");
    expect_diagnosis(check(mapped_in_place), "slopes of the pictures");
}

#[test]
fn exercise_11_2() {
    use auc::*;
    let check = checks::auc;
    expect_diagnosis(check(a_tie_is_won), "ties won");
    expect_diagnosis(check(a_tie_is_lost), "ties lost");
    expect_diagnosis(check(others_should_be_larger), "exchanged");
    expect_diagnosis(check(by_their_difference), "differences");
    expect_diagnosis(check(nearly_a_tie), "within ε");
    expect_diagnosis(check(the_best_threshold), "the best accuracy");
    expect_diagnosis(check(how_much_larger), "the difference of means");
    expect_diagnosis(check(side_by_side), "side by side");
    expect_diagnosis(check(turned_if_below), "never below ½");
    expect_diagnosis(
        check(the_average_other),
        "above the mean of the others",
    );
    expect_diagnosis(check(no_pair_is_no_number), "nothing over nothing");
}

#[test]
fn exercise_11_3() {
    use duplicates::*;
    let check = checks::duplicates;
    expect_diagnosis(check(pixel_by_pixel), "no shift");
    expect_diagnosis(check(rolled), "wraps around");
    expect_diagnosis(check(divided_by_all_pixels), "over the whole picture");
    expect_diagnosis(check(no_mean), "a sum");
    expect_diagnosis(check(rooted), "the root of the mean");
    expect_diagnosis(check(in_a_mirror), "mirrored ones too");
    expect_diagnosis(check(each_pair_twice), "both ways");
    expect_diagnosis(check(everybody_is_their_own_copy), "with itself");
    expect_diagnosis(check(for_each_shift), "once for each shift");
    expect_diagnosis(check(the_codes_say_it), "codes alone");
    expect_diagnosis(check(codes_place_by_place), "codes in place");
    expect_diagnosis(check(over_the_end_of_a_line), "lines run on");
    expect_diagnosis(check(copies_of_copies), "chains");
    expect_diagnosis(check(nearer_than_most), "nearer than that");
}

#[test]
fn exercise_11_4() {
    use weighs::*;
    let check = checks::weighs;
    expect_diagnosis(check(measured_is_measured), "believes the data");
    expect_diagnosis(check(what_occurs_occurs), "believes the mean");
    expect_diagnosis(check(undone), "divides by a");
    expect_diagnosis(check(half_way), "takes the middle");
    expect_diagnosis(check(g_itself), "alike");
    expect_diagnosis(check(by_standard_deviations), "sharp");
    expect_diagnosis(check(noise_says_nothing), "noisy");
    expect_diagnosis(check(nothing_is_black), "unseen");
}

#[test]
fn exercise_11_5() {
    use diagnose_restored::*;
    let check = checks::diagnose_restored;
    expect_diagnosis(check(a_large_energy_is_not_mapped), "not the map");
    expect_diagnosis(check(the_longest_z_is_free), "not the length");
    expect_diagnosis(check(a_poor_end_is_a_wrong_gradient), "not Aᵀ");
    expect_diagnosis(check(a_good_fit_is_a_small_nu), "not ν");
    expect_diagnosis(check(poor_missing_rows_are_black), "not black");
    expect_diagnosis(check(a_climb_is_large_steps), "not the step size");
    let climb = check(a_climb_is_a_bad_beginning);
    expect_diagnosis(climb, "not one beginning");
}

#[test]
fn exercise_11_6() {
    use guess::*;
    let check = checks::guess;
    expect_diagnosis(check(one_threshold), "one list for all classes");
    expect_diagnosis(check(one_sorted_list), "one list, in its own order");
    expect_diagnosis(check(by_logits), "logits");
    expect_diagnosis(check(by_a_margin), "distance of two logits");
    expect_diagnosis(check(the_hard_ones), "the least confident");
    expect_diagnosis(check(a_share_of_all), "a share of all rows");
    expect_diagnosis(check(a_tenth_for_each), "equally many of each");
    expect_diagnosis(check(cut_off), "rounded down");
    expect_diagnosis(check(nearest), "rounded to the nearest");
    expect_diagnosis(check(as_it_is_written), "overflows");
    let written = check(all_as_it_is_written);
    expect_diagnosis(written, "overflows, and guesses 0");
    expect_diagnosis(check(by_max_by), "the last of equal classes");
    expect_diagnosis(check(from_the_end), "the later of equal rows");
    expect_diagnosis(check(all_that_reach_it), "all that tie");
    expect_diagnosis(check(a_threshold), "the share as a threshold");
    expect_diagnosis(check(as_they_come), "in the order of rows");
    expect_diagnosis(check(label_and_row), "exchanged");
}

#[test]
fn exercise_11_7() {
    use trip::*;
    let check = checks::trip;
    expect_diagnosis(check(around_the_second), "not through the way back");
    expect_diagnosis(check(no_straight_way), "not past the way back");
    expect_diagnosis(check(only_the_first), "the way back learns nothing");
    expect_diagnosis(check(only_the_second), "cut off there");
    expect_diagnosis(check(turned), "x less home");
    expect_diagnosis(check(as_of_squares), "differences for their signs");
    expect_diagnosis(check(by_signum), "a slope of 1 at 0");
    expect_diagnosis(check(added_up), "no count");
    expect_diagnosis(check(a_sum_going_back), "no count in the gradient");
    expect_diagnosis(check(a_mean_over_rows), "over the rows alone");
    expect_diagnosis(check(weighed_already), "λ in the cycle");
    expect_diagnosis(check(all_at_the_end), "the opinion at home");
    expect_diagnosis(
        check(to_the_other),
        "the opinion to the way back alone",
    );
    expect_diagnosis(check(home_first), "back first");
    expect_diagnosis(check(into_each_other), "gradients exchanged");
    expect_diagnosis(check(drawn_anew), "what is added alone");
    expect_diagnosis(check(judged_at_home), "d sees who came home");
}
