//! What is said of the digits' recipe.

use lab::Claim;

use super::digits_recipe::SEEDS;

pub fn claims() -> Vec<(&'static str, Claim)> {
    let less = |a: &str, b: &str| {
        let [a, b] = [a, b].map(|name| format!("short_{name}_frechet"));
        Claim::less_over_seeds(&a, &b, SEEDS)
    };
    vec![("size_matters", less("recipe", "small"))]
}
