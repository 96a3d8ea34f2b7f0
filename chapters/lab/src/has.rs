//! A question to the compiler, for tests of what it refuses.

/// Whether a type has a trait: the compiler takes the constant of the second where its bound holds.
#[macro_export]
macro_rules! has {
    ($t:ty: $($bound:tt)+) => {{
        #[allow(dead_code)]
        trait No {
            const HAS: bool = false;
        }
        impl<T: ?Sized> No for T {}
        struct Asked<T: ?Sized>(std::marker::PhantomData<T>);
        #[allow(dead_code)]
        impl<T: ?Sized + $($bound)+> Asked<T> {
            const HAS: bool = true;
        }
        <Asked<$t>>::HAS
    }};
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_compiler_knows() {
        assert!(has!(f64: Copy) && !has!(String: Copy));
        assert!(has!(fn(u8) -> u8: Fn(u8) -> u8) && !has!(u8: Fn(u8) -> u8));
    }
}
