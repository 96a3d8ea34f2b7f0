//! Where dfdx computes.

use std::fmt;
use std::str::FromStr;

/// A device on which something is trained, in f32. A CUDA device stays on the thread that opened it.
pub trait Trains: dfdx::tensor_ops::Device<f32> {}

impl<D: dfdx::tensor_ops::Device<f32>> Trains for D {}

/// The device that the dfdx room computes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Device {
    /// The processor.
    #[default]
    Cpu,
    /// The NVIDIA GPU of this ordinal.
    Cuda(usize),
}

/// Why a device cannot be used.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum DeviceError {
    /// The text names no device.
    #[error("unknown device `{0}`: expected `cpu`, `cuda` or `cuda:N`")]
    Unknown(String),
    /// The program was built without CUDA.
    #[error(
        "this build has no CUDA. Build it in: `cargo run -p CHAPTER --features cuda -- --device {0}`. That needs an \
         NVIDIA GPU with its driver, and the CUDA toolkit (`nvcc --version` must answer). `--device cpu` works \
         everywhere"
    )]
    NotBuilt(Device),
    /// The program was built with CUDA, and the machine has no such GPU.
    #[error(
        "{device} cannot be used: {reason}. `nvidia-smi` lists the GPUs that the driver sees; `--device cpu` works \
         everywhere"
    )]
    NotHere {
        /// The device that was asked for.
        device: Device,
        /// What the driver said.
        reason: String,
    },
}

impl FromStr for Device {
    type Err = DeviceError;

    fn from_str(text: &str) -> Result<Self, DeviceError> {
        match text.split_once(':') {
            None if text == "cpu" => Ok(Device::Cpu),
            None if text == "cuda" => Ok(Device::Cuda(0)),
            Some(("cuda", ordinal)) => ordinal
                .parse()
                .map(Device::Cuda)
                .map_err(|_| DeviceError::Unknown(text.into())),
            _ => Err(DeviceError::Unknown(text.into())),
        }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Device::Cpu => write!(f, "cpu"),
            Device::Cuda(ordinal) => write!(f, "cuda:{ordinal}"),
        }
    }
}

impl Device {
    /// Whether this build and this machine have the device.
    ///
    /// # Errors
    /// The build has no CUDA, or the machine has no such GPU; the message says what to do.
    pub fn check(self) -> Result<(), DeviceError> {
        crate::on_device!(self, |_device| Ok(()))
    }
}

/// The CUDA device of an ordinal.
///
/// # Errors
/// The driver has no such GPU.
#[cfg(feature = "cuda")]
pub fn open_cuda(ordinal: usize) -> Result<dfdx::tensor::Cuda, DeviceError> {
    use cudarc::driver::result;
    let not_here = |error: &dyn fmt::Debug| DeviceError::NotHere {
        device: Device::Cuda(ordinal),
        reason: format!("{error:?}"),
    };
    // What dfdx opens a device with panics where one of these two fails.
    result::init().map_err(|e| not_here(&e))?;
    let index = ordinal.try_into().unwrap_or(i32::MAX);
    result::device::get(index).map_err(|e| not_here(&e))?;
    dfdx::tensor::Cuda::try_build(ordinal, 0).map_err(|e| not_here(&e))
}

/// Runs an expression on the chosen [`Device`]; the expression is compiled for each device type that the build has.
/// It is a `Result` whose error can be made from a [`DeviceError`].
#[cfg(not(feature = "cuda"))]
#[macro_export]
macro_rules! on_device {
    ($device:expr, |$dev:ident| $body:expr) => {
        match $device {
            $crate::Device::Cpu => {
                let $dev = ::dfdx::tensor::Cpu::default();
                $body
            }
            device @ $crate::Device::Cuda(_) => {
                Err($crate::DeviceError::NotBuilt(device).into())
            }
        }
    };
}

/// Runs an expression on the chosen [`Device`]; the expression is compiled for each device type that the build has.
/// It is a `Result` whose error can be made from a [`DeviceError`].
#[cfg(feature = "cuda")]
#[macro_export]
macro_rules! on_device {
    ($device:expr, |$dev:ident| $body:expr) => {
        match $device {
            $crate::Device::Cpu => {
                let $dev = ::dfdx::tensor::Cpu::default();
                $body
            }
            $crate::Device::Cuda(ordinal) => match $crate::open_cuda(ordinal)
            {
                Ok($dev) => $body,
                Err(error) => Err(error.into()),
            },
        }
    };
}

/// A training in the lab's room: `plain` as it is, or what the expression makes of it on the lab's device. Both are
/// boxed as what the caller says they have in common.
#[macro_export]
macro_rules! in_room {
    ($lab:expr, $plain:expr, |$dev:ident, $start:ident| $dfdx:expr) => {
        match ($lab.room(), $plain) {
            ($crate::Room::Plain, plain) => Ok(Box::new(plain) as Box<_>),
            ($crate::Room::Dfdx, $start) => {
                $crate::on_device!($lab.device(), |$dev| Ok(
                    Box::new($dfdx) as Box<_>
                ))
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_read_and_written() {
        for device in [Device::Cpu, Device::Cuda(0), Device::Cuda(3)] {
            assert_eq!(device.to_string().parse(), Ok(device));
        }
        assert_eq!("cuda".parse(), Ok(Device::Cuda(0)));
        for bad in ["", "gpu", "cuda:", "cuda:x", "cpu:1"] {
            assert_eq!(
                bad.parse::<Device>(),
                Err(DeviceError::Unknown(bad.into()))
            );
        }
    }

    #[cfg(feature = "cuda")]
    #[test]
    fn a_card_that_is_not_there_is_named() {
        let message = Device::Cuda(4096).check().unwrap_err().to_string();
        assert!(
            message
                .starts_with("cuda:4096 cannot be used: DriverError(CUDA_"),
            "{message}"
        );
    }

    #[cfg(not(feature = "cuda"))]
    #[test]
    fn asking_a_build_without_cuda_says_what_to_do() {
        assert_eq!(Device::Cpu.check(), Ok(()));
        let message = Device::Cuda(1).check().unwrap_err().to_string();
        assert!(
            message.contains("--features cuda -- --device cuda:1"),
            "{message}"
        );
    }
}
