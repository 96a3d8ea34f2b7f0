use crate::checks::Unheard::{self, *};

/// "γ does nothing: nobody hears the wish."
pub fn a_flat_line_is_nobody_told() -> [Unheard; 4] {
    [NeitherTold, OthersClasses, AlwaysTold, OtherNumbers]
}

/// "γ does nothing: it is too cold to matter."
pub fn a_flat_line_is_cold() -> [Unheard; 4] {
    [Likeliest, OthersClasses, AlwaysTold, OtherNumbers]
}

/// "Told and untold are alike: both hear the same."
pub fn alike_is_both_told() -> [Unheard; 4] {
    [AlwaysTold, BothTold, OthersClasses, OtherNumbers]
}

/// "The wish has no effect: it was never told."
pub fn no_effect_is_never_told() -> [Unheard; 4] {
    [BothTold, NeverTold, AlwaysTold, OtherNumbers]
}

/// "The untold one is poor: the classes are others'."
pub fn poor_untold_is_others_classes() -> [Unheard; 4] {
    [BothTold, NeitherTold, OthersClasses, OtherNumbers]
}

/// "Half of the wish is lost: it leans away."
pub fn half_lost_is_leaning_away() -> [Unheard; 4] {
    [BothTold, OthersClasses, AlwaysTold, LeansAway]
}

/// "A category at chance: the classes were mixed up in training."
pub fn at_chance_is_others_classes() -> [Unheard; 4] {
    [BothTold, OtherNumbers, AlwaysTold, OthersClasses]
}

/// "The bits of one of the two grow: it was never told."
pub fn poor_untold_is_never_told() -> [Unheard; 4] {
    [BothTold, OthersClasses, NeverTold, OtherNumbers]
}
