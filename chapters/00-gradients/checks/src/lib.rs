//! The checks of this chapter's exercises. An exercise's function stands here once more with its slips as switches: `is(name)` says
//! whether one is made, and `lab::slips` finds the one or two that explain an answer.

#![allow(missing_docs)] // a check is called what its exercise is called

use gradients::plain; // what is read of `src/run` finds it here
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::LazyLock;

use gradients::plain::{
    Activation, Adam, AdamConfig, Mlp, Parameters, add, cross_entropy,
    cross_entropy_backward, init_layer, last, linear, mse, mse_backward,
    one_hot, sgd_step, softmax,
};
use lab::{Diagnosis, Slip, judge, rng_at, slips};
use ndarray::{
    Array1, Array2, ArrayD, ArrayView1, Axis, arr0, array, concatenate, s,
};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

#[path = "../../src/run/experiments/causes.rs"]
pub mod causes;

pub use causes::Cause;
use causes::{CAUSES, SAID, SHOWN, STEPS, log, readings, told_by};

type LinearBackward = fn(
    &Array2<f64>,
    &Array2<f64>,
    &Array2<f64>,
) -> (Array2<f64>, Array2<f64>, Array1<f64>);
type NumericGradient =
    fn(&dyn Fn(&Array1<f64>) -> f64, &Array1<f64>, f64) -> Array1<f64>;
type AdamStep = fn(
    &mut Array1<f64>,
    &Array1<f64>,
    &mut Array1<f64>,
    &mut Array1<f64>,
    i32,
    [f64; 4],
);

/// Whether a slip is made.
type Is<'a> = &'a dyn Fn(&str) -> bool;

/// The result for one input, under the slips that are made.
type With<'a, C> = &'a dyn Fn(Is, &C) -> ArrayD<f64>;

/// No slip.
fn none(_: &str) -> bool {
    false
}

/// Slips, one a line: its name, `::`, and the sentence for the reader.
fn listed(text: &'static str) -> Vec<Slip> {
    let lines = text.lines().filter_map(|line| line.split_once(" :: "));
    lines.map(|(name, what)| Slip { name, what }).collect()
}

/// The results for all inputs under each slip of a list, the right ones first.
fn each<C>(
    text: &'static str,
    cases: &[C],
    with: With<C>,
) -> Vec<(&'static str, Vec<ArrayD<f64>>)> {
    let names = listed(text).into_iter().map(|slip| slip.name);
    let of = |made: &'static str| {
        let is = |name: &str| name == made;
        (made, cases.iter().map(|c| with(&is, c)).collect())
    };
    std::iter::once("").chain(names).map(of).collect()
}

/// For a test: of every list of slips, what each gives, the right results first.
#[allow(dead_code)]
pub fn switched() -> Vec<Vec<(&'static str, Vec<ArrayD<f64>>)>> {
    let layer = linear_cases();
    vec![
        each(AT_X, &layer, &at_x),
        each(AT_W, &layer, &at_w),
        each(AT_B, &layer, &at_b),
        each(BCE, &bce_cases(), &|is, c| bce_with(is, false, c)),
        each(BCE_BACK, &bce_cases(), &bce_back_with),
        each(NUMERIC, &numeric_cases(), &numeric_with),
        each(ADAM, &adam_cases(), &|is, c| adam_with(is, c)),
        each(TRAIN, &train_cases(), &|is, c| laid(&trained(is, c))),
    ]
}

/// What a candidate gives. A panic is told, unless it is the stub's.
fn tried<R>(
    see: &'static str,
    when: &str,
    candidate: impl FnOnce() -> R,
) -> Result<R, Diagnosis> {
    catch_unwind(AssertUnwindSafe(candidate)).map_err(|panic| {
        let words = panic.downcast_ref::<String>().cloned();
        let words = words.or_else(|| {
            panic.downcast_ref::<&str>().map(|words| words.to_string())
        });
        let words = words.unwrap_or_default();
        if words.starts_with("not yet implemented") {
            resume_unwind(panic);
        }
        let why = [
            (
                "not compatible for matrix",
                " In `a.dot(&b)`, a has as many columns as b has rows: write the shapes beside each array, and transpose where they \
                 do not meet.",
            ),
            (
                "broadcast",
                " An operation element by element wants two arrays of one shape. The product of matrices is `a.dot(&b)`.",
            ),
            (
                "out of bounds",
                " An index goes past the end: a loop that runs too far, or rows and columns exchanged.",
            ),
            (
                "overflow",
                " A `usize` went below 0: subtract behind the conversion to f64 or i32.",
            ),
            ("None", " Something is there only if the input is not empty."),
        ];
        let why = why.iter().find(|(part, _)| words.contains(part));
        let why = why.map_or("", |(_, why)| why);
        let what = format!("Your function panics {when}: “{words}”.{why}");
        Diagnosis::new("panic", what, see)
    })
}

/// What a candidate gives where it is only looked at, if it does not panic there.
fn seen<R>(candidate: impl FnOnce() -> R) -> Option<R> {
    tried("", "", candidate).ok()
}

/// A number by which an answer may have been multiplied.
fn number(v: f64) -> ArrayD<f64> {
    arr0(v).into_dyn()
}

/// What a candidate gives for the inputs, one after the other, up to one at which it panics.
fn gathered<C, R>(
    see: &'static str,
    cases: &[C],
    when: impl Fn(&C) -> String,
    candidate: impl Fn(&C) -> R,
) -> (Vec<R>, Result<(), Diagnosis>) {
    let mut all = Vec::new();
    for case in cases {
        match tried(see, &when(case), || candidate(case)) {
            Ok(came) => all.push(came),
            Err(panic) => return (all, Err(panic)),
        }
    }
    (all, Ok(()))
}

/// One result of an exercise for several inputs.
struct Part<'a, C> {
    /// The slips.
    text: &'static str,
    /// Ways to write the function with its switches.
    with: &'a [With<'a, C>],
    tolerance: f64,
    see: &'static str,
    /// What to say if no slip explains it; the input is the simplest one at which it is wrong.
    otherwise: &'a dyn Fn(&C) -> (&'static str, String),
    /// How simple an input is.
    size: &'a dyn Fn(&C) -> usize,
    /// What an answer may have been multiplied by or divided by: numbers, or an array of the result's shape.
    factors: &'a dyn Fn(&C) -> Vec<(&'static str, ArrayD<f64>)>,
    /// Whether it says something how the numbers of a result are related to the right ones.
    tells: bool,
}

impl<C> Part<'_, C> {
    /// Right, or the slips that explain what came, or where it is wrong.
    fn judged(
        &self,
        cases: &[C],
        came: &[ArrayD<f64>],
    ) -> Result<(), Diagnosis> {
        let right: Vec<_> =
            cases.iter().map(|c| self.with[0](&none, c)).collect();
        // A wrong shape first, then the simplest.
        let mut wrong = Vec::new();
        for ((case, right), came) in cases.iter().zip(&right).zip(came) {
            let same = judge(
                right,
                came,
                self.tolerance,
                vec![],
                Diagnosis::new("", "", self.see),
            );
            if same.is_err() {
                wrong.push((self.size(case), case, right, came));
            }
        }
        let Some((_, case, right, came_here)) = wrong
            .into_iter()
            .min_by_key(|w| (w.2.shape() == w.3.shape(), w.0))
        else {
            return Ok(());
        };
        let shown = Diagnosis::new("", "", self.see);
        let shown = judge(right, came_here, self.tolerance, vec![], shown);
        let shown = shown.err().unwrap_or_else(|| {
            Diagnosis::new("", "", self.see) // not reached: it is wrong
        });
        let explained = self.with.iter().find_map(|with| {
            let all = listed(self.text);
            let cases = &cases[..came.len()];
            let with = |made: lab::Made| {
                let is = |name: &str| made.is(name);
                cases.iter().map(|case| with(&is, case)).collect()
            };
            slips(&all, came, with, self.tolerance, self.see)
        });
        let told = explained.unwrap_or_else(|| {
            let (name, mut what) = (self.otherwise)(case);
            // What holds for all inputs comes before what holds for one.
            what += &match self.multiple(cases, came) {
                Some(said) => said,
                None if self.tells => shown.what.clone(),
                None => String::new(),
            };
            let shape = shown.mistake == "wrong shape";
            let name = if shape { shown.mistake } else { name };
            Diagnosis::new(name, what, self.see)
        });
        Err(told.with(shown.expected, shown.came))
    }

    /// By what all that is right was multiplied, or how near all of it is.
    fn multiple(&self, cases: &[C], came: &[ArrayD<f64>]) -> Option<String> {
        let right: Vec<_> = cases[..came.len()]
            .iter()
            .map(|c| (self.with[0](&none, c), (self.factors)(c)))
            .collect();
        if right.iter().zip(came).any(|(r, c)| r.0.shape() != c.shape()) {
            return None;
        }
        let worst = |by: &dyn Fn(usize, &ArrayD<f64>) -> ArrayD<f64>| {
            let all = right.iter().zip(came).enumerate();
            let apart = all.flat_map(|(n, (right, came))| {
                let wrong = by(n, &right.0) - came;
                let pairs = wrong.into_iter().zip(came.clone());
                pairs.map(|(d, c)| d.abs() / c.abs().max(1.0))
            });
            apart.fold(0.0, |a: f64, b| match a.is_nan() || b.is_nan() {
                true => f64::NAN,
                false => a.max(b),
            })
        };
        let near = worst(&|_, right| right.clone());
        if near < 2e-3 {
            return Some(format!(
                " All of it is nearly right, to {near:.0e}: is it computed in f32, by a difference quotient, with a number cut short, or \
                 with a small number added that does not belong?"
            ));
        }
        let names: Vec<_> =
            right.first()?.1.iter().map(|(name, _)| *name).collect();
        let powers = [(1, "times "), (-1, "divided by ")];
        for (a, one) in names.iter().enumerate() {
            for (p, how) in powers {
                let by = |n: usize, r: &ArrayD<f64>| {
                    r * &right[n].1[a].1.mapv(|v| v.powi(p))
                };
                if worst(&by) < 1e-9 {
                    return Some(format!(
                        " Yours is what is right {how}{one}."
                    ));
                }
                for (b, other) in names.iter().enumerate().skip(a + 1) {
                    for (q, and) in powers {
                        let both = |n: usize, r: &ArrayD<f64>| {
                            by(n, r) * &right[n].1[b].1.mapv(|v| v.powi(q))
                        };
                        if worst(&both) < 1e-9 {
                            return Some(format!(
                                " Yours is what is right {how}{one} and {and}{other}."
                            ));
                        }
                    }
                }
            }
        }
        None
    }

    fn size(&self, case: &C) -> usize {
        (self.size)(case)
    }
}

/// One diagnosis of what is wrong with several results.
fn together(
    all: impl IntoIterator<Item = Result<(), Diagnosis>>,
) -> Result<(), Diagnosis> {
    let mut wrong = all.into_iter().filter_map(Result::err);
    let Some(mut first) = wrong.next() else { return Ok(()) };
    let mut said = vec![first.what.clone()];
    for other in wrong {
        match said.contains(&other.what) {
            true => first.what += " So it is with another result.",
            false => first.what += &format!(" And: {}", other.what),
        }
        said.push(other.what);
    }
    Err(first)
}

/// Whether every number is that of the other, NaN where it is NaN.
fn alike(a: &[f64], b: &[f64], tolerance: f64) -> bool {
    let near = |(a, b): (&f64, &f64)| {
        a == b
            || a.is_nan() && b.is_nan()
            || (a - b).abs() <= tolerance * b.abs().max(1.0)
    };
    a.len() == b.len() && a.iter().zip(b).all(near)
}

/// Of a list of factors, each with the slip that brings it in, the product of those made.
fn factor(is: Is, of: &[(&str, f64)]) -> f64 {
    of.iter().filter(|(name, _)| is(name)).map(|(_, by)| by).product()
}

/// The rows of a batch that are gone through.
fn rows_taken(is: Is, rows: usize) -> Vec<usize> {
    let taken = |n: &usize| match *n {
        0 if is("first row left out") => false,
        n if is("last row left out") && n + 1 == rows => false,
        n if is("one row") => n + 1 == rows,
        n if is("first row alone") => n == 0,
        _ => true,
    };
    (0..rows).filter(taken).collect()
}

const AT_X: &str = "
slope of the output :: The slope of a ReLU was taken of the layer's output. This is a linear layer alone: d_y is the gradient behind it.
order :: The gradients at x and at w have changed places: the one at x comes first.
weights not transposed :: The gradient at x went through w in the forward direction. It has to run backward, from outputs to inputs, \
    so it meets the transpose of w. A square layer's shapes cannot warn you.
forward again :: The first result is x w, the way forward. On the way back it is d_y that goes through the transpose of w.
input for gradient :: The first result has x where d_y belongs: it is d_y that goes back through the transpose of w.
element by element :: A product went element by element. In ndarray `*` does that; the product of two matrices is `a.dot(&b)`.
element by element, not transposed :: At x, w and d_y were multiplied element by element. The product of two matrices is `a.dot(&b)`, \
    here with the transpose of w.
weights left out :: The gradient at x has no w in it: each of its elements is the sum of a row of d_y. An input reaches an output \
    through a weight, and the chain rule multiplies by it.
signs of weights :: At x, the weights came in without their signs.
input transposed :: The gradient at x is transposed: it has a row for each row of x.
input averaged :: The gradient at x was divided by the number of rows. Nothing is divided here; if the loss is a mean, d_y carries the \
    1/N already.
input over inputs :: The gradient at x was divided by the number of inputs, I. Nothing is divided here.
input over outputs :: The gradient at x was divided by the number of outputs, O: over the outputs it is a sum.
input twice :: The gradient at x is twice what it should be.
sign at x :: The gradient at x has the wrong sign. Equation 0.2 has none: walking against the gradient is the optimiser's part.
times the input :: The gradient at x was multiplied by x. The slope of y in x is w alone: x belongs to the gradient at w.
slope of a ReLU :: The gradient at x was set to 0 where x is not positive. A linear layer has no ReLU; that is the layer before it.
rows added up :: The rows of the gradient at x were added up. Rows of a batch are apart: each has a gradient of its own.
added to the input :: The first result is x plus its gradient. The gradient alone was asked for.
taken from the input :: The first result is x minus its gradient, a step downhill. The gradient alone was asked for.
the input itself :: The first result is x itself.
the weights themselves :: The first result is the transpose of w, the slope. The chain rule multiplies d_y by it.
first output left out :: At x, the sum over the outputs leaves out the first of them.
last output left out :: At x, the sum over the outputs leaves out the last of them.
last output alone :: At x there is what the last output brings and nothing else. Each output uses x, so what they bring is added up \
    (`+=`, not `=`).
first row alone :: Only the first row has a gradient at x. Every row of the batch has one.
last row left out :: The last row has no gradient at x. Every row of the batch has one.
first row left out :: The first row has no gradient at x. Every row of the batch has one.
";

type Layer = [Array2<f64>; 3];

/// The gradient that reaches the layer.
fn behind(is: Is, [x, w, d_y]: [&Array2<f64>; 3]) -> Array2<f64> {
    let mut d_y = d_y.clone();
    if is("slope of the output") {
        let y = x.dot(w);
        d_y.zip_mut_with(&y, |d, &y| *d = if y > 0.0 { *d } else { 0.0 });
    }
    d_y
}

fn at_x(is: Is, [x, w, d_y]: &Layer) -> ArrayD<f64> {
    let (rows, inputs) = x.dim();
    let outputs = w.ncols();
    let d_y = &behind(is, [x, w, d_y]);
    let mut d = Array2::zeros(d_y.dim());
    for n in rows_taken(is, rows) {
        for o in 0..outputs {
            let left_out = is("first output left out") && o == 0
                || is("last output left out") && o + 1 == outputs
                || is("last output alone") && o + 1 < outputs;
            d[(n, o)] = if left_out { 0.0 } else { d_y[(n, o)] };
        }
    }
    let w =
        &if is("signs of weights") { w.mapv(f64::abs) } else { w.clone() };
    let square = rows == inputs && inputs == outputs;
    let at = if is("order") {
        x.t().dot(&d)
    } else if is("weights not transposed") && w.is_square() {
        d.dot(w)
    } else if is("forward again") {
        x.dot(w)
    } else if is("input for gradient") && w.is_square() {
        x.dot(&w.t())
    } else if is("element by element") && square {
        &d * &w.t()
    } else if is("element by element, not transposed") && square {
        &d * w
    } else if is("weights left out") {
        d.dot(&Array2::ones((outputs, inputs)))
    } else if is("the input itself") {
        x.clone()
    } else if is("the weights themselves") {
        w.t().to_owned()
    } else {
        d.dot(&w.t())
    };
    let times = factor(
        is,
        &[
            ("input averaged", 1.0 / rows as f64),
            ("input over inputs", 1.0 / inputs as f64),
            ("input over outputs", 1.0 / outputs as f64),
            ("input twice", 2.0),
            ("sign at x", -1.0),
        ],
    );
    let mut at = at * times;
    let fits = at.dim() == x.dim();
    if is("times the input") && fits {
        at *= x;
    }
    if is("slope of a ReLU") && fits {
        at.zip_mut_with(x, |a, &x| *a = if x > 0.0 { *a } else { 0.0 });
    }
    if is("rows added up") {
        let sum = at.sum_axis(Axis(0));
        at.rows_mut().into_iter().for_each(|mut row| row.assign(&sum));
    }
    if is("added to the input") && fits {
        at = x + at;
    } else if is("taken from the input") && fits {
        at = x - at;
    }
    if is("input transposed") {
        at = at.reversed_axes();
    }
    at.into_dyn()
}

const AT_W: &str = "
slope of the output :: The slope of a ReLU was taken of the layer's output. This is a linear layer alone: d_y is the gradient behind it.
order :: The gradients at x and at w have changed places: the one at w is the second.
input not transposed :: In the gradient at w it is x that has to be transposed: an element of it adds up over the rows of the batch. \
    Where a batch has as many rows as x has columns, the shapes cannot warn you.
element by element :: A product went element by element. In ndarray `*` does that; the product of two matrices is `a.dot(&b)`.
element by element, not transposed :: At w, x and d_y were multiplied element by element. The product of two matrices is `a.dot(&b)`, \
    here with the transpose of x.
batch added up first :: At w, the rows of x and those of d_y were added up before they were multiplied. A row of x meets its own row \
    of d_y: first the product, then the sum.
input left out :: The gradient at w has no x in it. A weight reaches the output through the input that it multiplies.
signs of inputs :: At w, the inputs came in without their signs.
weights for input :: The second result has w where x belongs.
input for gradient :: At w, x was multiplied by x. It is xᵀ times d_y.
gradient for input :: At w, d_y was multiplied by d_y. It is xᵀ times d_y.
weights transposed :: The gradient at w is transposed: it has the shape of w, inputs down and outputs across.
weights averaged :: The gradient at w was divided by the number of rows. Nothing is divided here; if the loss is a mean, d_y carries \
    the 1/N already.
weights over inputs :: The gradient at w was divided by the number of inputs, I. Nothing is divided here.
weights over outputs :: The gradient at w was divided by the number of outputs, O. Nothing is divided here.
weights twice :: The gradient at w is twice what it should be.
sign at w :: The gradient at w has the wrong sign. Equation 0.2 has none: walking against the gradient is the optimiser's part.
times the weights :: The gradient at w was multiplied by w. The slope of y in w is x alone: w belongs to the gradient at x.
weights added :: The second result is the gradient plus w itself. A gradient alone was asked for.
taken from the weights :: The second result is w minus its gradient, a step downhill. The gradient alone was asked for.
the weights themselves :: The second result is w itself.
one row :: At w there is what the last row of the batch brings. Each row uses w, so what they bring is added up (`+=`, not `=`).
first row alone :: At w there is what the first row of the batch brings. Each row uses w, so what they bring is added up.
first row left out :: At w, the sum over the batch leaves out its first row.
last row left out :: At w, the sum over the batch leaves out its last row.
";

fn at_w(is: Is, [x, w, d_y]: &Layer) -> ArrayD<f64> {
    let (rows, inputs) = x.dim();
    let outputs = w.ncols();
    let d_y = &behind(is, [x, w, d_y]);
    let mut d = Array2::zeros(d_y.dim());
    for n in rows_taken(is, rows) {
        d.row_mut(n).assign(&d_y.row(n));
    }
    let x = &if is("signs of inputs") { x.mapv(f64::abs) } else { x.clone() };
    let square = rows == inputs && inputs == outputs;
    let at = if is("order") {
        d.dot(&w.t())
    } else if is("input not transposed") && x.is_square() {
        x.dot(&d)
    } else if is("element by element") && square {
        &x.t() * &d
    } else if is("element by element, not transposed") && square {
        x * &d
    } else if is("batch added up first") {
        let [x, d] =
            [x, &d].map(|a| a.sum_axis(Axis(0)).insert_axis(Axis(0)));
        x.t().dot(&d)
    } else if is("input left out") {
        Array2::ones((inputs, rows)).dot(&d)
    } else if is("weights for input") && square {
        w.t().dot(&d)
    } else if is("input for gradient") {
        x.t().dot(x)
    } else if is("gradient for input") {
        d.t().dot(&d)
    } else if is("the weights themselves") {
        w.clone()
    } else {
        x.t().dot(&d)
    };
    let times = factor(
        is,
        &[
            ("weights averaged", 1.0 / rows as f64),
            ("weights over inputs", 1.0 / inputs as f64),
            ("weights over outputs", 1.0 / outputs as f64),
            ("weights twice", 2.0),
            ("sign at w", -1.0),
        ],
    );
    let mut at = at * times;
    let fits = at.dim() == w.dim();
    if is("times the weights") && fits {
        at *= w;
    }
    if is("weights added") && fits {
        at = w + at;
    } else if is("taken from the weights") && fits {
        at = w - at;
    }
    if is("weights transposed") {
        at = at.reversed_axes();
    }
    at.into_dyn()
}

const AT_B: &str = "
slope of the output :: The slope of a ReLU was taken of the layer's output. This is a linear layer alone: d_y is the gradient behind it.
wrong axis :: The gradient at b was added up along the rows, and has a number for each row. b has one for each output: add up the \
    rows themselves, along `Axis(0)`.
slope alone :: The slope of y in b is 1, and the chain rule multiplies it by d_y: what comes is the sum of the rows of d_y.
rows for the sum :: Each element of the gradient at b is the number of rows. It is the sum of the rows of d_y.
one sum :: Each element of the gradient at b is the sum of all of d_y. An output has a bias of its own, and adds up its own column.
one number :: The gradient at b is one number, the sum of all of d_y. An output has a bias of its own, and adds up its own column.
inputs for gradient :: At b, the rows of x were added up. It is those of d_y.
weights for gradient :: At b, the rows of w were added up. It is those of d_y.
behind the weights :: At b, the rows of the gradient at x were added up. b is added to y, so it is those of d_y.
from the weights :: At b, the rows of the gradient at w were added up. b is no weight and sees no x: it is the rows of d_y.
sizes :: At b, the elements of d_y were added up without their signs.
squares :: At b, the squares of the elements of d_y were added up.
largest :: The gradient at b takes the largest element of each column of d_y. It is their sum.
bias averaged :: The gradient at b is a mean. Every row uses b once, so their gradients add up, and nothing is divided.
bias over outputs :: The gradient at b was divided by the number of outputs, O. Nothing is divided here.
bias over inputs :: The gradient at b was divided by the number of inputs, I. Nothing is divided here.
bias twice :: The gradient at b is twice what it should be.
sign at b :: The gradient at b has the wrong sign. Equation 0.2 has none: walking against the gradient is the optimiser's part.
nothing :: The gradient at b is 0. Adding b does move y, by as much as b moves.
one row :: At b there is what the last row of the batch brings. Each row uses b, so what they bring is added up (`+=`, not `=`).
first row alone :: At b there is what the first row of the batch brings. Each row uses b, so what they bring is added up.
first row left out :: At b, the sum over the batch leaves out its first row.
last row left out :: At b, the sum over the batch leaves out its last row.
";

fn at_b(is: Is, [x, w, d_y]: &Layer) -> ArrayD<f64> {
    let (rows, inputs) = x.dim();
    let outputs = w.ncols();
    let d_y = &behind(is, [x, w, d_y]);
    let mut d = Array2::zeros(d_y.dim());
    for n in rows_taken(is, rows) {
        d.row_mut(n).assign(&d_y.row(n));
    }
    let times = factor(
        is,
        &[
            ("bias averaged", 1.0 / rows as f64),
            ("bias over outputs", 1.0 / outputs as f64),
            ("bias over inputs", 1.0 / inputs as f64),
            ("bias twice", 2.0),
            ("sign at b", -1.0),
            ("nothing", 0.0),
        ],
    );
    if is("sizes") {
        d.mapv_inplace(f64::abs);
    } else if is("squares") {
        d.mapv_inplace(|v| v * v);
    }
    let axis = Axis(usize::from(is("wrong axis")));
    let at = if is("slope alone") {
        Array1::ones(outputs)
    } else if is("rows for the sum") {
        Array1::from_elem(outputs, rows as f64)
    } else if is("one sum") {
        Array1::from_elem(outputs, d.sum())
    } else if is("one number") {
        array![d.sum()]
    } else if is("inputs for gradient") {
        x.sum_axis(axis)
    } else if is("weights for gradient") {
        w.sum_axis(axis)
    } else if is("behind the weights") {
        d.dot(&w.t()).sum_axis(axis)
    } else if is("from the weights") {
        x.t().dot(&d).sum_axis(axis)
    } else if is("largest") {
        d.fold_axis(axis, f64::NEG_INFINITY, |a, b| a.max(*b))
    } else {
        d.sum_axis(axis)
    };
    (at * times).into_dyn()
}

/// x, w and d_y, the first all square, so that a product the wrong way round gives numbers that can be named.
fn linear_cases() -> [Layer; 6] {
    [
        [
            array![[1.0, 2.0, 0.0], [-1.0, 0.5, 3.0], [2.0, -2.0, 1.0]],
            array![[0.5, -1.0, 2.0], [2.0, 1.5, 0.0], [-3.0, 1.0, 0.25]],
            array![[1.0, 0.0, -2.0], [0.5, -1.0, 3.0], [0.25, 4.0, 1.0]],
        ],
        [
            array![[1.0, -2.0], [0.0, 0.5], [1000.0, -1.0]],
            array![[0.5, -1.0, 0.0, 2.0], [2.0, 1.5, -3.0, 0.25]],
            array![
                [1.0, 0.0, -2.0, 0.5],
                [0.5, -1.0, 0.0, 0.5],
                [-1000.0, 4.0, 3.0, 1.0]
            ],
        ],
        [
            array![[0.5, -1.0, 3.0], [2.0, 0.0, 0.25]],
            array![[1.5], [-2.0], [0.75]],
            array![[-0.5], [3.0]],
        ],
        [
            array![[2.0, 0.0, -1.0]],
            array![[1.0, -0.5], [3.0, 2.5], [0.5, 1.0]],
            array![[4.0, -3.0]],
        ],
        [array![[2.0]], array![[3.0]], array![[0.5]]],
        [
            Array2::zeros((0, 3)),
            array![[1.0, -2.0], [3.0, -1.0], [0.5, 0.25]],
            Array2::zeros((0, 2)),
        ],
    ]
}

/// What one result is made of, tried out: by what it must not change, and what each element of d_y brings.
fn tried_out(candidate: LinearBackward, n: usize, case: &Layer) -> String {
    let one = |[x, w, d_y]: &Layer| {
        let (x, w, b) = seen(|| candidate(x, w, d_y))?;
        Some([x.into_dyn(), w.into_dyn(), b.into_dyn()][n].clone())
    };
    let same = |a: &ArrayD<f64>, b: &ArrayD<f64>| {
        a.shape() == b.shape()
            && a.iter().zip(b).all(|(a, b)| alike(&[*a], &[*b], 1e-9))
    };
    if case[0].is_empty() {
        return String::new();
    }
    let made_of = ["d_y and w", "x and d_y", "d_y"][n];
    let foreign: &[(usize, &str)] =
        [&[(0, "x")][..], &[(1, "w")], &[(0, "x"), (1, "w")]][n];
    let here = one(case);
    for (which, name) in foreign {
        let mut other = case.clone();
        other[*which] = &other[*which] * -1.5 + 0.25;
        if let (Some(here), Some(there)) = (&here, one(&other))
            && !same(here, &there)
        {
            return format!(
                " It changes where {name} alone is changed; it is to be made of {made_of} alone."
            );
        }
    }
    let right: With<Layer> = [&at_x as With<Layer>, &at_w, &at_b][n];
    let shape = case[2].dim();
    for (row, column) in ndarray::indices(shape) {
        let mut unit = case.clone();
        unit[2].fill(0.0);
        unit[2][(row, column)] = 1.0;
        let right = right(&none, &unit);
        if let Some(came) = one(&unit)
            && !same(&came, &right)
        {
            return format!(
                " Let d_y be 0 but for a 1 in row {row}, column {column}: then it is {right:.3}, and yours is {came:.3}."
            )
            .replace('\n', "");
        }
    }
    " Where d_y is a single 1 all is right. So with several, or with other numbers, something is cut, rounded or left out: what the \
     elements bring is multiplied and added up, and nothing else."
        .into()
}

pub fn linear_backward(candidate: LinearBackward) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § Three products, equation 0.2";
    let cases = linear_cases();
    let when = |[x, w, d_y]: &Layer| {
        let [x, w, d_y] =
            [x, w, d_y].map(|a| format!("{} × {}", a.nrows(), a.ncols()));
        format!("where x is {x}, w {w} and d_y {d_y}")
    };
    let (came, ended) =
        gathered(SEE, &cases, when, |[x, w, d_y]| candidate(x, w, d_y));
    let of = |n: usize| -> Vec<ArrayD<f64>> {
        let one =
            |(x, w, b): &(Array2<f64>, Array2<f64>, Array1<f64>)| match n {
                0 => x.clone().into_dyn(),
                1 => w.clone().into_dyn(),
                _ => b.clone().into_dyn(),
            };
        came.iter().map(one).collect()
    };
    let part = |n: usize, name, text, with: With<Layer>| {
        let otherwise = |case: &Layer| {
            let which = ["first", "second", "third"][n];
            let at = ["x", "w", "b"][n];
            let example = match case[0].len() {
                0 => "a batch of no rows".to_string(),
                1..=3 => {
                    let [x, w, d_y] = case;
                    format!("x = {x}, w = {w}, d_y = {d_y}").replace('\n', "")
                }
                _ => when(case),
            };
            let what = format!(
                "The {which} result, the gradient at {at}, is wrong. Begin with this: {example}.{}",
                tried_out(candidate, n, case)
            );
            (name, what)
        };
        let size = |case: &Layer| match case[0].len() {
            0 => usize::MAX,
            n => n * case[1].ncols(),
        };
        let factors = |[x, w, _]: &Layer| {
            let [rows, inputs] = [x.nrows(), x.ncols()].map(|n| n as f64);
            let outputs = number(w.ncols() as f64);
            vec![
                ("the number of rows", number(rows)),
                ("the number of inputs", number(inputs)),
                ("the number of outputs", outputs),
            ]
        };
        let part = Part {
            text,
            with: &[with],
            tolerance: 1e-12,
            see: SEE,
            otherwise: &otherwise,
            size: &size,
            factors: &factors,
            tells: true,
        };
        part.judged(&cases, &of(n))
    };
    together([
        part(0, "d_x", AT_X, &at_x),
        part(1, "d_w", AT_W, &at_w),
        part(2, "d_b", AT_B, &at_b),
    ])?;
    ended
}

fn softplus(s: f64) -> f64 {
    s.max(0.0) + (-s.abs()).exp().ln_1p()
}

fn probability(s: f64) -> f64 {
    1.0 / (1.0 + (-s).exp())
}

/// Logits and targets with ties, zeros and targets between; single ones behind.
fn bce_cases() -> Vec<[Array2<f64>; 2]> {
    let one = |s: f64, t: f64| [array![[s]], array![[t]]];
    vec![
        [
            array![
                [0.5, -2.0, 3.0, 1.0, 0.0],
                [-1.0, 1.7, 0.5, -0.3, 2.1],
                [1.1, -3.2, 0.0, 0.8, -1.0]
            ],
            array![
                [1.0, 0.0, 0.0, 0.25, 1.0],
                [0.5, 1.0, 0.0, 1.0, 0.75],
                [1.0, 1.0, 0.0, 0.0, 0.0]
            ],
        ],
        [array![[2.0, -0.5, 0.7]], array![[0.0, 0.5, 1.0]]],
        [array![[-1.5], [2.5]], array![[1.0], [0.375]]],
        one(2.0, 1.0),
        one(2.0, 0.0),
        one(-1.5, 1.0),
        one(-1.5, 0.0),
        one(0.75, 0.25),
    ]
}

/// Logits at which a formula may break, each with its target.
const FAR: [(f64, f64); 8] = [
    (1000.0, 1.0),
    (-1000.0, 0.0),
    (1000.0, 0.0),
    (-1000.0, 1.0),
    (1000.0, 0.5),
    (-1000.0, 0.5),
    (40.0, 0.0),
    (-40.0, 1.0),
];

/// The logits and the targets of `FAR`, in an array of two columns.
fn far() -> [Array2<f64>; 2] {
    let of = |part: fn((f64, f64)) -> f64| {
        Array2::from_shape_fn((4, 2), |(i, j)| part(FAR[2 * i + j]))
    };
    [of(|p| p.0), of(|p| p.1)]
}

const BCE: &str = "
sum for mean :: This is the sum over all elements; the loss is their mean.
mean over rows :: The sum was divided by the number of rows. The loss is the mean over all elements, in both directions.
mean over columns :: The sum was divided by the number of columns. The loss is the mean over all elements, in both directions.
one less :: The sum was divided by one less than there are elements. That is for a variance; a mean divides by their number.
one more :: The sum was divided by one more than there are elements.
mean twice :: The sum was divided by the number of elements twice.
half :: This is half the loss: there is a factor ½ too many.
twice :: This is twice the loss: there is a factor 2 too many.
root :: This is the root of the mean. The cross-entropy is the mean itself.
sign :: The sign is turned. A loss is not negative: the logarithm of a probability is, and it is taken off.
bits :: This is the loss in bits. Logarithms are natural here.
base of ten :: Logarithms are to the base of 10. They are natural here: `ln`.
bits in softplus :: In softplus the logarithm is to the base of 2. It is natural.
base of ten in softplus :: In softplus the logarithm is to the base of 10. It is natural: `ln`.
first row left out :: The sum leaves out the first row.
last row left out :: The sum leaves out the last row.
first row alone :: The sum has the first row alone.
one row :: The sum has the last row alone.
first column left out :: The sum leaves out the first column.
last column left out :: The sum leaves out the last column.
first column alone :: The sum has the first column alone.
largest :: This is the largest loss of all elements; it should be their mean.
sigmoid twice :: The logits went through the sigmoid and then into a loss that applies it again.
sigmoid of the target :: The targets went through the sigmoid. They are probabilities already.
targets swapped :: Targets 0 and 1 have changed places: this is the loss for 1 − t.
targets of ±1 :: Targets were taken for −1 and 1. They are 0 and 1.
targets rounded :: Targets were rounded to 0 or 1, or compared with ½. Those between count as they are.
target of 1 alone :: Only targets that are 1 were taken for yes. Those between count as they are.
any target :: Any target above 0 was taken for yes. Those between count as they are.
arguments swapped :: Logits and targets have changed places.
sign of t s :: The term t s was added. It is taken off: with a target of 1, a larger logit costs less.
targets forgotten :: This is the mean of softplus(s) alone; the targets do not come in. The term − t s is missing, or both halves are that of target 0.
logit forgotten :: The target is taken off by itself. The term is t times s.
probability for logit :: In − t s stands the probability. It is the logit that is multiplied by t.
target squared :: The target was squared.
logarithm forgotten :: Of softplus the first term is here and the second, log(1 + e^-|s|), is not.
power without logarithm :: In softplus there is the power e^-|s| itself. It is log(1 + e^-|s|).
1 added twice :: `ln_1p(x)` is log(1 + x) already: with 1 + x in it, it is log(2 + x).
1 forgotten :: In softplus the 1 is missing: the logarithm is that of 1 + e^-|s|. `ln_1p` adds it.
1 taken off :: In softplus there is 1 − e^-|s|. It is 1 plus the power.
sign of the logarithm :: In softplus the logarithm is taken off. It is added: softplus(s) is more than max(s, 0).
half a power :: In softplus the power is that of −|s|/2. It is that of −|s|.
power not negative :: In softplus, behind max(s, 0), the power is that of −|s|. Yours is that of s.
power of the size :: In softplus, behind max(s, 0), the power is that of −|s|. Yours is that of |s|.
power of −s :: In softplus the power is that of −|s|, and the first term max(s, 0). With a power of −s, or with |s| first, it is softplus(−s) below 0.
maximum forgotten :: Of softplus the second term is here and the first, max(s, 0), is not.
logit for maximum :: In softplus stands s where max(s, 0) belongs.
minimum for maximum :: In softplus stands min(s, 0) where max(s, 0) belongs.
1 for 0 in the maximum :: In softplus stands max(s, 1) where max(s, 0) belongs.
softplus turned :: For softplus(s) here is that of −s, or a max(−s, 0) in it.
logarithm below 0 alone :: For positive s, softplus is more than s: log(1 + e^-|s|) is missing there.
logarithm above 0 alone :: For negative s, softplus is more than 0: log(1 + e^-|s|) is missing there.
sigmoid for softplus :: Here is a sigmoid where a softplus belongs: log(1 + e^s), and not its derivative.
tanh for sigmoid :: The probability was taken from the hyperbolic tangent, (1 + tanh s)/2, which is σ(2 s).
one half :: Of −t log σ(s) − (1 − t) log(1 − σ(s)) the second half is missing; or t multiplies softplus as well as s.
other half :: Of −t log σ(s) − (1 − t) log(1 − σ(s)) the first half is missing.
sign of one half :: Of the two logarithms one has the wrong sign. Both are taken off: −t log σ(s) − (1 − t) log(1 − σ(s)).
one logarithm twice :: Both halves have −log σ(s), which is softplus(s) − s. With target 0 it is −log(1 − σ(s)), which is softplus(s): s is taken off t times.
factor 1 − t forgotten :: The half of target 0 counts in full. Its factor is 1 − t.
factor t forgotten :: The half of target 1 counts in full. Its factor is t.
probabilities for logarithms :: The logarithms are missing: the probability given to the truth has to go through −log.
squared error :: This is the squared error of the probability. The cross-entropy takes a logarithm.
absolute error :: This is the distance between probability and target. The cross-entropy takes a logarithm.
squared error of the logit :: This is the squared error between logit and target. The cross-entropy compares the probability, σ(s), with it.
logarithm of the distance :: This is −log(1 − |σ(s) − t|), which is right for targets of 0 and 1 and not for those between.
entropy taken off :: The entropy of the target was taken off: this is a divergence. The cross-entropy keeps it.
softmax for sigmoid :: The probabilities are a softmax over the row. Each logit is a question of its own: its sigmoid.
";

/// One logit's part of the loss: from the two logarithms, or from softplus(s) − t s.
fn bce_element(is: Is, two: bool, s: f64, t: f64) -> f64 {
    let (s, t) = if is("arguments swapped") { (t, s) } else { (s, t) };
    let s = if is("sigmoid twice") { probability(s) } else { s };
    let s = if is("tanh for sigmoid") { 2.0 * s } else { s };
    let yes = |yes: bool| f64::from(u8::from(yes));
    let t = match t {
        t if is("targets swapped") => 1.0 - t,
        t if is("targets of ±1") => 2.0 * t - 1.0,
        t if is("targets rounded") => yes(t > 0.5),
        t if is("target of 1 alone") => yes(t == 1.0),
        t if is("any target") => yes(t > 0.0),
        t if is("sigmoid of the target") => probability(t),
        t if is("target squared") => t * t,
        t => t,
    };
    let p = probability(s);
    let base = match () {
        _ if is("bits in softplus") => 2.0_f64.ln(),
        _ if is("base of ten in softplus") => 10.0_f64.ln(),
        _ => 1.0,
    };
    let soft = |s: f64| {
        let power = match -s.abs() {
            _ if is("power not negative") => s,
            _ if is("power of −s") => -s,
            size if is("power of the size") => -size,
            size if is("half a power") => size / 2.0,
            size => size,
        };
        let power = power.exp();
        let logarithm = match power.ln_1p() / base {
            _ if is("logarithm forgotten") => 0.0,
            _ if is("logarithm below 0 alone") && s > 0.0 => 0.0,
            _ if is("logarithm above 0 alone") && s < 0.0 => 0.0,
            _ if is("power without logarithm") => power,
            _ if is("1 added twice") => (1.0 + power).ln_1p() / base,
            _ if is("1 forgotten") => power.ln() / base,
            _ if is("1 taken off") => (-power).ln_1p() / base,
            right if is("sign of the logarithm") => -right,
            right => right,
        };
        let first = match s.max(0.0) {
            _ if is("maximum forgotten") => 0.0,
            _ if is("logit for maximum") => s,
            _ if is("minimum for maximum") => s.min(0.0),
            _ if is("1 for 0 in the maximum") => s.max(1.0),
            right => right,
        };
        let whole = first + logarithm;
        if is("sigmoid for softplus") { probability(s) } else { whole }
    };
    let (one, zero) = (soft(-s), soft(s));
    match () {
        _ if is("probabilities for logarithms") => {
            -(t * p + (1.0 - t) * (1.0 - p))
        }
        _ if is("squared error") => (p - t).powi(2),
        _ if is("absolute error") => (p - t).abs(),
        _ if is("squared error of the logit") => (s - t).powi(2),
        _ if is("logarithm of the distance") => -(-(p - t).abs()).ln_1p(),
        _ if is("one half") => t * one,
        _ if is("other half") => (1.0 - t) * zero,
        _ if is("sign of one half") => t * one - (1.0 - t) * zero,
        _ if is("one logarithm twice") => one,
        _ if is("factor 1 − t forgotten") => t * one + zero,
        _ if is("factor t forgotten") => one + (1.0 - t) * zero,
        _ if two => t * one + (1.0 - t) * zero,
        _ => {
            let product = match t * s {
                right if is("sign of t s") => -right,
                _ if is("targets forgotten") => 0.0,
                _ if is("logit forgotten") => t,
                _ if is("probability for logit") => t * p,
                right => right,
            };
            let soft = if is("softplus turned") { one } else { zero };
            soft - product
        }
    }
}

fn bce_with(is: Is, two: bool, [s, t]: &[Array2<f64>; 2]) -> ArrayD<f64> {
    let (rows, columns) = s.dim();
    let (mut sum, mut largest) = (0.0, f64::NEG_INFINITY);
    for i in rows_taken(is, rows) {
        for j in 0..columns {
            let left_out = is("first column left out") && j == 0
                || is("last column left out") && j + 1 == columns
                || is("first column alone") && j > 0;
            let (logit, target) = (s[(i, j)], t[(i, j)]);
            let mut one = bce_element(is, two, logit, target);
            if is("softmax for sigmoid") {
                let p = softmax(s)[(i, j)];
                one = -target * p.ln() - (1.0 - target) * (1.0 - p).ln();
            }
            if is("entropy taken off") {
                for t in [target, 1.0 - target] {
                    one += if t > 0.0 { t * t.ln() } else { 0.0 };
                }
            }
            sum += if left_out { 0.0 } else { one };
            largest = one.max(largest);
        }
    }
    let n = s.len() as f64;
    let count = match () {
        _ if is("sum for mean") => 1.0,
        _ if is("mean over rows") => rows as f64,
        _ if is("mean over columns") => columns as f64,
        _ if is("one less") => n - 1.0,
        _ if is("one more") => n + 1.0,
        _ if is("mean twice") => n * n,
        _ => n,
    };
    let times = factor(
        is,
        &[
            ("half", 0.5),
            ("twice", 2.0),
            ("sign", -1.0),
            ("bits", 1.0 / 2.0_f64.ln()),
            ("base of ten", 1.0 / 10.0_f64.ln()),
        ],
    );
    let mean = if is("largest") { largest } else { sum / count };
    let mean = if is("root") { mean.sqrt() } else { mean };
    arr0(mean * times).into_dyn()
}

/// Formulas of a logit that an answer may have taken.
const FORMULAS: [(&str, fn(f64) -> f64); 17] = [
    ("softplus(s)", softplus),
    ("softplus(−s)", |s| softplus(-s)),
    ("σ(s)", probability),
    ("σ(−s)", |s| probability(-s)),
    ("s", |s| s),
    ("1", |_| 1.0),
    ("max(s, 0)", |s| s.max(0.0)),
    ("|s|", f64::abs),
    ("log(1 + e^-|s|)", |s| (-s.abs()).exp().ln_1p()),
    ("e^s", f64::exp),
    ("e^-s", |s| (-s).exp()),
    ("tanh s", f64::tanh),
    ("σ(s)²", |s| probability(s).powi(2)),
    ("s²", |s| s * s),
    ("s σ(s)", |s| s * probability(s)),
    ("σ(σ(s))", |s| probability(probability(s))),
    ("softplus(σ(s))", |s| softplus(probability(s))),
];

/// Which formula, or sum of two of them, a function of a logit has.
fn in_words(of: impl Fn(f64) -> f64) -> Option<String> {
    let at = [-2.375, -1.125, -0.5, 0.625, 1.25, 2.875];
    let came = at.map(of);
    let is = |value: &dyn Fn(f64) -> f64| alike(&came, &at.map(value), 1e-9);
    if is(&|_| 0.0) {
        return Some("0".into());
    }
    let factors: [(&str, f64); 5] =
        [("", 1.0), ("−", -1.0), ("2 ", 2.0), ("½ ", 0.5), ("−2 ", -2.0)];
    for (by, a) in factors {
        for (name, f) in FORMULAS {
            if is(&|s| a * f(s)) {
                return Some(format!("{by}{name}"));
            }
        }
    }
    for (by, a) in factors {
        for (name, f) in FORMULAS {
            for (sign, b) in [("+", 1.0), ("−", -1.0)] {
                for (other, g) in FORMULAS {
                    if is(&|s| a * f(s) + b * g(s)) {
                        return Some(format!("{by}{name} {sign} {other}"));
                    }
                }
            }
        }
    }
    // One formula and a multiple of another: the number is found at one place, and has to hold at all.
    let zero: (&str, fn(f64) -> f64) = ("", |_| 0.0);
    for (name, f) in std::iter::once(zero).chain(FORMULAS) {
        for (other, g) in FORMULAS {
            let c = (came[0] - f(at[0])) / g(at[0]);
            if c.is_finite() && c != 0.0 && is(&|s| f(s) + c * g(s)) {
                let sign = if c < 0.0 { "−" } else { "+" };
                return Some(match name {
                    "" => format!("{c:.4} times {other}"),
                    name => {
                        format!("{name} {sign} {:.4} times {other}", c.abs())
                    }
                });
            }
        }
    }
    None
}

/// What an answer makes of a single logit, for each target by itself; `whole` is what it is to do with several.
fn one_logit(
    right: &dyn Fn(f64, f64) -> f64,
    came: &dyn Fn(f64, f64) -> f64,
    [no, yes]: [&str; 2],
    whole: &str,
) -> String {
    let at = [-2.375, -1.125, -0.5, 0.0, 0.625, 1.25, 2.875];
    let mut said = String::new();
    for (t, formula) in [(0.0, no), (1.0, yes)] {
        let (a, b) = (at.map(|s| right(s, t)), at.map(|s| came(s, t)));
        if alike(&b, &a, 1e-9) {
            said += &format!(" With a target of {t}, one logit is right.");
            continue;
        }
        said +=
            &format!(" With a target of {t}, one logit by itself asks for ");
        let first = (0..at.len()).find(|n| !alike(&[b[*n]], &[a[*n]], 1e-9));
        let n = first.unwrap_or(0);
        said += &match in_words(|s| came(s, t)) {
            Some(words) => format!("{formula}, and yours is {words}."),
            None => format!(
                "{formula}, at s = {} that is {:.5}, and yours is {:.5}.",
                at[n], a[n], b[n]
            ),
        };
    }
    let between = |f: &dyn Fn(f64, f64) -> f64| at.map(|s| f(s, 0.25));
    let ends = said.matches("is right").count() == 2;
    match alike(&between(came), &between(right), 1e-9) {
        true if ends => {
            format!(" One logit by itself is right; so look at {whole}.")
        }
        false if ends => {
            " Targets of 0 and 1 are right, and those between are not: they count as they are.".into()
        }
        _ => said,
    }
}

/// By which words two logits are apart.
const APART: [((usize, usize), &str); 2] =
    [((0, 1), "of its row"), ((1, 0), "of its column")];

/// How several logits and targets go together in a loss, if not each with its own target, and each as much as the others.
fn counted(candidate: fn(&Array2<f64>, &Array2<f64>) -> f64) -> String {
    let zeros = || Array2::<f64>::zeros((3, 5));
    let base = candidate(&zeros(), &zeros());
    let with = |at: (usize, usize), to: Option<(usize, usize)>| {
        let (mut s, mut t) = (zeros(), zeros());
        s[at] = 2.0;
        if let Some(to) = to {
            t[to] = 1.0;
        }
        candidate(&s, &t)
    };
    let half = zeros() + 0.5;
    let moved = |places: &[(usize, usize)]| {
        let mut s = zeros();
        places.iter().for_each(|at| s[*at] = 2.0);
        candidate(&s, &half) - candidate(&zeros(), &half)
    };
    for (place, of) in APART {
        let apart = moved(&[(0, 0)]) + moved(&[place]);
        if (moved(&[(0, 0), place]) - apart).abs() > 1e-9 {
            return format!(
                " What one logit costs changes with another one {of}. Each logit is a question by itself, with a sigmoid of its own."
            );
        }
    }
    let singles = [(0.0, 0.0), (2.0, 0.0), (2.0, 1.0)].map(|(s, t)| {
        let came = candidate(&array![[s]], &array![[t]]);
        (came - softplus(s) + t * s).abs() < 1e-9
    });
    if singles.contains(&false) {
        return String::new();
    }
    for at in ndarray::indices((3, 5)) {
        let apart = softplus(2.0) - softplus(0.0);
        let counts = (with(at, None) - base) / apart;
        if (counts - 1.0 / 15.0).abs() > 1e-9 {
            return format!(
                " In an array of 3 × 5, the logit at {at:?} counts {counts:.5} times what it costs by itself; each is to count 1/15."
            );
        }
    }
    for at in ndarray::indices((3, 5)) {
        let meets = |to: (usize, usize)| {
            (with(at, Some(to)) - with(at, None) + 2.0 / 15.0).abs() < 1e-9
        };
        if !meets(at) {
            let other =
                ndarray::indices((3, 5)).into_iter().find(|to| meets(*to));
            return format!(
                " In an array of 3 × 5, the logit at {at:?} does not meet the target there{}.",
                other.map_or(String::new(), |to| format!(
                    ", but that at {to:?}"
                ))
            );
        }
    }
    String::new()
}

/// With what else the gradient at one logit changes.
fn swayed(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> Array2<f64>,
) -> String {
    let zeros = || Array2::<f64>::zeros((3, 5));
    let base = candidate(&zeros(), &zeros())[(0, 0)];
    for (place, of) in APART {
        for (n, what) in ["logit", "target"].into_iter().enumerate() {
            let mut both = [zeros(), zeros()];
            both[n][place] = 1.0;
            let came = candidate(&both[0], &both[1])[(0, 0)];
            if (came - base).abs() > 1e-9 {
                return format!(
                    " The gradient at one logit changes with another {what} {of}. Each logit is a question by itself, with a sigmoid \
                     and a target of its own."
                );
            }
        }
    }
    String::new()
}

fn bce_factors(
    [s, t]: &[Array2<f64>; 2],
) -> Vec<(&'static str, ArrayD<f64>)> {
    let (rows, columns) = s.dim();
    vec![
        ("the number of rows", number(rows as f64)),
        ("the number of columns", number(columns as f64)),
        ("the number of elements", number(s.len() as f64)),
        ("its root", number((s.len() as f64).sqrt())),
        ("2", number(2.0)),
        ("log 2", number(2.0_f64.ln())),
        ("the sum of the targets", number(t.sum())),
        ("the sum of the logits", number(s.sum())),
    ]
}

pub fn bce_with_logits(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § A loss on logits, equation 0.5";
    let cases = bce_cases();
    let when =
        |[s, _]: &[Array2<f64>; 2]| format!("for logits of {:?}", s.dim());
    let (came, ended) = gathered(SEE, &cases, when, |[s, t]| candidate(s, t));
    let right = cases.iter().map(|c| bce_with(&none, false, c).sum());
    let nearly =
        |(came, right): (&f64, f64)| (came - right).abs() < 1e-3 * right;
    if ended.is_ok() && came.iter().zip(right).all(nearly) {
        bce_far(candidate, SEE)?;
    }
    let came: Vec<_> = came.iter().map(|v| arr0(*v).into_dyn()).collect();
    let one = |s: f64, t: f64| candidate(&array![[s]], &array![[t]]);
    let otherwise = |_: &[Array2<f64>; 2]| {
        let mut said = String::new();
        if ended.is_ok() {
            said = one_logit(
                &|s, t| softplus(s) - t * s,
                &one,
                ["softplus(s)", "softplus(−s)"],
                "how several are added up and what the sum is divided by",
            );
            said += &seen(|| counted(candidate)).unwrap_or_default();
        }
        ("value", format!("The loss is wrong at ordinary logits.{said}"))
    };
    let part = Part {
        text: BCE,
        with: &[&|is, c| bce_with(is, false, c), &|is, c| {
            bce_with(is, true, c)
        }],
        tolerance: 1e-10,
        see: SEE,
        otherwise: &otherwise,
        size: &|[s, _]| s.len(),
        factors: &bce_factors,
        tells: true,
    };
    part.judged(&cases, &came)?;
    ended?;
    bce_far(candidate, SEE)
}

/// The same at logits far from 0, one by one if the whole is wrong.
fn bce_far(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> f64,
    see: &'static str,
) -> Result<(), Diagnosis> {
    let told = |name, what: &str| Diagnosis::new(name, what, see);
    let right = FAR.map(|(s, t)| softplus(s) - t * s);
    let (came, ended) = gathered(
        see,
        &FAR,
        |(s, t)| format!("at s = {s}, t = {t}"),
        |(s, t)| candidate(&array![[*s]], &array![[*t]]),
    );
    ended?;
    if alike(&came, &right, 1e-10) {
        let otherwise = told(
            "extremes together",
            "Each logit far from 0 is right by itself, and several together are not.",
        );
        let mean = right.iter().sum::<f64>() / FAR.len() as f64;
        let [s, t] = far();
        let came = arr0(candidate(&s, &t));
        return judge(&arr0(mean), &came, 1e-10, vec![], otherwise);
    }
    let textbook = |s: f64, t: f64, least: f64| {
        let p = probability(s).clamp(least, 1.0 - least);
        -(t * p.ln() + (1.0 - t) * (1.0 - p).ln())
    };
    let added = |s: f64, t: f64, least: f64| {
        let p = probability(s);
        -(t * (p + least).ln() + (1.0 - t) * (1.0 - p + least).ln())
    };
    let least = (-came[2]).exp().min(0.5);
    let is = |of: &dyn Fn(f64, f64) -> f64, tolerance| {
        alike(&came, &FAR.map(|(s, t)| of(s, t)), tolerance)
    };
    // 0 times an infinite logarithm is NaN, in some ways of writing it.
    let broken = |of: &dyn Fn(f64, f64) -> f64| {
        FAR.iter()
            .zip(&came)
            .all(|((s, t), c)| of(*s, *t).is_finite() == c.is_finite())
    };
    let cut = |s: f64, t: f64| {
        let s = s.clamp(-came[2].abs(), came[2].abs());
        softplus(s) - t * s
    };
    let finite = came.iter().all(|v| v.is_finite());
    let limited = [came[2], came[3]].iter().all(|v| *v > 0.0 && *v < 900.0);
    let apart = |(n, right): (usize, &f64)| {
        let (s, t) = FAR[n];
        let wrong = !alike(&[came[n]], &[*right], 1e-10);
        wrong.then(|| format!("s = {s}, t = {t}"))
    };
    let places: Vec<String> =
        right.iter().enumerate().filter_map(apart).collect();
    let places = places.join("; ");
    let diagnosis = if finite
        && (limited
            || is(&cut, 1e-6)
            || is(&|s, t| textbook(s, t, least), 0.02)
            || is(&|s, t| added(s, t, least), 0.02))
    {
        told(
            "clamped",
            "Far from 0 the loss stops growing: the logit was cut, or its probability kept away from 0, and that is all that is left of 1,000. \
             A network so wrong would hear nothing of it. Work on the logit.",
        )
    } else if !finite && broken(&|s, t| (1.0 + s.exp()).ln() - t * s) {
        told(
            "power overflows",
            "e^s is infinite at a logit of 1,000. In softplus take max(s, 0) out first; then the power is that of −|s|.",
        )
    } else if !finite && broken(&|s, t| (1.0 + (-s).exp()).ln() + s - t * s) {
        told(
            "power overflows",
            "e^-s is infinite at a logit of −1,000. In softplus take max(s, 0) out first; then the power is that of −|s|.",
        )
    } else if !finite && broken(&|s, t| textbook(s, t, 0.0)) {
        told(
            "log of a probability",
            "At logits far from 0 the loss is not a number any more. σ(s) rounds to 0 or 1 there, and its logarithm to minus infinity. \
             Work on the logit, not on the probability.",
        )
    } else if !finite {
        told(
            "not a number",
            &format!(
                "At logits far from 0 the loss is not a number any more: some power is infinite, or a logarithm that of 0. These are \
                 wrong: {places}."
            ),
        )
    } else {
        told(
            "extremes",
            &format!(
                "Ordinary logits are right, and these far from 0 are not: {places}. If there is a case of its own for large logits, \
                 look at it: where s is large, softplus(s) is s, and where s is far below 0 it is 0."
            ),
        )
    };
    let wrong = |n: &usize| !alike(&[came[*n]], &[right[*n]], 1e-10);
    let n = (0..FAR.len()).find(wrong).unwrap_or(0);
    let (s, t) = FAR[n];
    Err(diagnosis.with(format!("{} at s = {s}, t = {t}", right[n]), came[n]))
}

const BCE_BACK: &str = "
sign :: The sign is turned: this points uphill, towards a larger loss.
mean forgotten :: This is the gradient of the sum. The loss is a mean over all elements, so each gradient is divided by their number.
mean over rows :: This was divided by the number of rows. The loss is a mean over all elements, in both directions.
mean over columns :: This was divided by the number of columns. The loss is a mean over all elements, in both directions.
one less :: This was divided by one less than there are elements. A mean divides by their number.
mean twice :: This was divided by the number of elements twice.
twice :: This is twice the gradient. The 2 belongs to a square; the cross-entropy has none.
half :: This is half the gradient: there is a factor ½ too many.
extra derivative :: There is a factor σ(1 − σ) too many. It belongs to the squared error; in the cross-entropy it cancels, which is why that \
    loss still teaches a confident, wrong network.
factor of the probability :: There is a factor σ(s) too many.
factor of its rest :: There is a factor 1 − σ(s) too many.
at the probability :: This is the gradient at the probability. The chain rule multiplies it by σ' = σ(1 − σ) to come to the logit.
squared :: This is the square of σ(s) − t. The gradient is σ(s) − t itself, which has a sign.
sizes :: This is the size of σ(s) − t. The gradient has a sign.
signs alone :: This is the sign of σ(s) − t alone.
times the logit :: There is a factor s too many. The gradient at a logit is σ(s) − t over the number of elements.
times the target :: There is a factor t too many. The gradient at a logit is σ(s) − t over the number of elements.
weighed by the target :: The target multiplies the whole: t (σ(s) − 1). That is one half of the loss; the other has a gradient too.
one half :: This is what −(1 − t) log(1 − σ(s)) gives. The other half, −t log σ(s), has a gradient too.
sign of one half :: Of the gradients of the two logarithms one has the wrong sign: −t (1 − σ) and + (1 − t) σ are added.
1 − t for t :: What is taken off is t; here t and 1 − t have changed places: this is the gradient for targets 1 − t.
sign of t :: The target was added. It is taken off: the gradient is 0 where the probability is the target.
targets forgotten :: This is the gradient of softplus(s) alone; the term t s has one as well.
target alone :: This is the gradient of − t s alone; softplus(s) has one as well: the sigmoid.
targets of ±1 :: Targets were taken for −1 and 1. They are 0 and 1.
targets rounded :: Targets were rounded to 0 or 1. Those between count as they are.
target of 1 alone :: Only targets that are 1 were taken for yes. Those between count as they are.
any target :: Any target above 0 was taken for yes. Those between count as they are.
sigmoid of the target :: The targets went through the sigmoid. They are probabilities already.
product t s :: What is taken off is t s. The derivative of t s in s is t.
logit taken off :: What is taken off is s. The derivative of t s in s is t.
sigmoid forgotten :: This compares the logit with the target. It is the probability, σ(s), that is compared.
sigmoid twice :: The logits went through the sigmoid twice. s are logits, and σ(s) the probability.
sigmoid turned :: Here is 1 − σ(s) where σ(s) belongs: the sign in the power of e.
1 forgotten in the sigmoid :: The 1 is missing in the sigmoid: this is e^s.
1 taken off in the sigmoid :: The sigmoid has the wrong sign in it: it is 1 / (1 + e^-s).
power of the sigmoid alone :: Here is e^-s where the sigmoid belongs: 1 / (1 + e^-s).
numerator of the sigmoid :: The sigmoid is e^-s / (1 + e^s) or the like: one sign of its two powers is wrong. It is 1 / (1 + e^-s).
arguments swapped :: Logits and targets have changed places.
tanh for sigmoid :: Here is the hyperbolic tangent. The derivative of softplus is the sigmoid.
slope for probability :: Here is σ(1 − σ), the slope of the sigmoid, where σ itself belongs: the derivative of softplus is the sigmoid.
size for logit :: This takes σ at |s|. Only the form of softplus has |s|; its derivative is σ(s), small where s is far below 0.
size below 0 :: This takes σ at −|s|. Only the form of softplus has |s|; its derivative is σ(s).
decision for probability :: Here the probability was rounded to 0 or 1. It is σ(s) itself that is compared with the target.
decision, ties up :: Here the probability was rounded to 0 or 1, and to 1 at s = 0. It is σ(s) itself that is compared with the target.
derivatives of the two terms :: Of max(s, 0) + log(1 + e^-|s|) the first term's slope was taken, and the second's has the wrong sign.
softplus for sigmoid :: Here is the softplus itself. Its derivative is the sigmoid.
logarithm of the probability :: Here is log σ(s) where σ(s) belongs.
softmax for sigmoid :: The probabilities are a softmax over the row. Each logit is a question of its own: its sigmoid.
loss for gradient :: This is the loss of each element. The gradient is its derivative, σ(s) − t over the number of elements.
a mean of gradients :: All elements are one number, the mean of what they should be. The loss is a mean; its gradient has an element for \
    each logit.
mean of each column :: Each column has one number, the mean over the rows. The gradient has an element for each logit.
mean of each row :: Each row has one number, the mean over its columns. The gradient has an element for each logit.
transposed :: The gradient is transposed: it has the shape of the logits.
first row left out :: The first row has no gradient.
last row left out :: The last row has no gradient.
first row alone :: Only the first row has a gradient.
one row :: Only the last row has a gradient.
";

fn bce_back_element(is: Is, s: f64, t: f64, of_row: f64) -> f64 {
    let (s, t) = if is("arguments swapped") { (t, s) } else { (s, t) };
    let yes = |yes: bool| f64::from(u8::from(yes));
    let t = match t {
        t if is("1 − t for t") => 1.0 - t,
        t if is("targets of ±1") => 2.0 * t - 1.0,
        t if is("targets rounded") => yes(t > 0.5),
        t if is("target of 1 alone") => yes(t == 1.0),
        t if is("any target") => yes(t > 0.0),
        t if is("sigmoid of the target") => probability(t),
        t => t,
    };
    let taken = match t {
        t if is("sign of t") => -t,
        _ if is("targets forgotten") => 0.0,
        t if is("product t s") => t * s,
        _ if is("logit taken off") => s,
        t => t,
    };
    let p = match probability(s) {
        _ if is("target alone") => 0.0,
        _ if is("softmax for sigmoid") => of_row,
        _ if is("sigmoid forgotten") => s,
        right if is("sigmoid twice") => probability(right),
        right if is("sigmoid turned") => 1.0 - right,
        _ if is("1 forgotten in the sigmoid") => s.exp(),
        _ if is("1 taken off in the sigmoid") => 1.0 / (1.0 - (-s).exp()),
        _ if is("power of the sigmoid alone") => (-s).exp(),
        _ if is("numerator of the sigmoid") => (-s).exp() / (1.0 + s.exp()),
        _ if is("tanh for sigmoid") => s.tanh(),
        right if is("slope for probability") => right * (1.0 - right),
        _ if is("size for logit") => probability(s.abs()),
        _ if is("size below 0") => probability(-s.abs()),
        _ if is("decision for probability") => yes(s > 0.0),
        _ if is("decision, ties up") => yes(s >= 0.0),
        _ if is("derivatives of the two terms") => {
            yes(s > 0.0) + s.signum() * probability(-s.abs())
        }
        _ if is("softplus for sigmoid") => softplus(s),
        right if is("logarithm of the probability") => right.ln(),
        right => right,
    };
    let d = match p - taken {
        _ if is("weighed by the target") => t * (p - 1.0),
        _ if is("one half") => (1.0 - t) * p,
        _ if is("sign of one half") => -t * (1.0 - p) - (1.0 - t) * p,
        _ if is("loss for gradient") => softplus(s) - t * s,
        d if is("squared") => d * d,
        d if is("sizes") => d.abs(),
        d if is("signs alone") => d.signum(),
        d => d,
    };
    let times = factor(
        is,
        &[
            ("extra derivative", p * (1.0 - p)),
            ("factor of the probability", p),
            ("factor of its rest", 1.0 - p),
            ("at the probability", 1.0 / (p * (1.0 - p))),
            ("times the logit", s),
            ("times the target", t),
            ("sign", -1.0),
            ("twice", 2.0),
            ("half", 0.5),
        ],
    );
    d * times
}

fn bce_back_with(is: Is, [s, t]: &[Array2<f64>; 2]) -> ArrayD<f64> {
    let (rows, columns) = s.dim();
    let n = s.len() as f64;
    let of_rows = softmax(s);
    let mut d = Array2::zeros(s.dim());
    for i in rows_taken(is, rows) {
        for j in 0..columns {
            let at = (i, j);
            d[at] = bce_back_element(is, s[at], t[at], of_rows[at]);
        }
    }
    let count = match () {
        _ if is("mean forgotten") => 1.0,
        _ if is("mean over rows") => rows as f64,
        _ if is("mean over columns") => columns as f64,
        _ if is("one less") => n - 1.0,
        _ if is("mean twice") => n * n,
        _ => n,
    };
    let mut d = d / count;
    if is("a mean of gradients") {
        let sum = d.sum();
        d.fill(sum);
    } else if is("mean of each column") {
        let mean = d.sum_axis(Axis(0));
        d.rows_mut().into_iter().for_each(|mut row| row.assign(&mean));
    } else if is("mean of each row") {
        let mean = d.sum_axis(Axis(1));
        d.columns_mut().into_iter().for_each(|mut c| c.assign(&mean));
    }
    let d = if is("transposed") { d.reversed_axes() } else { d };
    d.into_dyn()
}

pub fn bce_backward(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § A loss on logits, equation 0.6";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let mut cases = bce_cases();
    cases.push([Array2::zeros((0, 3)), Array2::zeros((0, 3))]);
    let when =
        |[s, _]: &[Array2<f64>; 2]| format!("for logits of {:?}", s.dim());
    let (came, ended) = gathered(SEE, &cases, when, |[s, t]| candidate(s, t));
    let came: Vec<_> = came.into_iter().map(|d| d.into_dyn()).collect();
    let singles = ended.is_ok()
        && cases.iter().zip(&came).all(|(c, d)| c[0].shape() == d.shape());
    let one = |s: f64, t: f64| candidate(&array![[s]], &array![[t]]).sum();
    let otherwise = |_: &[Array2<f64>; 2]| {
        let said = match singles {
            true => one_logit(
                &|s, t| probability(s) - t,
                &one,
                ["σ(s)", "σ(s) − 1"],
                "what several of them are divided by",
            ),
            false => String::new(),
        };
        let others = seen(|| swayed(candidate)).unwrap_or_default();
        ("value", format!("The gradient is wrong.{said}{others}"))
    };
    let part = Part {
        text: BCE_BACK,
        with: &[&bce_back_with],
        tolerance: 1e-10,
        see: SEE,
        otherwise: &otherwise,
        size: &|[s, _]| if s.is_empty() { usize::MAX } else { s.len() },
        factors: &bce_factors,
        tells: true,
    };
    part.judged(&cases, &came)?;
    ended?;
    let [s, t] = far();
    let n = s.len() as f64;
    let right = (s.mapv(probability) - &t) / n;
    let came = tried(SEE, "far from 0", || candidate(&s, &t))?;
    let of = |element: &dyn Fn(f64, f64) -> f64| {
        FAR.map(|(s, t)| element(s, t) / n)
    };
    let quotient = of(&|s, t| s.exp() / (1.0 + s.exp()) - t);
    let chain = of(&|s, t| {
        let p = probability(s);
        let at_p = (1.0 - t) / (1.0 - p) - t / p;
        at_p * p * (1.0 - p)
    });
    let numbers: Vec<f64> = came.iter().copied().collect();
    let otherwise = if alike(&numbers, &quotient, 1e-10) {
        told(
            "power overflows",
            "At a logit of 1,000 e^s is infinite, and e^s / (1 + e^s) infinity over infinity. Write σ(s) as 1 / (1 + e^-s).",
        )
    } else if alike(&numbers, &chain, 1e-10)
        || numbers.iter().all(|v| v.is_nan())
    {
        told(
            "not simplified",
            "Far from 0, σ(s) rounds to 0 or 1, and this divides by σ(s) or by 1 − σ(s). On paper these factors cancel: cancel them before \
             you compute.",
        )
    } else if numbers.iter().any(|v| !v.is_finite()) {
        told(
            "not a number",
            "At logits of ±1,000 the gradient is not a number any more: a power there is infinite and was divided by itself, or something \
             was divided by 0.",
        )
    } else {
        told(
            "extremes",
            "Ordinary logits are right, and some of ±40 and ±1,000 are not: a logit or its probability was cut, or a case for large \
             logits is wrong. σ(s) is nearly 1 for large s, nearly 0 far below 0.",
        )
    };
    judge(&right, &came, 1e-10, vec![], otherwise)
}

const NUMERIC: &str = "
forward difference :: This is the forward difference. Its error shrinks with h, that of the central difference with h²: step to both \
    sides.
backward difference :: This is the difference to the left. Its error shrinks with h, that of the central difference with h²: step to \
    both sides.
one side :: This is the value to the right minus the one in the middle, over 2h. The other end of the distance is a step to the left.
other side :: This is the value in the middle minus the one to the left, over 2h. The other end of the distance is a step to the right.
second derivative :: This is the second derivative. The first is the value to the right minus that to the left, over 2h.
sum for difference :: The two values were added. It is the one to the right minus the one to the left.
right alone :: This is the value to the right alone. Take off the one to the left.
left alone :: This is the value to the left alone. It is taken off the one to the right.
largest slope :: Of the slopes to the right and to the left the larger was taken. The central difference has both ends in one quotient.
distance :: This is twice the slope. From one step left to one step right the distance is 2h.
distance of four :: This was divided by 4h. From one step left to one step right the distance is 2h.
divided by 2 :: This was divided by 2, and not by 2h. The distance between the two points is 2h.
divided by 2 + h :: This was divided by 2 + h. The distance between the two points is 2 times h.
order of operations :: `a / 2.0 * h` is (a / 2) · h. The distance wants brackets: `a / (2.0 * h)`.
distance forgotten :: This is the difference of the two values. Divide it by the distance between the two points, 2h.
times the distance :: The difference was multiplied by 2h. Divide it by 2h.
step squared :: This was divided by h². The distance between the two points is 2h.
twice the step squared :: This was divided by 2h². The distance between the two points is 2h.
brackets of the difference :: `a - b / (2.0 * h)` divides b alone. The difference wants brackets: `(a - b) / (2.0 * h)`.
sign :: The sign is turned: it is the value to the right minus the value to the left.
size alone :: The slopes have lost their signs.
squared :: The slopes were squared.
over their number :: The slopes were divided by the number of elements. Each element has a slope of its own; nothing is averaged.
mean of slopes :: All slopes are one number, their mean. Each element has a slope of its own.
sum of slopes :: All slopes are one number, their sum. Each element has a slope of its own.
added up :: Each slope has those of the elements before it in it. Begin anew for each element.
times the element :: Each slope was multiplied by its element.
added to the element :: Each slope was added to its element: the result starts as a copy of x, and is to be overwritten.
step downhill :: This is x minus its gradient. The gradient alone was asked for.
step uphill :: Each slope was taken off its element, and the sign is turned.
wide steps :: This moves by 2h to either side, over 4h. It is h to either side, so that the distance is 2h.
two steps :: This moves by 2h to either side. It is h to either side, so that the distance is 2h.
narrow steps :: This moves by h/2 to either side, over h. It is h to either side, over 2h.
half a step :: This moves by h/2 to either side and divides by 2h. Move by h.
step squared in the move :: This moves by h². Move by h.
unequal steps :: This moves by h to the right, and by 2h to the left. It is h to either side.
step in shares :: The step was h times the element, which is no step at all where the element is 0. Move each by h itself.
step in shares, over them :: The step was h times the element, and so was the distance: where the element is 0, that is 0 / 0. Move each by h.
step in sizes :: The step grows with the element: h · max(1, |x|) or the like. Move each by h itself.
step of 1 more :: The step grows with the element: h · (1 + |x|) or the like. Move each by h itself.
set, not moved :: The element was set to h and to −h. Move it by h from where it is (`+=`).
others at 0 :: All elements but the one that moves are 0. They stay where they are, at x.
around zero :: The slopes are those at 0. Take them at x: begin with a copy of x.
always the first :: All slopes are that of the first element. For slope n it is element n that moves.
always the last :: All slopes are that of the last element. For slope n it is element n that moves.
the next one :: For slope n, element n + 1 is moved. It is element n.
the one before :: For slope n, element n − 1 is moved. It is element n.
reversed :: The slopes are in reversed order.
all at once :: All elements moved together, so that every slope is the same. Move one, and leave the others where they are.
all from there :: For slope n, all elements from n on are moved. Move one, and leave the others where they are.
not put back :: An element that was moved has to be put back before the next one moves: the first element is right, and later ones are \
    those of another point.
left, not put back :: An element that was moved by −2h stays there when the next one moves. Put it back: the first element is right, and \
    later ones are those of another point.
put back too far :: An element is put back by 2h, where it came by −h: later ones are those of another point.
right not put back :: Elements are put back on the left and stay moved on the right. Begin each with a copy of x.
left not put back :: Elements are put back on the right and stay moved on the left. Begin each with a copy of x.
first left out :: Element 0 is 0, and its slope is not: the loop goes over all elements, from 0 on.
last left out :: The last element is 0, and its slope is not: the loop goes over all elements, to the end.
first alone :: All elements but the first are 0. Each has a slope.
zeros left out :: Where an element of x is 0, so is your slope. It moves by h as well.
";

/// A function, a point, a step.
type Point = (fn(&Array1<f64>) -> f64, Array1<f64>, f64);

fn numeric_cases() -> [Point; 5] {
    fn four(x: &Array1<f64>) -> f64 {
        x[0].powi(3) + x[0] * x[1] - x[1] * x[1] * x[2] + x[2].powi(3)
            - 2.0 * x[2]
            + x[3] * x[3] / 500.0
            + x[3] * x[2] / 100.0
    }
    fn one(x: &Array1<f64>) -> f64 {
        x[0].powi(3) - 2.0 * x[0]
    }
    let two = |x: &Array1<f64>| x[0].exp() * x[1] + x[1] * x[1] - 3.0;
    let point = array![1.0, -2.0, 0.0, 1000.0];
    [
        (one, array![1.5], 0.25),
        (two, array![0.5, -1.25], 0.125),
        (four, point.clone(), 0.5),
        (four, point, 0.01),
        (|_| 1.0, Array1::zeros(0), 0.1),
    ]
}

fn numeric_with(is: Is, (f, x, h): &Point) -> ArrayD<f64> {
    let (h, count) = (*h, x.len());
    let (mut up, mut down, mut one) = (x.clone(), x.clone(), x.clone());
    let mut slopes = Array1::zeros(count);
    for n in 0..count {
        let k = match n {
            _ if is("always the first") => 0,
            _ if is("always the last") => count - 1,
            n if is("the next one") => (n + 1) % count,
            n if is("the one before") => (n + count - 1) % count,
            n => n,
        };
        let by = match h {
            h if is("two steps") || is("wide steps") => 2.0 * h,
            h if is("half a step") || is("narrow steps") => h / 2.0,
            h if is("step squared in the move") => h * h,
            h if is("step in shares") => h * x[k],
            h if is("step in shares, over them") => h * x[k],
            h if is("step in sizes") => h * x[k].abs().max(1.0),
            h if is("step of 1 more") => h * (1.0 + x[k].abs()),
            h => h,
        };
        let moved = |by: f64| {
            let mut x = x.clone();
            if is("around zero") || is("others at 0") {
                let own = x[k];
                x.fill(0.0);
                x[k] = if is("others at 0") { own } else { 0.0 };
            }
            match () {
                _ if is("all at once") => x += by,
                _ if is("all from there") => {
                    x.iter_mut().skip(k).for_each(|v| *v += by);
                }
                _ if is("set, not moved") => x[k] = by,
                _ => x[k] += by,
            }
            x
        };
        let far = if is("unequal steps") { 2.0 } else { 1.0 };
        let (mut right, mut left) = (moved(by), moved(-far * by));
        if is("not put back") || is("right not put back") {
            up[k] += by;
            right.clone_from(&up);
        }
        if is("not put back") || is("left not put back") {
            down[k] -= by;
            left.clone_from(&down);
        }
        if is("left, not put back") || is("put back too far") {
            one[k] += by;
            right.clone_from(&one);
            one[k] -= 2.0 * by;
            left.clone_from(&one);
        }
        if is("put back too far") {
            one[k] += 2.0 * by;
        }
        let (r, c, l) = (f(&right), f(x), f(&left));
        let difference = match () {
            _ if is("forward difference") || is("one side") => r - c,
            _ if is("backward difference") || is("other side") => c - l,
            _ if is("second derivative") => r - 2.0 * c + l,
            _ if is("sum for difference") => r + l,
            _ if is("right alone") => r,
            _ if is("left alone") => l,
            _ if is("largest slope") => 2.0 * (r - c).max(c - l),
            _ if is("brackets of the difference") => r * 2.0 * h - l,
            _ => r - l,
        };
        let distance = match () {
            _ if is("forward difference") => h,
            _ if is("backward difference") => h,
            _ if is("second derivative") => h * h,
            _ if is("distance") || is("narrow steps") => h,
            _ if is("distance of four") || is("wide steps") => 4.0 * h,
            _ if is("divided by 2") => 2.0,
            _ if is("divided by 2 + h") => 2.0 + h,
            _ if is("order of operations") => 2.0 / h,
            _ if is("distance forgotten") => 1.0,
            _ if is("times the distance") => 1.0 / (2.0 * h),
            _ if is("step squared") => h * h,
            _ if is("twice the step squared") => 2.0 * h * h,
            _ if is("step in shares, over them") => 2.0 * by,
            _ => 2.0 * h,
        };
        let left_out = is("first left out") && n == 0
            || is("last left out") && n + 1 == count
            || is("first alone") && n > 0
            || is("zeros left out") && x[n] == 0.0;
        slopes[n] = if left_out { 0.0 } else { difference / distance };
    }
    let times = factor(is, &[("sign", -1.0)]);
    slopes *= times;
    if is("size alone") {
        slopes.mapv_inplace(f64::abs);
    } else if is("squared") {
        slopes.mapv_inplace(|v| v * v);
    } else if is("over their number") {
        slopes /= count as f64;
    } else if is("mean of slopes") {
        let sum = slopes.sum();
        slopes.fill(sum / count as f64);
    } else if is("sum of slopes") {
        let sum = slopes.sum();
        slopes.fill(sum);
    } else if is("added up") {
        slopes.accumulate_axis_inplace(Axis(0), |a, b| *b += a);
    } else if is("times the element") {
        slopes *= x;
    } else if is("added to the element") {
        slopes += x;
    } else if is("step downhill") {
        slopes = x - slopes;
    } else if is("step uphill") {
        slopes -= x;
    } else if is("reversed") {
        slopes.invert_axis(Axis(0));
    }
    slopes.into_dyn()
}

/// Where a function was asked, if not where it should have been: x with one element moved by h.
fn asked(points: &[Array1<f64>], x: &Array1<f64>, h: f64) -> String {
    let differs = |at: &Array1<f64>| {
        let all = at.iter().zip(x).enumerate();
        let apart = all.map(|(n, (a, b))| (n, a - b));
        apart.filter(|(_, by)| by.abs() > 1e-12).collect::<Vec<_>>()
    };
    let is_step = |by: f64| (by.abs() - h).abs() < 1e-9;
    if points.is_empty() {
        return " f was never asked: call it at x with one element moved."
            .into();
    }
    if let Some(at) = points.iter().find(|at| at.len() != x.len()) {
        return format!(
            " f was asked at a point of {} elements, and x has {}.",
            at.len(),
            x.len()
        );
    }
    for (call, at) in points.iter().enumerate() {
        let by = differs(at);
        let right = by.is_empty() || by.len() == 1 && is_step(by[0].1);
        if !right {
            let moves: Vec<String> = by
                .iter()
                .map(|(n, by)| format!("element {n} is moved by {by:.5}"))
                .collect();
            return format!(
                " Look at where f is asked: with h = {h}, the call number {} (counted from 1) is at a point where {}. One element \
                 alone moves, by h or by −h.",
                call + 1,
                moves.join(" and ")
            );
        }
    }
    for n in 0..x.len() {
        for (step, way) in [(h, "right"), (-h, "left")] {
            let there = |at: &Array1<f64>| {
                let by = differs(at);
                by.len() == 1 && by[0].0 == n && (by[0].1 - step).abs() < 1e-9
            };
            if !points.iter().any(there) {
                return format!(
                    " f is never asked where element {n} alone has moved to the {way}, by {h}."
                );
            }
        }
    }
    " f is asked where it should be, a step to the right and a step to the left of each element. What is made of the two values \
     is wrong, or where it is put."
        .into()
}

pub fn numeric_gradient(candidate: NumericGradient) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § Can a gradient be trusted?, equation 0.9";
    let cases = numeric_cases();
    let when = |(_, x, h): &Point| match x.len() {
        0 => "where x has no element".to_string(),
        n => format!("where x has {n} elements and h is {h}"),
    };
    let (came, ended) =
        gathered(SEE, &cases, when, |(f, x, h)| candidate(f, x, *h));
    let came: Vec<_> = came.into_iter().map(|d| d.into_dyn()).collect();
    let otherwise = |(f, x, h): &Point| {
        let points = RefCell::new(Vec::new());
        let spy = |at: &Array1<f64>| {
            points.borrow_mut().push(at.clone());
            f(at)
        };
        let came = candidate(&spy, x, *h);
        let exact = numeric_with(&none, &(*f, x.clone(), 1e-4));
        let exact: Vec<f64> = exact.iter().copied().collect();
        let right = numeric_with(&none, &(*f, x.clone(), *h));
        let right: Vec<f64> = right.iter().copied().collect();
        let own = came.len() == x.len()
            && !alike(&right, &exact, 1e-2)
            && alike(&to_vec(&came), &exact, 1e-2);
        let asked = asked(&points.borrow(), x, *h);
        match () {
            _ if x.is_empty() => (
                "no element",
                "Of no element there is no slope: the result is empty."
                    .to_string(),
            ),
            _ if own => (
                "own step",
                format!(
                    "This is nearly the derivative itself, nearer than a central difference of step h comes: another step, or a finer \
                     formula than was asked for. Step by h to both sides.{asked}"
                ),
            ),
            _ => ("value", format!("The quotient is wrong.{asked}")),
        }
    };
    let part = Part {
        text: NUMERIC,
        with: &[&numeric_with],
        tolerance: 1e-9,
        see: SEE,
        otherwise: &otherwise,
        size: &|(_, x, _)| if x.is_empty() { usize::MAX } else { x.len() },
        factors: &|(f, x, h)| {
            let value = if x.is_empty() { 1.0 } else { f(x) };
            let places = (1..=x.len()).map(|n| n as f64);
            vec![
                ("the element of x", x.clone().into_dyn()),
                ("the size of the element", x.mapv(f64::abs).into_dyn()),
                ("h", number(*h)),
                ("2", number(2.0)),
                ("f(x)", number(value)),
                ("the number of elements", number(x.len() as f64)),
                ("the length of x", number(x.dot(x).sqrt())),
                (
                    "the element's place",
                    places.collect::<Array1<_>>().into_dyn(),
                ),
            ]
        },
        tells: true,
    };
    part.judged(&cases, &came)?;
    ended
}

fn to_vec(of: &Array1<f64>) -> Vec<f64> {
    of.iter().copied().collect()
}

const ADAM: &str = "
not corrected :: The running means start at zero and are too small at first; v more than m, so the first steps come out too large. \
    Divide m by 1 − β₁ᵗ and v by 1 − β₂ᵗ.
v not corrected :: m was divided by 1 − β₁ᵗ, and v was not divided by 1 − β₂ᵗ. Both means start at zero.
m not corrected :: v was divided by 1 − β₂ᵗ, and m was not divided by 1 − β₁ᵗ. Both means start at zero.
power forgotten :: The means were divided by 1 − β at every step. At step t it is 1 − βᵗ, which goes to 1.
power of m forgotten :: m was divided by 1 − β₁ at every step. At step t it is 1 − β₁ᵗ, which goes to 1.
power of v forgotten :: v was divided by 1 − β₂ at every step. At step t it is 1 − β₂ᵗ, which goes to 1.
1 minus forgotten :: The means were divided by βᵗ. It is 1 − βᵗ.
1 plus :: The means were divided by 1 + βᵗ. It is 1 − βᵗ.
power of the difference :: The means were divided by (1 − β)ᵗ. It is 1 − βᵗ.
product for power :: 1 − β t has β times t. It is β to the power t.
a step too many :: The power is t + 1. Steps are counted from 1 already, so it is t itself.
a step too few :: The power is t − 1. Steps are counted from 1, so it is t itself; at t = 1 yours divides by 1 − β⁰, which is 0.
corrections swapped :: The corrections have changed places: m is divided by 1 − β₁ᵗ, v by 1 − β₂ᵗ.
corrected with β₁ :: v was corrected with β₁. It is divided by 1 − β₂ᵗ.
corrected with β₂ :: m was corrected with β₂. It is divided by 1 − β₁ᵗ.
corrected the wrong way :: The means were multiplied by 1 − βᵗ. They are too small, so they are divided by it.
corrected twice :: The means were divided by 1 − βᵗ twice.
corrected behind the root :: v was corrected behind the root. Divide v by 1 − β₂ᵗ first, and take the root of that.
corrected means kept :: The means that were corrected went back into m and v. The next step then corrects them again: keep the uncorrected \
    ones.
corrected m kept :: The corrected m went back into m. The next step then corrects it again: keep the uncorrected one.
corrected v kept :: The corrected v went back into v. The next step then corrects it again: keep the uncorrected one.
root kept :: v was left as its root. Keep the mean of squares itself: the root is for the step alone.
means not kept :: theta moved rightly, and m and v did not change. They are the memory of the next step: update them in place.
m not kept :: theta moved rightly, and m did not change. It is the memory of the next step: update it in place.
v not kept :: theta moved rightly, and v did not change. It is the memory of the next step: update it in place.
theta not moved :: The means are kept, and theta has not moved. Change it in place: `*theta -= …`.
theta replaced :: theta is the step itself. It moves by it: `*theta -= …`.
uphill :: This walks uphill: the step goes against the gradient.
betas swapped :: β₁ and β₂ have changed places. β₁ is for the mean of gradients, β₂ for that of their squares.
one beta :: Both means were kept with β₁. The one of squares is kept, and corrected, with β₂.
other beta :: Both means were kept with β₂. The one of gradients is kept, and corrected, with β₁.
shares swapped :: Both means took β of the new value and 1 − β of their own. A mean keeps β of itself.
shares of m swapped :: m took β₁ of the gradient and 1 − β₁ of its own. It keeps β₁ of itself.
shares of v swapped :: v took β₂ of the square and 1 − β₂ of its own. It keeps β₂ of itself.
share forgotten :: A mean takes in 1 − β of the new value; yours takes in all of it, and is a sum.
share of m forgotten :: m takes in 1 − β₁ of the gradient; yours takes in all of it, and is a sum.
share of v forgotten :: v takes in 1 − β₂ of the gradient's square; yours takes in all of it, and is a sum.
keeps all of itself :: A mean keeps β of itself; yours keeps all of itself.
keeps all of m :: m keeps β₁ of itself; yours keeps all of itself.
keeps all of v :: v keeps β₂ of itself; yours keeps all of itself.
mean added to itself :: A mean was added to what it was (`+=`). It becomes β of itself and 1 − β of the new value: `*m = …`.
m added to itself :: m was added to what it was (`+=`). It becomes β₁ of itself and 1 − β₁ of the gradient: `*m = …`.
v added to itself :: v was added to what it was (`+=`). It becomes β₂ of itself and 1 − β₂ of the square: `*v = …`.
nothing of the old :: m and v hold nothing of what they were. A mean keeps β of itself.
nothing of the old m :: m holds nothing of what it was. It keeps β₁ of itself.
nothing of the old v :: v holds nothing of what it was. It keeps β₂ of itself.
new value taken off :: The new value was taken off a mean. It is added.
new gradient taken off :: The gradient was taken off m. Its share is added.
new square taken off :: The square was taken off v. Its share is added.
share of the other beta :: v keeps β₂ of itself and takes in 1 − β₁ of the square. Both shares are β₂'s.
m's share of the other beta :: m keeps β₁ of itself and takes in 1 − β₂ of the gradient. Both shares are β₁'s.
share squared :: The share 1 − β₂ went under the square with the gradient. Only the gradient is squared.
not squared :: v took in the gradient. It is the mean of its square.
size for square :: v is the running mean of the gradient's square, element by element. Yours is that of its size.
square of the mean :: v took in the square of m. It is the running mean of the gradient's own square.
square of the old mean :: v took in the square of m as it was. It is the running mean of the gradient's own square.
square of the corrected mean :: v took in the square of the corrected m. It is the running mean of the gradient's own square.
spread for square :: v took in the square of the gradient's distance from m. It is the gradient's own square.
sum of squares :: v took in the sum of the squares of all elements. Each element has a mean of its own square.
mean of squares :: v took in the mean of the squares of all elements. Each element has a mean of its own square.
largest square :: v never falls: the larger of the old and the new one was kept. It is the running mean itself.
square for gradient :: m took in the gradient's square. It is the mean of the gradient itself.
size for gradient :: m took in the gradient's size. It is the mean of the gradient itself, with its sign.
gradient for mean :: The step is that of the gradient itself over the root. It is m̂, the running mean, that it takes.
sign for mean :: The step has the sign of the gradient where m̂ belongs.
look ahead :: The step mixes the gradient into m̂ once more, as Nesterov's does. Here it is m̂ alone.
step before the means :: theta moved by the means of the step before. Update m and v first, and move by the new ones.
old m :: theta moved by the m of the step before. Update m first, and move by the new one.
old v :: theta was divided by the v of the step before. Update v first, and divide by the new one.
no root :: v is a mean of squares: divide by its square root.
root of m :: The root went over the whole quotient, m as well.
not divided :: The step is lr · m̂: the division by the root of v̂ is missing.
times the root :: The step was multiplied by the root and ε. It is divided by them.
plain descent :: theta moved by lr times the gradient: this is plain descent, equation 0.11.
eps under the root :: ε went under the root. It is added to the root; at gradients as small as ε that is not the same.
eps squared under the root :: ε² went under the root. ε is added to the root.
eps forgotten :: ε is missing. A parameter whose gradients were all 0 has v = 0, and its step is 0 / 0.
eps taken off :: ε was taken off the root. It is added.
eps before the correction :: ε was added to the root of v before v was corrected. Papers and libraries have both; here it is added to the \
    root of the corrected one.
eps before v's correction :: ε was added to v before its correction and root. It is added to the root of the corrected one.
eps in v :: ε was added to v and stays in it. It is added to the root, in the step alone.
eps behind the quotient :: ε was added behind the division: it wants brackets, `m_hat / (root + eps)`. Where all gradients were 0, yours \
    is 0 / 0.
eps for the least :: The root was kept at ε or above (`max`). ε is added to it.
step size forgotten :: theta moves by the quotient itself. Multiply it by the step size, lr.
step size twice :: The step size was multiplied in twice.
step size in m :: The step size went into m. It multiplies the step alone.
step size over t :: The step size was divided by t. It is lr at every step.
step size over root t :: The step size was divided by √t. It is lr at every step.
step over its number :: The step was divided by the number of elements. Each element moves by its own.
theta shrinks :: theta was multiplied by 1 − lr as well, a decay of weights. The step is taken off, and nothing else.
gradient times theta :: The gradient was multiplied by theta.
zero gradients skipped :: Where the gradient is 0, nothing was changed. The means keep β of themselves there, and theta moves by m.
first step special :: At t = 1 the means are the gradient and its square themselves. They take in their shares from the first step on.
";

/// One step: theta, m, v, the gradient, t and the constants.
type Step = ([Array1<f64>; 3], Array1<f64>, i32, [f64; 4]);

fn adam_cases() -> [Step; 7] {
    let zeros = || Array1::zeros(4);
    let usual = [0.1, 0.9, 0.999, 1e-8];
    // An eps that is not small, and gradients of all sizes.
    let large = [0.02, 0.5, 0.8, 0.1];
    let one = |theta: f64, m: f64, v: f64| [theta, m, v].map(|x| array![x]);
    [
        (one(2.0, 0.0, 0.0), array![0.5], 1, large),
        (one(1.0, 0.2, 0.3), array![-0.4], 3, large),
        (
            [array![1.0, -1.0, 0.0, 2.0], zeros(), zeros()],
            array![0.5, -3.0, 0.0, 0.1],
            1,
            usual,
        ),
        (
            [array![1.0, -1.0, 0.0, 2.0], zeros(), zeros()],
            array![1000.0, -0.03, 0.0, 0.1],
            1,
            large,
        ),
        (
            [
                array![0.5, 1.5, -2.0, 0.0],
                array![0.3, 0.0, -0.2, 0.05],
                array![0.5, 0.0, 0.4, 0.01],
            ],
            array![-1000.0, 0.0, 0.25, 0.0],
            2,
            usual,
        ),
        // Somewhere in the middle of a training.
        (
            [array![3.0, 0.5], array![0.2, -0.1], array![0.3, 0.02]],
            array![0.4, 0.0],
            20,
            [0.05, 0.8, 0.95, 1e-3],
        ),
        ([0, 0, 0].map(Array1::zeros), Array1::zeros(0), 1, usual),
    ]
}

/// The two means and theta after a step, one behind the other.
fn adam_after(is: Is, step: &Step) -> [Array1<f64>; 3] {
    let ([theta, m, v], gradient, t, [lr, b1, b2, eps]) = step;
    let (t, lr, eps) = (*t, *lr, *eps);
    let [b1, b2] = match [*b1, *b2] {
        [b1, b2] if is("betas swapped") => [b2, b1],
        [b1, _] if is("one beta") => [b1, b1],
        [_, b2] if is("other beta") => [b2, b2],
        both => both,
    };
    let count = theta.len();
    let squares: f64 = gradient.iter().map(|g| g * g).sum();
    let mut after = [0, 0, 0].map(|_| Array1::zeros(count));
    for n in 0..count {
        let (p, old_m, old_v, g) = (theta[n], m[n], v[n], gradient[n]);
        let g = if is("gradient times theta") { g * p } else { g };
        let power = match t {
            _ if is("power forgotten") => 1,
            t if is("a step too many") => t + 1,
            t if is("a step too few") => t - 1,
            t => t,
        };
        let share = |b: f64, power: i32| match b.powi(power) {
            of if is("1 minus forgotten") => of,
            of if is("1 plus") => 1.0 + of,
            _ if is("power of the difference") => (1.0 - b).powi(power),
            _ if is("product for power") => 1.0 - b * f64::from(t),
            of => 1.0 - of,
        };
        let [m_power, v_power] =
            ["power of m forgotten", "power of v forgotten"]
                .map(|name| if is(name) { 1 } else { power });
        let [by_m, by_v] = [share(b1, m_power), share(b2, v_power)];
        let [by_m, by_v] = match [by_m, by_v] {
            [a, b] if is("corrections swapped") => [b, a],
            [a, _] if is("corrected with β₁") => [a, a],
            [_, b] if is("corrected with β₂") => [b, b],
            [a, b] if is("corrected the wrong way") => [1.0 / a, 1.0 / b],
            [a, b] if is("corrected twice") => [a * a, b * b],
            both => both,
        };
        let never = is("not corrected");
        let by_m = if never || is("m not corrected") { 1.0 } else { by_m };
        let by_v = if never || is("v not corrected") { 1.0 } else { by_v };

        // For each mean, what it keeps of itself and takes in of the new value.
        let mean = |which: &str, b: f64, old: f64, new: f64| {
            let made = |all: &str, one: [&str; 2]| {
                is(all) || is(one[usize::from(which == "v")])
            };
            let (mut keep, mut take) = (b, 1.0 - b);
            if made(
                "shares swapped",
                ["shares of m swapped", "shares of v swapped"],
            ) {
                (keep, take) = (take, keep);
            }
            if made(
                "share forgotten",
                ["share of m forgotten", "share of v forgotten"],
            ) {
                take = 1.0;
            }
            if made(
                "keeps all of itself",
                ["keeps all of m", "keeps all of v"],
            ) {
                keep = 1.0;
            }
            if made(
                "mean added to itself",
                ["m added to itself", "v added to itself"],
            ) {
                keep += 1.0;
            }
            if made(
                "nothing of the old",
                ["nothing of the old m", "nothing of the old v"],
            ) {
                keep = 0.0;
            }
            if which == "m" && is("m's share of the other beta") {
                take = 1.0 - b2;
            }
            if which == "v" && is("share of the other beta") {
                take = 1.0 - b1;
            }
            if which == "v" && is("share squared") {
                take *= take;
            }
            if made(
                "new value taken off",
                ["new gradient taken off", "new square taken off"],
            ) {
                take = -take;
            }
            if is("first step special") && t == 1 {
                (keep, take) = (0.0, 1.0);
            }
            keep * old + take * new
        };
        let taken = match g {
            g if is("square for gradient") => g * g,
            g if is("size for gradient") => g.abs(),
            g if is("step size in m") => lr * g,
            g => g,
        };
        let new_m = mean("m", b1, old_m, taken);
        let square = match g * g {
            _ if is("not squared") => g,
            _ if is("size for square") => g.abs(),
            _ if is("square of the mean") => new_m * new_m,
            _ if is("square of the old mean") => old_m * old_m,
            _ if is("square of the corrected mean") => (new_m / by_m).powi(2),
            _ if is("spread for square") => (g - new_m).powi(2),
            _ if is("sum of squares") => squares,
            _ if is("mean of squares") => squares / count as f64,
            right => right,
        };
        let new_v = mean("v", b2, old_v, square);
        let new_v = match new_v {
            new if is("largest square") => new.max(old_v),
            new if is("eps in v") => new + eps,
            new => new,
        };
        let stale = is("step before the means");
        let at_m = if stale || is("old m") { old_m } else { new_m };
        let at_v = if stale || is("old v") { old_v } else { new_v };
        let (m_hat, v_hat) = (at_m / by_m, at_v / by_v);
        let above = match m_hat {
            _ if is("gradient for mean") => g,
            _ if is("sign for mean") => g.signum() * f64::from(g != 0.0),
            m_hat if is("look ahead") => b1 * m_hat + (1.0 - b1) * g / by_m,
            m_hat => m_hat,
        };
        let root = match v_hat.sqrt() {
            _ if is("no root") => v_hat,
            _ if is("corrected behind the root") => at_v.sqrt() / by_v,
            root => root,
        };
        let below = match root + eps {
            _ if is("eps under the root") => (v_hat + eps).sqrt(),
            _ if is("eps squared under the root") => {
                (v_hat + eps * eps).sqrt()
            }
            _ if is("eps forgotten") || is("eps behind the quotient") => root,
            _ if is("eps taken off") => root - eps,
            _ if is("eps before the correction") => {
                (at_v.sqrt() + eps) / by_v.sqrt()
            }
            _ if is("eps before v's correction") => {
                ((at_v + eps) / by_v).sqrt()
            }
            _ if is("eps for the least") => root.max(eps),
            _ if is("not divided") || is("plain descent") => 1.0,
            both if is("times the root") => 1.0 / both,
            both => both,
        };
        let above = if is("plain descent") { g } else { above };
        let quotient = match above / below {
            of if is("root of m") => of.sqrt(),
            of if is("eps behind the quotient") => of + eps / lr,
            of => of,
        };
        let steps = f64::from(t);
        let times = factor(
            is,
            &[
                ("uphill", -1.0),
                ("step size forgotten", 1.0 / lr),
                ("step size twice", lr),
                ("step size over t", 1.0 / steps),
                ("step size over root t", 1.0 / steps.sqrt()),
                ("step over its number", 1.0 / count as f64),
            ],
        );
        let moved = lr * quotient * times;
        let place = match p {
            _ if is("theta replaced") => 0.0,
            p if is("theta shrinks") => p * (1.0 - lr),
            p => p,
        };
        let place = if is("theta not moved") { p } else { place - moved };
        let not_kept = is("means not kept");
        let kept_m = match new_m {
            _ if not_kept || is("m not kept") => old_m,
            _ if is("corrected means kept") || is("corrected m kept") => {
                m_hat
            }
            new => new,
        };
        let kept_v = match new_v {
            _ if not_kept || is("v not kept") => old_v,
            _ if is("corrected means kept") || is("corrected v kept") => {
                v_hat
            }
            new if is("root kept") => new.sqrt(),
            new => new,
        };
        let skipped = is("zero gradients skipped") && g == 0.0;
        let all =
            if skipped { [old_m, old_v, p] } else { [kept_m, kept_v, place] };
        for (after, value) in after.iter_mut().zip(all) {
            after[n] = value;
        }
    }
    after
}

/// All three after a step in one list.
fn in_one(after: &[Array1<f64>; 3]) -> ArrayD<f64> {
    let all: Array1<f64> = after.iter().flatten().copied().collect();
    all.into_dyn()
}

fn adam_with(is: Is, step: &Step) -> ArrayD<f64> {
    in_one(&adam_after(is, step))
}

/// By what a result of Adam's changes that must not change it, and by what it does not.
fn adam_made_of(candidate: AdamStep, n: usize) -> String {
    type Input = [f64; 8];
    let names =
        ["theta", "m", "v", "the gradient", "t", "lr", "beta1", "beta2"];
    let of: &[usize] =
        [&[1, 3, 6][..], &[2, 3, 7], &[0, 1, 2, 3, 4, 5, 6, 7]][n];
    let after = |[p, m, v, g, t, lr, b1, b2]: Input, eps: f64| {
        let [mut theta, mut m, mut v] = [p, m, v].map(|x| array![x, 0.75]);
        let constants = [lr, b1, b2, eps];
        let g = array![g, -0.5];
        candidate(&mut theta, &g, &mut m, &mut v, t as i32, constants);
        [m, v, theta].map(|a| a[0])
    };
    let start = [1.5, 0.25, 0.5, 0.75, 3.0, 0.1, 0.5, 0.8];
    let here = after(start, 0.1)[n];
    let result = ["m", "v", "theta"][n];
    for (which, name) in names.iter().enumerate() {
        let mut other = start;
        other[which] = if which == 4 { 7.0 } else { start[which] * 0.9 };
        let moves = (after(other, 0.1)[n] - here).abs() > 1e-12;
        match (moves, of.contains(&which)) {
            (true, false) => {
                return format!(
                    " The new {result} changes with {name}, and must not."
                );
            }
            (false, true) => {
                return format!(
                    " The new {result} does not change with {name}, and must."
                );
            }
            _ => {}
        }
    }
    if n < 2 {
        return String::new();
    }
    // What the step is without ε: a product of powers of the two new means and the two corrections, told one by one.
    let step = |of: [f64; 5]| {
        let [m, v, by_m, by_v, lr] = of;
        let t = 3.0_f64;
        let [b1, b2] = [by_m, by_v].map(|by| (1.0 - by).powf(1.0 / t));
        let g = 0.5;
        let old_m = (m - (1.0 - b1) * g) / b1;
        let old_v = (v - (1.0 - b2) * g * g) / b2;
        1.0 - after([1.0, old_m, old_v, g, t, lr, b1, b2], 0.0)[2]
    };
    let at = [0.5, 0.4, 0.7, 0.6, 0.1];
    let names = ["the new m", "the new v", "1 − β₁ᵗ", "1 − β₂ᵗ", "lr"];
    let right = [1.0, -0.5, -1.0, 0.5, 1.0];
    for n in 0..5 {
        let mut other = at;
        other[n] *= 1.1;
        let power = (step(other) / step(at)).ln() / 1.1_f64.ln();
        if (power - right[n]).abs() > 1e-6 {
            return format!(
                " With ε = 0, the step goes with the power {} of {}; yours, near this place, goes with the power {power:.3}.",
                right[n], names[n]
            );
        }
    }
    let all = 0.1 * 0.5 / 0.7 / (0.4_f64 / 0.6).sqrt();
    match (step(at) / all - 1.0).abs() < 1e-9 {
        true => " With ε = 0 the step is right: ε is in another place than behind the root.".into(),
        false => format!(" With ε = 0, the step is {:.4} times the right one.", step(at) / all),
    }
}

/// Whether one element of Adam's results changes with another element.
fn adam_mixes(candidate: AdamStep) -> Option<String> {
    let after = |v: f64, g: f64| {
        let mut all = [array![1.0, 2.0], array![0.1, 0.2], array![0.3, v]];
        let [theta, m, v] = &mut all;
        let constants = [0.1, 0.5, 0.8, 0.1];
        candidate(theta, &array![0.5, g], m, v, 3, constants);
        all.map(|a| a[0])
    };
    let apart = after(0.4, 0.7) != after(0.5, -0.9);
    apart.then(|| {
        " What becomes of one element changes with the gradient or v of another. All of this goes element by element.".into()
    })
}

pub fn adam_step(candidate: AdamStep) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § Walking downhill, equation 0.12";
    let cases = adam_cases();
    let when = |([theta, ..], _, t, _): &Step| {
        format!("with {} parameters at t = {t}", theta.len())
    };
    let (came, ended) = gathered(SEE, &cases, when, |step| {
        let ([theta, m, v], gradient, t, constants) = step;
        let [mut theta, mut m, mut v] = [theta, m, v].map(|a| a.clone());
        candidate(&mut theta, gradient, &mut m, &mut v, *t, *constants);
        [m, v, theta]
    });
    let names = ["m", "v", "theta"];
    for (came, step) in came.iter().zip(&cases) {
        let count = step.1.len();
        for (came, name) in came.iter().zip(names) {
            if came.len() != count {
                let what = format!("{name} has another length than before.");
                return Err(Diagnosis::new("wrong shape", what, SEE)
                    .with(count, came.len()));
            }
        }
    }
    let size = |step: &Step| match step.1.len() {
        0 => usize::MAX,
        n => n * 100 + step.2 as usize,
    };
    let factors = |(_, _, t, [lr, b1, b2, _]): &Step| {
        let t = *t;
        vec![
            ("lr", number(*lr)),
            ("β₁", number(*b1)),
            ("β₂", number(*b2)),
            ("1 − β₁", number(1.0 - b1)),
            ("1 − β₂", number(1.0 - b2)),
            ("1 − β₁ᵗ", number(1.0 - b1.powi(t))),
            ("1 − β₂ᵗ", number(1.0 - b2.powi(t))),
            ("t", number(f64::from(t))),
        ]
    };
    // Part by part: m and v by themselves, and theta as it follows from the means that came.
    let parts = |n: usize| {
        let shown = |step: &Step| {
            let ([theta, m, v], g, t, [lr, b1, b2, eps]) = step;
            let what = match n {
                0 => {
                    "m is wrong: it keeps β₁ of itself and takes in 1 − β₁ of the gradient."
                }
                1 => {
                    "v is wrong: it keeps β₂ of itself and takes in 1 − β₂ of the gradient's square."
                }
                _ => {
                    "m and v are right, and the step of theta is not: lr · m̂ / (√v̂ + ε), with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ)."
                }
            };
            let what = format!(
                "After a step, {what} Begin with this: theta {theta}, gradient {g}, m {m}, v {v}, t = {t}, lr = {lr}, beta1 = {b1}, \
                 beta2 = {b2}, eps = {eps}."
            );
            let mixes = seen(|| adam_mixes(candidate)).flatten();
            let made_of = seen(|| adam_made_of(candidate, n));
            let what = what + &mixes.or(made_of).unwrap_or_default();
            ("value", what)
        };
        let with =
            |is: Is, step: &Step| adam_after(is, step)[n].clone().into_dyn();
        let part = Part {
            text: ADAM,
            with: &[&with],
            tolerance: 1e-9,
            see: SEE,
            otherwise: &shown,
            size: &size,
            factors: &factors,
            tells: true,
        };
        let of: Vec<_> =
            came.iter().map(|after| after[n].clone().into_dyn()).collect();
        part.judged(&cases, &of)
    };
    let whole = Part {
        text: ADAM,
        with: &[&adam_with],
        tolerance: 1e-9,
        see: SEE,
        otherwise: &|_| ("value", String::new()),
        size: &size,
        factors: &|_| vec![],
        tells: true,
    };
    let all: Vec<_> = came.iter().map(in_one).collect();
    let judged = whole.judged(&cases, &all);
    let Err(told) = judged else { return ended };
    // The first that is wrong is shown by itself.
    let parts: Vec<_> = (0..3).map(parts).collect();
    let Some(n) = parts.iter().position(Result::is_err) else {
        return Err(told);
    };
    let shown = parts[n].as_ref().err().cloned().unwrap_or(told.clone());
    let label = |of: &String| format!("{} {of}", names[n]);
    let told = match told.mistake {
        "value" if n < 2 => together(parts.into_iter().take(2)),
        "value" => Err(shown.clone()),
        _ => Err(told),
    };
    told.map_err(|d| d.with(label(&shown.expected), label(&shown.came)))
}

type Batch = (Array2<f64>, Vec<usize>);
type Trains = fn(Mlp<f64>, &[Batch], AdamConfig) -> (Mlp<f64>, Vec<f64>);

const TRAIN: &str = "
loss behind the step :: The network is right. The losses are those behind each step; they were to be those before it, from the forward \
    pass that the step needs anyway.
losses of the sum :: The network is right. Each loss was multiplied by the rows of its batch; `cross_entropy` is their mean, which was to \
    be returned.
losses over rows :: The network is right. Each loss was divided by the rows of its batch; `cross_entropy` is their mean already.
losses added up :: The network is right. Each loss has those of the earlier batches in it; it was to be that of its own batch.
mean loss so far :: The network is right. Each loss is the mean of those up to there; it was to be that of its own batch.
mean loss for all :: The network is right. All losses are one number, their mean; each batch has its own.
losses of the start :: The network is right. The losses are those of the network as it came; each was to be that of the network before its \
    step.
losses of the end :: The network is right. The losses are those of the network at the end; each was to be that of the network before its \
    step.
losses in reverse :: The network is right. The losses are in reverse: that of the first batch comes first.
losses of the next batch :: The network is right. Each loss is that of the next batch before it was learned from; it was to be that of the \
    batch of its own step.
losses of the first batch :: The network is right. Each loss is that of the first batch; it was to be that of the batch of its step.
losses in squares :: The network is right. The losses are mean squared errors between logits and one-hot rows; they were to be \
    cross-entropies.
losses of the softmax :: The network is right. The losses are those of a softmax that went into `cross_entropy`, which applies it again.
losses of one row :: The network is right. Each loss is that of the first row of its batch; it was to be the mean over its rows.
errors for losses :: The network is right. For losses stand shares of wrong answers.
hits for losses :: The network is right. For losses stand shares of right answers.
an optimiser for each step :: Adam was made anew for each batch, so that its running means begin at zero again and t is always 1. Make it \
    once, before the loop.
count back to zero :: Adam's count of steps went back to 0, so that its means are corrected as at the first step. Leave `t` to it.
counted twice :: Adam's count of steps was raised by hand as well. `step` counts by itself.
constants forgotten :: This is Adam with its default constants. It was to be made with the `config` that came.
step size of the default :: Adam has the default step size. It was to be made with the `config` that came.
step size over rows :: The step size was divided by the rows of the batch. The loss is a mean already.
plain descent :: These are steps of plain gradient descent, equation 0.11. Adam's are those of equation 0.12.
descent as well :: Each gradient was followed by plain descent and by Adam. Adam's `step` moves the network by itself.
a step twice :: Each gradient was stepped along twice. There is one step for each batch.
a step late :: The last step is missing: no step comes behind the last backward pass. Each was taken with the gradient of the batch before, or the \
    loop ends too soon. Forward, loss, backward, step.
first step left out :: No step was taken for the first batch.
no step :: No step was taken: the network is as it came, and so are the losses.
a copy is trained :: The losses are right, and the network that came back has not moved. Was a copy trained?
back to the start :: Each step was taken from the network as it came. Go on from where the last step led.
one step for all :: All gradients were added and one step was taken at the end. There is a step for each batch.
one step on the mean :: All gradients were averaged and one step was taken at the end. There is a step for each batch.
a step for each row :: A step was taken for each row. There is one for each batch: the gradient of its mean loss.
two passes :: The batches were gone through twice. Once was asked for.
the first batch again :: Every step was taken on the first batch. Take the next one for each step.
the last batch again :: Every step was taken on the last batch. Take the next one for each step.
last batch first :: The batches came in the opposite order. Begin with the first.
next batch :: The steps begin with the second batch. Begin with the first.
all batches in each step :: Each step took the rows of all batches. It takes those of its own.
all batches so far :: Each step took the rows of all batches so far. It takes those of its own.
first row alone :: Each step took the first row of its batch alone.
last row left out :: Each step left out the last row of its batch.
classes in reverse :: Within a batch, the classes were in reverse: row n belongs to class n.
next class :: The classes are one too many: they are counted from 0.
gradient of the start :: All gradients are those of the network as it came. The network that has just moved is the one that goes forward \
    next.
backward through the start :: The way back goes through the network as it came; the way forward through the one that moves.
uphill :: The network climbs: the gradient's sign was turned. `step` goes against the gradient by itself.
gradients added up :: A step used the sum of all gradients so far. Each step has the gradient of its own batch.
mean gradient so far :: A step used the mean of all gradients so far. Each step has the gradient of its own batch.
averaged twice :: The gradient was divided by the number of rows once more. `cross_entropy_backward` has done so.
mean forgotten :: The gradient is that of the sum over rows, so that a batch of four pulls four times as hard as a batch of one. The loss \
    is a mean.
over classes :: The gradient was divided by the number of classes. The loss is a mean over rows, and `cross_entropy_backward` has \
    divided by them.
gradient over batches :: The gradient was divided by the number of batches. Each step has that of its own batch, whole.
gradient times the loss :: The gradient was multiplied by the loss. `cross_entropy_backward` is the gradient of the loss already.
gradient of length one :: The gradient was brought to length one. Adam takes it as it is.
gradient cut :: The gradient at the logits was cut (clamped). Adam takes it as it is.
softmax twice :: The logits went through a softmax and then into a loss that applies it again. Hand it the logits.
softmax twice in the gradient :: On the way back, the logits went through a softmax and then into `cross_entropy_backward`, which applies \
    it again.
squared error :: The gradient is that of the squared error between logits and one-hot rows. The loss is the cross-entropy; its gradient is \
    softmax minus one-hot.
squared error of the probabilities :: The gradient at the logits is 2 (softmax − one-hot) over all elements, as of a squared error. That of \
    the cross-entropy is softmax minus one-hot, over the rows.
answers forgotten :: The gradient at the logits is the softmax alone. It is softmax minus one-hot: `cross_entropy_backward` takes the \
    classes.
answers alone :: The gradient at the logits is minus the one-hot rows. It is softmax minus one-hot.
logits minus answers :: The gradient at the logits is logits minus one-hot. It is softmax minus one-hot.
logits for gradient :: The logits themselves went backward. It is the gradient at them that does: `cross_entropy_backward`.
slope of the probability :: The gradient at the logits has a factor p (1 − p) too many. It is softmax minus one-hot alone.
biases stand still :: The weights moved, and the biases did not. `step` moves all parameters if it gets the whole gradient.
weights stand still :: The biases moved, and the weights did not. `step` moves all parameters if it gets the whole gradient.
last layer alone :: Only the last layer moved. The gradient has an array for each array of the network: hand the whole to `step`.
last layer stands still :: The last layer did not move. The gradient has an array for each array of the network: hand the whole to `step`.
weights decay :: The network shrinks as well, by lr at each step. Adam's step is all that was asked for.
";

/// A network, its batches and Adam's constants.
type Training = (Mlp<f64>, Vec<Batch>, AdamConfig);

/// Some rows of a batch.
fn some_rows((x, classes): &Batch, rows: &[usize]) -> Batch {
    let picked = rows.iter().map(|n| classes[*n]).collect();
    (x.select(Axis(0), rows), picked)
}

/// All batches in one.
fn in_one_batch(batches: &[Batch]) -> Batch {
    let views: Vec<_> = batches.iter().map(|(x, _)| x.view()).collect();
    let x = concatenate(Axis(0), &views).unwrap_or_else(|e| panic!("{e}"));
    (x, batches.iter().flat_map(|(_, classes)| classes.clone()).collect())
}

/// The rows and classes of step `n`.
fn batch_of(is: Is, batches: &[Batch], n: usize) -> Batch {
    let count = batches.len();
    let own = match n {
        _ if is("the first batch again") => 0,
        _ if is("the last batch again") => count - 1,
        n if is("last batch first") => count - 1 - n,
        n if is("next batch") => (n + 1) % count,
        n => n,
    };
    let (x, mut classes) = match &batches[own] {
        _ if is("all batches in each step") => in_one_batch(batches),
        _ if is("all batches so far") => in_one_batch(&batches[..=n]),
        own if is("first row alone") => some_rows(own, &[0]),
        own if is("last row left out") && own.1.len() > 1 => {
            some_rows(own, &rows_taken(is, own.1.len()))
        }
        own => own.clone(),
    };
    if is("classes in reverse") {
        classes.reverse();
    }
    (x, classes)
}

/// The gradient at the logits.
fn at_logits(
    is: Is,
    logits: &Array2<f64>,
    classes: &[usize],
    batches: usize,
) -> Array2<f64> {
    let (rows, kinds) = (logits.nrows() as f64, logits.ncols());
    let answers: Array2<f64> = one_hot(classes, kinds);
    let p = softmax(logits);
    let mut d = match () {
        _ if is("softmax twice in the gradient") => {
            cross_entropy_backward(&p, classes)
        }
        _ if is("squared error") => mse_backward(logits, &answers),
        _ if is("squared error of the probabilities") => {
            mse_backward(&p, &answers)
        }
        _ if is("answers forgotten") => &p / rows,
        _ if is("answers alone") => -&answers / rows,
        _ if is("logits minus answers") => (logits - &answers) / rows,
        _ if is("logits for gradient") => logits.clone(),
        _ => cross_entropy_backward(logits, classes),
    };
    if is("slope of the probability") {
        d = d * &p * (1.0 - &p);
    }
    if is("gradient cut") {
        d.mapv_inplace(|v| v.clamp(-0.1, 0.1));
    }
    let times = factor(
        is,
        &[
            ("uphill", -1.0),
            ("averaged twice", 1.0 / rows),
            ("mean forgotten", rows),
            ("over classes", 1.0 / kinds as f64),
            ("gradient over batches", 1.0 / batches as f64),
            ("gradient times the loss", cross_entropy(logits, classes)),
        ],
    );
    d * times
}

/// What becomes of a gradient before a step.
fn changed(is: Is, d_net: &mut Mlp<f64>) {
    let layers = d_net.layers.len();
    for (n, layer) in d_net.layers.iter_mut().enumerate() {
        let end = n + 1 == layers;
        let still = is("last layer alone") && !end
            || is("last layer stands still") && end;
        if still || is("biases stand still") {
            layer.b.fill(0.0);
        }
        if still || is("weights stand still") {
            layer.w.fill(0.0);
        }
    }
    if is("gradient of length one") {
        let squares = d_net.parameters().into_iter().map(|p| (&p * &p).sum());
        let length = squares.sum::<f64>().sqrt();
        d_net.parameters_mut().iter_mut().for_each(|p| *p /= length);
    }
}

/// The loss that is noted for a batch.
fn noted(is: Is, net: &Mlp<f64>, own: &Batch) -> f64 {
    let (x, classes) = own;
    let s = net.output(x);
    let largest = |row: ArrayView1<f64>| {
        let best = |a: usize, b: usize| if row[b] > row[a] { b } else { a };
        (0..row.len()).fold(0, best)
    };
    let hits = || {
        let named = s.rows().into_iter().map(largest).zip(classes);
        named.filter(|(a, b)| a == *b).count() as f64 / classes.len() as f64
    };
    match () {
        _ if is("losses in squares") => mse(&s, &one_hot(classes, s.ncols())),
        _ if is("losses of the softmax") || is("softmax twice") => {
            cross_entropy(&softmax(&s), classes)
        }
        _ if is("losses of one row") => {
            cross_entropy(&s.slice(s![..1, ..]).to_owned(), &classes[..1])
        }
        _ if is("errors for losses") => 1.0 - hits(),
        _ if is("hits for losses") => hits(),
        _ => cross_entropy(&s, classes),
    }
}

fn trained(
    is: Is,
    (start, batches, config): &Training,
) -> (Mlp<f64>, Vec<f64>) {
    let config = match *config {
        _ if is("constants forgotten") => AdamConfig::default(),
        config if is("step size of the default") => {
            AdamConfig { lr: AdamConfig::default().lr, ..config }
        }
        config => config,
    };
    let (mut net, mut adam) = (start.clone(), Adam::new(start, config));
    let (mut before, mut losses) = (None, Vec::new());
    let count = batches.len();
    let passes = if is("two passes") { 2 } else { 1 };
    for step in 0..passes * count {
        let n = step % count;
        if n == 0 {
            losses.clear();
        }
        if is("an optimiser for each step") {
            adam = Adam::new(&net, config);
        }
        if let (true, Some(d_net)) = (is("a step late"), &before) {
            adam.step(&mut net, d_net);
        }
        if is("back to the start") {
            net = start.clone();
        }
        if is("count back to zero") {
            adam.t = 0;
        }
        let mut own = batch_of(is, batches, n);
        let still = is("gradient of the start");
        let judged = match n {
            n if is("losses of the next batch") => {
                batch_of(is, batches, (n + 1) % count)
            }
            _ if is("losses of the first batch") => batch_of(is, batches, 0),
            _ => own.clone(),
        };
        let from = still || is("losses of the start");
        losses.push(noted(is, if from { start } else { &net }, &judged));
        if is("next class") {
            let kinds = start.output(&own.0).ncols();
            own.1.iter_mut().for_each(|c| *c = (*c + 1) % kinds);
        }
        let rows = own.1.len() as f64;
        let parts: Vec<Batch> = match is("a step for each row") {
            true => (0..own.1.len()).map(|n| some_rows(&own, &[n])).collect(),
            false => vec![own],
        };
        for (x, classes) in &parts {
            let forward = if still { start } else { &net };
            let mut outputs = forward.forward(x);
            let twice = is("softmax twice");
            let logits = match last(&outputs) {
                s if twice => softmax(s),
                s => s.clone(),
            };
            let d_logits = at_logits(is, &logits, classes, count);
            let back = still || is("backward through the start");
            let back = if back { start } else { &net };
            let (_, mut d_net) = back.backward(&outputs, d_logits);
            outputs.clear();
            let sums = [
                "gradients added up",
                "one step for all",
                "one step on the mean",
                "mean gradient so far",
            ];
            if let (true, Some(so_far)) =
                (sums.iter().any(|name| is(name)), &before)
            {
                add(&mut d_net, so_far);
            }
            changed(is, &mut d_net);
            if is("plain descent") || is("descent as well") {
                let pairs = net.parameters_mut().into_iter();
                for (mut p, g) in pairs.zip(d_net.parameters()) {
                    sgd_step(&mut p, &g, config.lr);
                }
            }
            let elsewhere = [
                "a step late",
                "one step for all",
                "one step on the mean",
                "plain descent",
                "no step",
            ];
            let left_out = elsewhere.iter().any(|name| is(name))
                || is("first step left out") && n == 0;
            let mut taken = d_net.clone();
            if is("mean gradient so far") {
                let so_far = (n + 1) as f64;
                taken.parameters_mut().iter_mut().for_each(|g| *g /= so_far);
            }
            if is("step size over rows") {
                adam.config.lr = config.lr / rows;
            }
            if is("counted twice") {
                adam.t += 1;
            }
            if is("weights decay") {
                let by = 1.0 - config.lr;
                net.parameters_mut().iter_mut().for_each(|p| *p *= by);
            }
            let steps = if is("a step twice") { 2 } else { 1 };
            for _ in 0..if left_out { 0 } else { steps } {
                adam.step(&mut net, &taken);
            }
            before = Some(d_net);
        }
        if is("loss behind the step") {
            losses[n] = noted(is, &net, &judged);
        }
        let by =
            [("losses of the sum", rows), ("losses over rows", 1.0 / rows)];
        losses[n] *= factor(is, &by);
    }
    if let Some(mut d_net) = before {
        if is("one step on the mean") {
            let count = count as f64;
            d_net.parameters_mut().iter_mut().for_each(|g| *g /= count);
        }
        if is("one step for all") || is("one step on the mean") {
            adam.step(&mut net, &d_net);
        }
    }
    if is("losses of the end") {
        let own = |n| noted(is, &net, &batch_of(is, batches, n));
        losses = (0..count).map(own).collect();
    }
    let added = || {
        losses.iter().scan(0.0, |sum, loss| {
            *sum += loss;
            Some(*sum)
        })
    };
    let losses: Vec<f64> = match () {
        _ if is("losses added up") => added().collect(),
        _ if is("mean loss so far") => {
            (1..).zip(added()).map(|(n, v)| v / f64::from(n)).collect()
        }
        _ if is("mean loss for all") => {
            vec![losses.iter().sum::<f64>() / count as f64; count]
        }
        _ if is("losses in reverse") => losses.into_iter().rev().collect(),
        _ => losses,
    };
    (if is("a copy is trained") { start.clone() } else { net }, losses)
}

/// The losses, and then every number of the network.
fn laid((net, losses): &(Mlp<f64>, Vec<f64>)) -> ArrayD<f64> {
    let parameters = net.parameters();
    let parameters = parameters.iter().flat_map(|p| p.iter());
    let all: Array1<f64> = losses.iter().chain(parameters).copied().collect();
    all.into_dyn()
}

/// By how much numbers are multiplied, if all are by the same, and it is not 1.
fn multiple(right: &[f64], came: &[f64]) -> Option<f64> {
    let times = came.first()? / right.first()?;
    let mut pairs = right.iter().zip(came);
    let all = pairs.all(|(a, b)| (a * times - b).abs() <= 1e-9 * b.abs());
    let several = right.len() > 1;
    (several && all && (times - 1.0).abs() > 1e-6).then_some(times)
}

/// What differs first of two trainings: all losses, or a row of an array.
fn first_difference(
    right: &(Mlp<f64>, Vec<f64>),
    came: &(Mlp<f64>, Vec<f64>),
) -> [String; 2] {
    let apart = |a: f64, b: f64| {
        let near = (a - b).abs() <= 1e-9 * a.abs().max(1.0);
        !near // a NaN is apart from everything
    };
    if right.1.iter().zip(&came.1).any(|(a, b)| apart(*a, *b)) {
        return [&right.1, &came.1].map(|l| format!("losses {l:.5?}"));
    }
    for (n, (a, b)) in right.0.layers.iter().zip(&came.0.layers).enumerate() {
        for (i, (a, b)) in a.w.rows().into_iter().zip(b.w.rows()).enumerate()
        {
            if a.iter().zip(b).any(|(a, b)| apart(*a, *b)) {
                return [a, b].map(|row| {
                    format!("row {i} of layer {n}'s weights {row:.5}")
                });
            }
        }
        if a.b.iter().zip(&b.b).any(|(a, b)| apart(*a, *b)) {
            return [a, b].map(|l| format!("layer {n}'s biases {:.5}", l.b));
        }
    }
    [String::new(), String::new()]
}

/// Three kinds of points in the plane: in a disc, and outside it by the signs of their numbers.
fn three_kinds(batches: u64) -> Vec<Batch> {
    let batch = |n| {
        let x =
            Array2::random_using((32, 2), StandardNormal, &mut rng_at(6, n));
        let kind = |x: ArrayView1<f64>| match x[0] * x[1] {
            _ if x.dot(&x) < 1.0 => 0,
            product if product > 0.0 => 1,
            _ => 2,
        };
        let classes = x.rows().into_iter().map(kind).collect();
        (x, classes)
    };
    (0..batches).map(batch).collect()
}

fn network(widths: &[usize], stream: u64) -> Mlp<f64> {
    let (hidden, end) = (Activation::Tanh, Activation::Identity);
    let mut net =
        Mlp::<f64>::new(widths, hidden, end, &mut rng_at(6, stream));
    // Biases that are not 0, so that all that happens to them shows.
    for layer in &mut net.layers {
        layer.b.iter_mut().zip([0.1, -0.2, 0.3]).for_each(|(b, v)| *b = v);
    }
    net
}

/// Short trainings, one batch first, and none last.
fn train_cases() -> [Training; 6] {
    // An eps that is not small, so that the size of a gradient shows.
    let config = AdamConfig { lr: 0.05, beta1: 0.5, beta2: 0.9, eps: 0.1 };
    let few = vec![
        (
            array![[0.0, 0.0], [1.0, -2.0], [1.0, 1.0], [-0.5, 3.0]],
            vec![2, 0, 1, 1],
        ),
        (array![[2.0, 0.5]], vec![0]),
        (array![[-1.0, 0.0], [0.3, 0.3], [0.0, -2.0]], vec![1, 2, 2]),
    ];
    let far = vec![
        (array![[1000.0, -1.0], [0.0, -1000.0]], vec![3, 1]),
        (array![[-1000.0, 1000.0], [1.0, 1.0], [0.0, 0.0]], vec![0, 0, 2]),
    ];
    let (one, first, two) =
        (few[1..2].to_vec(), few[..1].to_vec(), few[1..].to_vec());
    [
        (network(&[2, 3], 3), one, config),
        (network(&[2, 5, 3], 1), first, config),
        (network(&[2, 5, 3], 1), two, config),
        (network(&[2, 5, 3], 1), few, config),
        (network(&[2, 4], 2), far, AdamConfig { lr: 0.5, ..config }),
        (network(&[2, 3], 3), vec![], config),
    ]
}

/// Where a training goes wrong whose mistake is none of those known: it is looked at from its shortest.
fn where_wrong(
    case: &Training,
    came: &(Mlp<f64>, Vec<f64>),
    candidate: Trains,
) -> (&'static str, String) {
    let (start, batches, config) = case;
    let right = trained(&none, case);
    let rows: Vec<String> =
        batches.iter().map(|(x, _)| x.nrows().to_string()).collect();
    let begin = match batches.len() {
        0 => "With no batch at all, the network comes back as it came, and there is no loss.".into(),
        1 => format!("Begin with a single batch, of {} row(s).", rows[0]),
        n => format!(
            "Shorter trainings are right; begin with {n} batches, of {} rows.",
            rows.join(", ")
        ),
    };
    let mut said = begin;
    let wrong = (0..batches.len())
        .find(|n| !alike(&came.1[*n..=*n], &right.1[*n..=*n], 1e-9));
    said += &match (wrong, batches.len()) {
        (_, 0) => String::new(),
        (Some(0), _) => {
            " The first loss is wrong, before any step: it is the cross-entropy of the logits, `last(&outputs)`.".into()
        }
        (Some(n), _) => format!(
            " Loss {n}, counted from 0, is the first that is wrong: so the network went wrong in the step before it."
        ),
        (None, _) => " The losses are right.".into(),
    };
    let moved = |net: &Mlp<f64>| -> Vec<f64> {
        let pairs = net.parameters().into_iter().zip(start.parameters());
        pairs.flat_map(|(a, b)| (&a - &b).into_iter()).collect()
    };
    let (should, did) = (moved(&right.0), moved(&came.0));
    if alike(&did, &should, 1e-9) {
        said += " The network that comes back is right.";
    } else if did.iter().all(|v| *v == 0.0) {
        said += " The network that comes back has not moved.";
        for other in train_cases().iter().take(4) {
            let (net, batches, config) = other;
            let after = seen(|| candidate(net.clone(), batches, *config));
            let rows: Vec<_> = batches.iter().map(|b| b.1.len()).collect();
            let steps = (0..=batches.len()).rev().find(|n| {
                let some = (net.clone(), batches[..*n].to_vec(), *config);
                let (right, _) = trained(&none, &some);
                after.as_ref().is_some_and(|(net, _)| {
                    let of = |net: &Mlp<f64>| {
                        laid(&(net.clone(), vec![])).into_iter().collect()
                    };
                    let [a, b]: [Vec<f64>; 2] = [of(net), of(&right)];
                    alike(&a, &b, 1e-9)
                })
            });
            let moved = after.is_some_and(|(after, _)| after != *net);
            said += &match (steps, moved) {
                (Some(n), _) => format!(
                    " With batches of {rows:?} rows it is the network after {n} of {} steps.",
                    batches.len()
                ),
                (None, true) => {
                    format!(
                        " With batches of {rows:?} rows it has moved, elsewhere."
                    )
                }
                _ => String::new(),
            };
        }
    } else if batches.len() == 1 {
        // Adam's first step is lr g / (|g| + eps): from the step, the gradient.
        let gradient = |moved: &[f64]| -> Array1<f64> {
            let one = |by: &f64| {
                let share = -by / config.lr;
                config.eps * share / (1.0 - share.abs())
            };
            moved.iter().map(one).collect()
        };
        let [should, did] = [&should, &did].map(|m| gradient(m));
        let empty = Diagnosis::new("", "", "");
        let relation = judge(&should, &did, 1e-6, vec![], empty);
        let relation = relation.err().map_or(String::new(), |told| told.what);
        let names = (0..start.layers.len()).flat_map(|n| {
            ["weights", "biases"].map(|what| format!("layer {n}'s {what}"))
        });
        let mut from = 0;
        let mut bad = Vec::new();
        for (name, p) in names.zip(start.parameters()) {
            let part = from..from + p.len();
            from += p.len();
            let [a, b] =
                [&should, &did].map(|g| to_vec(g)[part.clone()].to_vec());
            if !alike(&b, &a, 1e-6) {
                bad.push(name);
            }
        }
        said += &format!(
            " The step is wrong in {}. Worked out from an Adam step, the gradient that it followed:{relation}",
            bad.join(", ")
        );
        if relation.is_empty() {
            said += &format!(" {did:.4}, where {should:.4} is right.");
        }
    } else if wrong.is_none() {
        said += " The network that comes back is not: look at the last step.";
        let (last, earlier) = (batches.len() - 1, batches.len());
        let some = (start.clone(), batches[..last].to_vec(), *config);
        let (before, _) = trained(&none, &some);
        let step = |net: &Mlp<f64>| -> Array1<f64> {
            let pairs = net.parameters().into_iter().zip(before.parameters());
            pairs.flat_map(|(a, b)| (&a - &b).into_iter()).collect()
        };
        let [should, did] = [&right.0, &came.0].map(step);
        if did.iter().all(|v| *v == 0.0) {
            said += &format!(" Step {earlier} was not taken.");
        } else {
            let empty = Diagnosis::new("", "", "");
            let relation = judge(&should, &did, 1e-6, vec![], empty);
            said += &relation.err().map_or(String::new(), |told| told.what);
        }
    }
    ("value", said)
}

pub fn train(candidate: Trains) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § Learning to read";
    let told = |name, what: String| Diagnosis::new(name, what, SEE);
    let long = (
        network(&[2, 16, 3], 4),
        three_kinds(200),
        AdamConfig { lr: 0.02, ..AdamConfig::default() },
    );
    let cases = train_cases();
    let when = |(_, batches, _): &Training| match batches.len() {
        0 => "where there is no batch".to_string(),
        n => format!("with {n} batch(es) that differ in size"),
    };
    let run = |(net, batches, config): &Training| {
        candidate(net.clone(), batches, *config)
    };
    let (came, ended) = gathered(SEE, &cases, when, run);
    // The widest first: it tells most of a number that is wrong.
    let mut order: Vec<_> = came.iter().zip(&cases).collect();
    order.sort_by_key(|(_, case)| std::cmp::Reverse(case.1.len()));
    for (came, (net, batches, _)) in order {
        let (right, n) = (batches.len(), came.1.len());
        let rows: usize = batches.iter().map(|(x, _)| x.nrows()).sum();
        let why = match n {
            n if n == right => "",
            0 => " There is none: note each one with `push`.",
            1 => {
                " There is one for all, or the last one alone: note one in each turn of the loop."
            }
            n if n == rows => {
                " There is one for each row: a batch goes forward as a whole."
            }
            n if n == right + 1 => {
                " There is one more: that of the finished network is not asked for."
            }
            n if n + 1 == right => {
                " There is one less: a batch is left out, or its loss is not noted."
            }
            n if n == 2 * right => {
                " There are two for each: note it once, before the step."
            }
            _ => " Note one in each turn of the loop.",
        };
        if n != right {
            let what = format!(
                "There is one loss for each batch, that before its step. Their number is wrong.{why}"
            );
            return Err(told("number of losses", what).with(right, n));
        }
        let shapes = |net: &Mlp<f64>| -> Vec<Vec<usize>> {
            net.parameters().iter().map(|p| p.shape().to_vec()).collect()
        };
        let (right, shape) = (shapes(net), shapes(&came.0));
        if right != shape {
            let what = "The network that comes back has other arrays than the one that came.";
            return Err(told("wrong shape", what.into())
                .with(format!("{right:?}"), format!("{shape:?}")));
        }
    }
    let laid_out: Vec<_> = came.iter().map(laid).collect();
    let place = |case: &Training| {
        let same = |other: &&Training| std::ptr::eq(*other, case);
        cases.iter().position(|other| same(&other)).unwrap_or(0)
    };
    let all = &came;
    let otherwise = |case: &Training| {
        let came = &came[place(case)];
        let losses = |all: Vec<(Mlp<f64>, Vec<f64>)>| -> Vec<f64> {
            all.into_iter().flat_map(|(_, losses)| losses).collect()
        };
        let right = cases.iter().map(|c| trained(&none, c)).collect();
        let [right, yours] = [right, all.clone()].map(losses);
        match multiple(&right, &yours) {
            Some(times) => (
                "times a number",
                format!(
                    "Your losses are {times:.4} of the right ones everywhere."
                ),
            ),
            None => where_wrong(case, came, candidate),
        }
    };
    let part = Part {
        text: TRAIN,
        with: &[&|is, c| laid(&trained(is, c))],
        tolerance: 1e-9,
        see: SEE,
        otherwise: &otherwise,
        size: &|case| {
            let rows = case.1.iter().map(|(x, _)| x.nrows()).sum::<usize>();
            let batches = case.1.len();
            if batches == 0 { usize::MAX } else { batches * 100 + rows }
        },
        factors: &|_| vec![],
        tells: false,
    };
    part.judged(&cases, &laid_out).map_err(|told| {
        let sizes = cases.iter().zip(&came).filter(|(case, came)| {
            let right = laid(&trained(&none, case));
            let [a, b] = [&right, &laid(came)]
                .map(|x| x.iter().copied().collect::<Vec<_>>());
            !alike(&b, &a, 1e-9)
        });
        let simplest = sizes.min_by_key(|(case, _)| part.size(case));
        let Some((case, came)) = simplest else { return told };
        let [right, came] = first_difference(&trained(&none, case), came);
        told.with(right, came)
    })?;
    ended?;
    let came = tried(SEE, "with 200 batches", || run(&long))?;
    let right = trained(&none, &long);
    if came.1.len() != right.1.len() {
        let what = "A few batches have a loss each, and 200 have not.";
        return Err(
            told("number of losses", what.into()).with(200, came.1.len())
        );
    }
    let what = "A few batches are right, and 200 are not: does something end, or change, after some steps?";
    let otherwise = told("long training", what.into());
    judge(&laid(&right), &laid(&came), 1e-6, vec![], otherwise).map_err(
        |told| {
            let [right, came] = first_difference(&right, &came);
            told.with(right, came)
        },
    )
}

/// Why the signal of exercise 0.7 comes out as it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
pub enum Because {
    TheRuleKeepsTheSize,
    TheSquareDoubles,
    TheSizeDoubles,
    TwentyAreOne,
    SignsCancel,
}

/// How many times as large the sums are after so many layers drawn by He's rule: the geometric mean of five seeds.
fn grown(layers: usize, follows: Activation) -> f64 {
    let one = |seed| {
        let rng = &mut rng_at(7, seed);
        let x = Array2::random_using((64, 256), StandardNormal, rng);
        let (start, mut s) = (x.std(0.0), x);
        for n in 0..layers {
            let x = if n == 0 { s } else { follows.forward(s) };
            let layer = init_layer::<f64>(256, 256, Activation::Relu, rng);
            s = linear(&x, &layer.w, &layer.b);
        }
        (s.std(0.0) / start).ln()
    };
    ((0..5).map(one).sum::<f64>() / 5.0).exp()
}

/// How one may have come to a wrong size.
fn by_what(size: f64, one: f64) -> String {
    let root = 2.0_f64.sqrt();
    let known = [
        (root.powi(19), "19 layers; there are 20"),
        (root.powi(21), "21 layers; there are 20"),
        (
            2.0_f64.powi(20),
            "the mean square; the standard deviation is its root",
        ),
        (2.0_f64.powi(5), "the root of the root"),
        (root, "one layer; there are 20"),
        (2.0, "the mean square after one layer; there are 20"),
        (40.0, "20 times 2; each layer multiplies what came by its factor"),
        (
            20.0 * root,
            "20 times √2; each layer multiplies what came by its factor",
        ),
        (
            40.0_f64.sqrt(),
            "the root of 20 times 2; each layer multiplies what came by its factor",
        ),
        (
            20.0_f64.sqrt(),
            "the root of 20; each layer multiplies what came by its factor",
        ),
        (20.0, "one for each layer; each multiplies what came by its factor"),
        (10.0, "the power of 2; the size is 2 to that power"),
        (2.0_f64.powi(-10), "the reciprocal; the signal grows"),
        (0.5_f64.powi(20), "half the mean square in each layer; it doubles"),
        (1.0, "no change at all"),
        (0.0, "nothing; the signal grows"),
        (
            256.0,
            "the width; the share of a weight's variance, 2 / 256, takes care of it",
        ),
        (
            512.0,
            "twice the width; the share of a weight's variance, 2 / 256, takes care of it",
        ),
        (
            16.0,
            "the root of the width; the share of a weight's variance, 2 / 256, takes care of it",
        ),
    ];
    let is = |v: f64| (size - v).abs() <= 0.005 * v.abs().max(1e-9);
    let found = known.iter().find(|(v, _)| is(*v));
    match found {
        Some((_, what)) => format!(" Yours is that of {what}."),
        None if size.is_finite() && size > 0.0 => format!(
            " Yours would take a factor of {:.3} in each layer; it is {one:.3}.",
            size.powf(0.05)
        ),
        None => " Yours is no size.".into(),
    }
}

pub fn without_relu(
    candidate: fn() -> (f64, Because),
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § A network is a list, equation 0.10";
    let (size, because) = candidate();
    let here = grown(20, Activation::Identity);
    // 19 or 21 layers on paper lie within what a run may differ by.
    let off_by_one =
        [9.5, 10.5].map(|v| (size / 2.0_f64.powf(v) - 1.0).abs());
    let near = size >= here / 1.5 && size <= here * 1.5;
    let right = near && off_by_one.iter().all(|v| *v > 1e-3);
    let came = match right {
        true => format!("The number came: the signal grows {here:.0}-fold. "),
        false => format!("The signal grows {here:.0}-fold. "),
    };
    let told = |name, what: String| {
        let told = Diagnosis::new(name, format!("{came}{what}"), SEE);
        Err(told.with(format!("{here:.0}"), format!("{size}, {because:?}")))
    };
    let one = grown(1, Activation::Identity);
    match because {
        Because::TheRuleKeepsTheSize => told(
            "the rule keeps the size",
            format!(
                "With ReLU it is {one:.2} times the input's after one layer, and {:.2} times after twenty: the rule is made for \
                 the ReLU that follows, and its 2 makes up for what ReLU throws away. Without ReLU a variance of 1 / I would keep \
                 the size.",
                grown(20, Activation::Relu)
            ),
        ),
        Because::TheSizeDoubles => told(
            "the size doubles",
            format!(
                "Then it would grow 2²⁰-fold, a million times. One layer makes {one:.2} of 1: it is the mean square that doubles, \
                 and the size goes with its root."
            ),
        ),
        Because::TwentyAreOne => told(
            "twenty are one",
            format!(
                "One layer makes {one:.2} of 1. Twenty are indeed one linear layer, whose matrix is the product of twenty: its \
                 numbers are larger than those of each factor."
            ),
        ),
        Because::SignsCancel => told(
            "signs cancel",
            format!(
                "One layer makes {one:.2} of 1. The signs of the weights are random with ReLU or without: the 256 terms of a sum \
                 cancel in part, and what is left is a sum of 256 mean squares."
            ),
        ),
        Because::TheSquareDoubles if !right => told(
            "a reason without its number",
            format!(
                "The reason is right. Its number: the mean square doubles twenty times, and the standard deviation is the root of \
                 that.{}",
                by_what(size, one)
            ),
        ),
        Because::TheSquareDoubles => Ok(()),
    }
}

/// When a log is read.
const WHEN: [&str; 2] = ["at the beginning", "over the last third"];

/// What such a run does, of a cause that was named wrongly.
fn does(cause: Cause) -> &'static str {
    match cause {
        Cause::LongSteps => {
            "With steps too long, each step goes past the valley; the gradients are those of the loss at the place, and the losses jump."
        }
        Cause::ShortSteps => {
            "With steps too short, the network learns what a healthy one does, thirty times as slowly: all curves hardly move, and \
             gradients reach all layers."
        }
        Cause::SumForMean => {
            "With the sum for the mean, a step is as many times too long as a batch has points, and so is the gradient in the log."
        }
        Cause::ZeroStart => {
            "With weights of 0 all hidden outputs are 0, in both layers, and no gradient gets past the last biases."
        }
        Cause::WideStart => {
            "With weights ten times as large, the first losses are in the hundreds, since three layers multiply the logits by a thousand."
        }
        Cause::LowBiases => {
            "With biases of −20 in the second hidden layer, no sum of its units is positive: they are dead, and no gradient gets past \
             them. The units before them are not."
        }
        Cause::SignTurned => {
            "With the sign turned at the first layer's weights, these climb while the layers behind them descend: the loss falls as long as \
             they are the faster ones."
        }
        Cause::PairsBroken => {
            "With answers that belong to other points, there is nothing to learn but how often each kind occurs: gradients flow, no unit \
             dies, and the loss stays at guessing."
        }
        Cause::OneBatch => {
            "With one batch, the network learns that batch by heart: its loss on it goes to 0, and on fresh points it grows."
        }
    }
}

/// The mistake of naming this cause.
fn named(cause: Cause) -> &'static str {
    match cause {
        Cause::LongSteps => "long steps",
        Cause::ShortSteps => "short steps",
        Cause::SumForMean => "sum for mean",
        Cause::ZeroStart => "zero start",
        Cause::WideStart => "wide start",
        Cause::LowBiases => "low biases",
        Cause::SignTurned => "sign turned",
        Cause::PairsBroken => "pairs broken",
        Cause::OneBatch => "one batch",
    }
}

pub fn diagnose(candidate: fn() -> [Cause; 4]) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § What goes wrong and § Exercises";
    /// Trained once, however many answers are looked at.
    static READ: LazyLock<Vec<(Cause, [[f64; 8]; 2])>> =
        LazyLock::new(|| {
            // Networks so small are slower on many threads than on one.
            let one = rayon::ThreadPoolBuilder::new().num_threads(1).build();
            let one = one.unwrap_or_else(|e| panic!("{e}"));
            let read = |cause| (cause, readings(&log(Some(cause), 1, STEPS)));
            one.install(|| CAUSES.map(read).into())
        });
    let read = |cause| {
        let found = READ.iter().find(|(of, _)| *of == cause);
        found.map_or([[f64::NAN; 8]; 2], |(_, read)| *read)
    };
    let runs = ["A", "B", "C", "D"];
    let all = candidate();
    let hits = all.iter().zip(SHOWN).filter(|(a, b)| **a == *b).count();
    let twice = |one| all.iter().filter(|other| **other == one).count() > 1;
    for ((run, right), came) in runs.iter().zip(SHOWN).zip(all) {
        if right == came {
            continue;
        }
        let (here, there) = (read(right), read(came));
        let by = told_by(&here, &there);
        // The second curve is another one.
        let another = by.iter().find(|b| b.2 != by[0].2);
        let told = by.iter().take(1).chain(another);
        let numbers = told.map(|(_, when, n)| {
            format!(
                "{} {} would be about {}; here it is {}",
                WHEN[*when],
                SAID[*n].1,
                shortly(there[*when][*n]),
                shortly(here[*when][*n])
            )
        });
        let beside = match () {
            _ if SHOWN.iter().all(|one| all.contains(one)) => {
                "All four causes are there, and belong to other runs.".into()
            }
            _ if twice(came) => {
                "You named it twice, and each run has a cause of its own."
                    .to_string()
            }
            _ => format!("Of your four, {hits} are right."),
        };
        let what = format!(
            "Run {run} is something else. {} In such a run, {}. {beside}",
            does(came),
            numbers.collect::<Vec<_>>().join(", and ")
        );
        return Err(Diagnosis::new(named(came), what, SEE));
    }
    Ok(())
}

/// With two digits that matter.
fn shortly(v: f64) -> String {
    match v.abs() {
        0.0 => "0".into(),
        v if v >= 10.0 => format!("{v:.0}"),
        v if v >= 1.0 => format!("{v:.1}"),
        v if v >= 0.01 => format!("{v:.2}"),
        _ => format!("{v:.0e}"),
    }
}
