use crate::checks::Unheard;

pub fn diagnose_wish() -> [Unheard; 4] {
    [
        Unheard::BothTold,
        Unheard::OthersClasses,
        Unheard::AlwaysTold,
        Unheard::OtherNumbers,
    ]
}
