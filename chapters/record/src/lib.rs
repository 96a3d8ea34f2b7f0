//! What a run leaves behind, and where: numbers with their provenance, how close a second run comes to them, the
//! fingerprint of the code that made them; and the list of the chapters, read from their manifests.

mod chapters;
mod claims;
mod files;
mod fingerprint;
mod parts;
mod places;
mod results;
mod say;

pub use chapters::{Entry, committed_runs, entries};
pub use claims::{
    Claim, ClaimError, Claims, LEAST_SEEDS, Margin, Paired, Term, Verdict,
    over_seeds, short,
};
pub use files::{no_input, no_writing, read_plain, write_whole};
pub use fingerprint::{FingerprintError, chapter_fingerprint, fingerprint};
pub use parts::{Part, parts, training_fingerprint};
pub use places::{folder, root, target};
pub use results::{
    Comparison, Measured, Provenance, Results, ResultsError, Within,
    one_number,
};
pub use say::say;
