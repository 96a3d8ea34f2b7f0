//! What can be wrong with a file of data.

use std::path::PathBuf;

/// Why a file or a folder of data could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// Neither the plain nor the compressed file is in the folder.
    #[error(
        "{}: expected `{name}` or `{name}.gz` in this folder, found neither; `--data` takes a folder with the four \
         files of MNIST, of Fashion-MNIST, or your own in the same format", folder.display()
    )]
    Missing {
        /// The folder.
        folder: PathBuf,
        /// The file that was looked for.
        name: String,
    },
    /// The file could not be read.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The content is not what the format, or the rest of the file, asks for.
    #[error("{}: at byte {offset}: expected {expected}, found {found}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// The offset in the (decompressed) content.
        offset: u64,
        /// What should be there.
        expected: String,
        /// What is there.
        found: String,
    },
    /// The two files of a split do not belong together.
    #[error("{}: expected {images} labels, one for each image of {}, found {labels}", labels_path.display(), images_path.display())]
    Counts {
        /// The file of images.
        images_path: PathBuf,
        /// The file of labels.
        labels_path: PathBuf,
        /// How many images.
        images: usize,
        /// How many labels.
        labels: usize,
    },
    /// The data are whole, and not what a chapter is written for.
    #[error("{}: expected {expected}, found {found}", folder.display())]
    Unsuited {
        /// The folder.
        folder: PathBuf,
        /// What the chapter is written for.
        expected: String,
        /// What the data are.
        found: String,
    },
}
