//! Reference values that another program made, stored as `.npz`.

use std::fs::File;
use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2, ArrayD};
use ndarray_npy::NpzReader;

/// The arrays of one `.npz` file of reference values, all f64.
pub struct Reference {
    path: PathBuf,
    archive: NpzReader<File>,
}

/// Why a reference value could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: {what}", path.display())]
pub struct ReferenceError {
    path: PathBuf,
    what: String,
}

impl Reference {
    /// The reference values of a chapter, by the folder of its crate.
    ///
    /// # Errors
    /// As for [`Reference::open`].
    pub fn of_chapter(dir: &str) -> Result<Self, ReferenceError> {
        Self::open(crate::folder(dir).join("reference/reference.npz"))
    }

    /// Opens a file of reference values.
    ///
    /// # Errors
    /// The file is not there, or is no `.npz`.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, ReferenceError> {
        let path = path.as_ref().to_path_buf();
        let fail = |what: String| ReferenceError { path: path.clone(), what };
        let file = File::open(&path).map_err(|e| fail(e.to_string()))?;
        let archive =
            NpzReader::new(file).map_err(|e| fail(e.to_string()))?;
        Ok(Self { path, archive })
    }

    fn read(&mut self, name: &str) -> Result<ArrayD<f64>, ReferenceError> {
        let read = self
            .archive
            .by_name(&format!("{name}.npy"))
            .or_else(|_| self.archive.by_name(name));
        read.map_err(|e| self.fail(format!("array `{name}`: {e}")))
    }

    fn fail(&self, what: String) -> ReferenceError {
        ReferenceError { path: self.path.clone(), what }
    }

    /// A matrix by name.
    ///
    /// # Errors
    /// There is no such array, or it does not have two dimensions.
    pub fn matrix(
        &mut self,
        name: &str,
    ) -> Result<Array2<f64>, ReferenceError> {
        let array = self.read(name)?;
        array.into_dimensionality().map_err(|e| {
            self.fail(format!("array `{name}`: expected a matrix: {e}"))
        })
    }

    /// A vector by name.
    ///
    /// # Errors
    /// There is no such array, or it does not have one dimension.
    pub fn vector(
        &mut self,
        name: &str,
    ) -> Result<Array1<f64>, ReferenceError> {
        let array = self.read(name)?;
        array.into_dimensionality().map_err(|e| {
            self.fail(format!("array `{name}`: expected a vector: {e}"))
        })
    }

    /// A single number by name.
    ///
    /// # Errors
    /// There is no such array, or it does not hold exactly one number.
    pub fn scalar(&mut self, name: &str) -> Result<f64, ReferenceError> {
        let array = self.read(name)?;
        match array.len() {
            1 => Ok(array.sum()),
            n => Err(self.fail(format!(
                "array `{name}`: expected one number, found {n}"
            ))),
        }
    }
}
