//! The experiments of chapter 8, a file for each, or for a part of one.

pub mod between;
mod causes;
pub mod choices;
pub mod codes;
pub mod components;
pub mod dear;
pub mod depth;
pub mod digits;
pub mod digits_dfdx;
pub mod file;
pub mod first_steps;
pub mod gradient;
pub mod growth;
pub mod half;
pub mod ingredients;
pub mod interval;
pub mod jpeg;
pub mod keras;
pub mod ladder;
pub mod logged;
pub mod patches;
pub mod pipeline;
pub mod priced_list;
pub mod quantizers;
pub mod rate;
pub mod reach;
pub mod rebuilt;
pub mod unrolled;

use crate::{coding, plain, rate as price}; // `causes`, which the tests read too, finds them here
