//! The renderer, on small books made for each test.

mod access;
mod claims;
mod directives;
mod front;
mod learn;
mod mistakes;
mod sample;
mod whole;
