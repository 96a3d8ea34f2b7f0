use crate::checks::Cause;

pub fn diagnose() -> [Cause; 4] {
    use Cause::*;
    [FewSequences, MaskOffByOne, TooCold, Nats]
}
