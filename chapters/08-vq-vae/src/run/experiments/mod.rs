//! The experiments of chapter 8, a file for each, or for a part of one.

pub mod between;
pub mod choices;
pub mod codes;
pub mod components;
pub mod digits;
pub mod digits_dfdx;
pub mod file;
pub mod first_steps;
pub mod gradient;
pub mod growth;
pub mod ingredients;
pub mod jpeg;
pub mod keras;
pub mod ladder;
pub mod patches;
pub mod priced_list;
pub mod quantizers;
pub mod rate;
pub mod reach;
pub mod rebuilt;
