//! The experiments of chapter 3, a file for each.

pub mod article;
pub mod course;
pub mod cures;
pub mod cures_claims;
pub mod digits;
pub mod digits_claims;
pub mod digits_dfdx;
pub mod digits_recipe;
pub mod digits_recipe_claims;
pub mod film;
pub mod first_steps;
pub mod grid;
pub mod growth;
pub mod judging;
pub mod neighbours;
pub mod parzen;
pub mod ring;
pub mod ring_recipe;
pub mod switches;
pub mod switches_claims;
