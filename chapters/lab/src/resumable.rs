//! What is trained step by step, and can be stopped and gone on with.

use crate::{Checkpoint, CheckpointError};

/// Training that can be stopped after any step and resumed to the same result.
pub trait Resumable {
    /// Steps done so far.
    fn steps_done(&self) -> u64;

    /// Does one step and returns a few words for the progress bar, such as the losses.
    ///
    /// # Errors
    /// The run diverged; nothing that this step would have changed is of use any more.
    fn step(&mut self) -> Result<String, Diverged>;

    /// Looks at what steps have left to be looked at later: `Ok` means that every step so far went well.
    ///
    /// # Errors
    /// One of them diverged.
    fn settle(&mut self) -> Result<(), Diverged> {
        Ok(())
    }

    /// How it is trained, in words, a line for each part, and the same in both rooms: a checkpoint goes on only in a run that
    /// says the same.
    fn configuration(&mut self) -> String;

    /// Everything the next step depends on: weights, optimiser state, step count.
    fn save(&self, checkpoint: &mut Checkpoint);

    /// The inverse of `save`.
    ///
    /// # Errors
    /// The checkpoint is of another model.
    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError>;
}

impl<T: Resumable + ?Sized> Resumable for Box<T> {
    fn steps_done(&self) -> u64 {
        (**self).steps_done()
    }

    fn step(&mut self) -> Result<String, Diverged> {
        (**self).step()
    }

    fn settle(&mut self) -> Result<(), Diverged> {
        (**self).settle()
    }

    fn configuration(&mut self) -> String {
        (**self).configuration()
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        (**self).save(checkpoint);
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        (**self).restore(checkpoint)
    }
}

/// A run whose numbers are none any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("diverged at step {step}: {what}")]
pub struct Diverged {
    /// Steps that were done before.
    pub step: u64,
    /// Which loss, and where it comes from as far as is known.
    pub what: String,
}

impl Diverged {
    /// Passes a finite loss on.
    ///
    /// # Errors
    /// It is not finite.
    pub fn unless_finite(
        loss: f32,
        name: &str,
        step: u64,
    ) -> Result<f32, Diverged> {
        match loss.is_finite() {
            true => Ok(loss),
            false => {
                let what = format!("the loss of the {name} is {loss}");
                Err(Diverged { step, what })
            }
        }
    }
}
