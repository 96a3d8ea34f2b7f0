//! The renderer, on small books made for each test.

mod directives;
mod mistakes;
mod sample;
mod whole;
