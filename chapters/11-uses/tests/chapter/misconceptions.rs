//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;

use crate::checks;

#[path = "../../misconceptions/auc.rs"]
mod auc;
#[path = "../../misconceptions/duplicates.rs"]
mod duplicates;
#[path = "../../misconceptions/search.rs"]
mod search;

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
