//! The experiments of chapter 3, a file for each.

pub mod arrows;
pub mod article;
pub mod causes;
pub mod collapse;
pub mod digits;
pub mod digits_claims;
pub mod digits_dfdx;
pub mod features;
pub mod few;
pub mod few_claims;
pub mod few_draws;
pub mod film;
pub mod first_steps;
pub mod growth;
pub mod judging;
pub mod neighbours;
pub mod noise;
pub mod parzen;
pub mod passing;
pub mod pictured;
pub mod ring;
pub mod switches;
pub mod switches_claims;
pub mod turns;

use crate::plain; // `causes`, which the tests read too, finds it here
