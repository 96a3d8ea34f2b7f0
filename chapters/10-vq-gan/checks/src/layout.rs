//! Exercises 10.1 and 10.4: where numbers stand, and what a logit sees.

use super::*;

/// Pictures of `height` × `width` pixels, a row each.
#[derive(Clone)]
struct Pictures {
    x: Array2<f64>,
    size: (usize, usize, usize),
    patch: usize,
}

/// Exercise 10.1, as it can go wrong. Where a slip leads out of the picture, nothing.
fn cut(of: &Pictures, is: Is, _: Tap) -> Out {
    let (height, width, channels) = of.size;
    let p = of.patch;
    let (b, (down, across)) = (of.x.nrows(), (height / p, width / p));
    let (mut down_, mut across_) = (down, across);
    if is("height and width exchanged") {
        (down_, across_) = (across, down);
    }
    if is("squares from the height") {
        across_ = down;
    }
    if is("squares from the width") {
        down_ = across;
    }
    let (n, m) = (b * down * across, p * p * channels);
    let flat: Vec<f64> = of.x.iter().copied().collect();
    let mut y = Array2::zeros((n, m));
    for ((row, column), v) in y.indexed_iter_mut() {
        let (place, picture) = match () {
            _ if is("pictures inside") => (row / b, row % b),
            _ => (row % (down_ * across_), row / (down_ * across_)),
        };
        let (i, j) = match () {
            _ if is("patches column by column") => {
                (place % down_, place / down_)
            }
            _ if is("patches from below") => {
                (down_ - 1 - place / across_, place % across_)
            }
            _ if is("patches from the right") => {
                (place / across_, across_ - 1 - place % across_)
            }
            _ => (place / across_, place % across_),
        };
        let picture = if is("the first picture") { 0 } else { picture };
        let column = match is("backwards") {
            true => m - 1 - column,
            false => column,
        };
        let (q, c) = match () {
            _ if is("lines innermost") => {
                // A piece of p · C numbers, and for each of them the p lines.
                let (k, line) = (column / p, column % p);
                (line * p + k / channels, k % channels)
            }
            _ if is("channels first") => (column % (p * p), column / (p * p)),
            _ => (column / channels, column % channels),
        };
        let (line, at) = match () {
            _ if is("pixels column by column") => (q % p, q / p),
            _ if is("lines from below") => (p - 1 - q / p, q % p),
            _ if is("pixels from the right") => (q / p, p - 1 - q % p),
            _ => (q / p, q % p),
        };
        let c = match () {
            _ if is("channels backwards") => channels - 1 - c,
            _ if is("one channel") => 0,
            _ => c,
        };
        let (line, at) = match () {
            _ if is("every nth pixel") => (line * down + i, at * across + j),
            _ if is("one pixel on") => (i + line, j + at),
            _ => (i * p + line, j * p + at),
        };
        let from = match () {
            _ if is("channels for pixels") => {
                // The picture as one of width · C grey pixels.
                let n = (row % (down * across)) * m + column;
                let (patch, q) = (n / (p * p), n % (p * p));
                let many = width * channels / p;
                let line = patch / many * p + q / p;
                line * width * channels + patch % many * p + q % p
            }
            _ if is("height and width exchanged") => {
                (line * height + at) * channels + c
            }
            _ if is("planes") => (c * height + line) * width + at,
            _ if is("as long as high") => (line * height + at) * channels + c,
            _ if is("columns of a picture") => {
                (at * height + line) * channels + c
            }
            _ => (line * width + at) * channels + c,
        };
        let numbers = height * width * channels;
        let from = match is("not cut at all") {
            true => row * m + column,
            false if from >= numbers => return Vec::new(),
            false => picture * numbers + from,
        };
        let Some(value) = flat.get(from) else { return Vec::new() };
        *v = *value;
    }
    match () {
        _ if is("rows and columns exchanged") => one(y.reversed_axes()),
        _ if is("a row for each pixel") => {
            let shape = (n * p * p, channels);
            let y = y.into_shape_with_order(shape);
            y.map(one).unwrap_or_default()
        }
        _ if is("a row for each picture") => {
            let shape = (b, height * width * channels);
            let y = y.into_shape_with_order(shape);
            y.map(one).unwrap_or_default()
        }
        _ => one(y),
    }
}

const CUT: Mistakes<Pictures> = mistakes!(
    cut,
    [
        "channels first",
        "Within a patch all reds stand first, then all greens. The channels of a pixel stay side by side, as they are in the picture."
    ],
    [
        "planes",
        "The picture was read as one plane for each channel, one behind the other. Its rows hold the channels of a pixel side by side: \
         number ((line · width) + column) · C + c."
    ],
    [
        "patches column by column",
        "The patches of a picture come column by column. The second is the one to the right of the first."
    ],
    [
        "patches from below",
        "The patches of a picture begin with its lowest line. The first is above, on the left."
    ],
    [
        "patches from the right",
        "The patches of a line begin on the right. The first is above, on the left."
    ],
    [
        "pixels column by column",
        "Within a patch the pixels come column by column: its lines and columns are exchanged. Line by line, as in the picture."
    ],
    [
        "lines from below",
        "Within a patch the lowest line comes first. Line by line, as in the picture, from above."
    ],
    ["pixels from the right", "Each line of a patch is mirrored."],
    [
        "not cut at all",
        "The numbers were dealt out in the order in which they lie. A patch has `patch` pieces of as many lines, and between two pieces of \
         one patch lie those of its neighbours: an axis has to change places before the last reshape."
    ],
    [
        "lines innermost",
        "Within a patch each number of the first line is followed by those below it, channel by channel: the last two axes are the wrong \
         way round. A line of the patch stays in one piece."
    ],
    [
        "height and width exchanged",
        "Height and width are exchanged: the size is (height, width, channels)."
    ],
    [
        "channels for pixels",
        "A patch is `patch` *numbers* wide here. It is `patch` pixels wide, and a pixel has C numbers: a piece of a line is patch · C long."
    ],
    [
        "the first picture",
        "The patches of the first picture stand there for all of them."
    ],
    ["backwards", "Each row is written from its end to its beginning."],
    [
        "every nth pixel",
        "A row holds every so manyth pixel of a line, not those that are neighbours: the two factors of each side are the wrong way \
         round. A line is i · patch + y, with i in the grid and y in the patch."
    ],
    [
        "one pixel on",
        "The patches overlap: each begins one pixel after the last. It begins `patch` pixels after it."
    ],
    [
        "channels backwards",
        "The channels of each pixel come in the opposite order."
    ],
    ["one channel", "All channels of a pixel are copies of its first one."],
    [
        "as long as high",
        "A line was taken to be as long as the picture is high: the next line begins `width` pixels later, not `height`."
    ],
    [
        "columns of a picture",
        "The picture was read column by column. Its rows hold it line by line."
    ],
    [
        "squares from the height",
        "The grid was taken for a square, as many patches across as down. Across there are width / patch."
    ],
    [
        "squares from the width",
        "The grid was taken for a square, as many patches down as across. Down there are height / patch."
    ],
    [
        "pictures inside",
        "The first patches of all pictures come first, then their second ones. All patches of a picture stand together."
    ],
    [
        "rows and columns exchanged",
        "Rows and columns are exchanged: a patch is a row, `[B·(H/p)·(W/p), p²·C]`."
    ],
    [
        "a row for each pixel",
        "Each row holds a single pixel. It holds a patch: `patch`² pixels."
    ],
    [
        "a row for each picture",
        "The order is right, and the shape is that of the pictures: a row has to hold a patch."
    ],
);

fn albums() -> Vec<(&'static str, Pictures)> {
    let of = |b: usize, size: (usize, usize, usize), patch| {
        let n = size.0 * size.1 * size.2;
        let x = Array2::from_shape_fn((b, n), |(row, at)| {
            let v = (1000 * row + at) as f64;
            if at == 1 { -1000.0 - row as f64 } else { v }
        });
        Pictures { x, size, patch }
    };
    vec![
        ("a grey picture of one patch, 2 × 2", of(1, (2, 2, 1), 2)),
        ("a grey picture of 2 × 4 pixels, patches of 2", of(1, (2, 4, 1), 2)),
        (
            "a picture of 2 × 4 pixels in two channels, patches of 2",
            of(1, (2, 4, 2), 2),
        ),
        (
            "a picture of 6 × 4 pixels in three channels, patches of 2",
            of(1, (6, 4, 3), 2),
        ),
        (
            "three pictures of 6 × 9 pixels in two channels, patches of 3",
            of(3, (6, 9, 2), 3),
        ),
        (
            "two pictures of 3 × 5 pixels in two channels, patches of 1",
            of(2, (3, 5, 2), 1),
        ),
        ("six pictures of 4 × 6 pixels, patches of 2", of(6, (4, 6, 3), 2)),
        ("no picture at all", of(0, (4, 6, 3), 2)),
    ]
}

pub fn space_to_depth(
    candidate: fn(&Array2<f64>, (usize, usize, usize), usize) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 10, § Colour, equation 10.1",
        results: &["the matrix of patches"],
        right: |of| rightly(cut, of),
        suspects: CUT.0,
        terms: none,
        others: |of| {
            let patch = |patch| Pictures { patch, ..of.clone() };
            vec![("for patches of 1".into(), patch(1))]
        },
        numbers: none,
        tolerance: 1e-12,
    };
    judged(&exercise, cut, CUT.1, &albums(), |of| {
        one(candidate(&of.x, of.size, of.patch))
    })
    .map_err(|told| first_wrong(told, candidate))
}

/// Where nothing is known of an answer: whose number stands in the first wrong place.
fn first_wrong(
    told: Diagnosis,
    candidate: fn(&Array2<f64>, (usize, usize, usize), usize) -> Array2<f64>,
) -> Diagnosis {
    if told.mistake != "value" {
        return told;
    }
    let told = without_steps(told);
    let (height, width, channels) = (6, 9, 2);
    let numbers = height * width * channels;
    let x = Array2::from_shape_fn((2, numbers), |(b, n)| {
        (b * numbers + n) as f64
    });
    let size = (height, width, channels);
    let of = Pictures { x, size, patch: 3 };
    let right = &rightly(cut, &of)[0];
    let came = candidate(&of.x, size, 3).into_dyn();
    let whose = |v: f64| {
        let n = v.max(0.0) as usize;
        let (b, n) = (n / numbers, n % numbers);
        let (pixel, c) = (n / channels, n % channels);
        format!(
            "channel {c} of the pixel in line {}, column {} of picture {b}",
            pixel / width,
            pixel % width
        )
    };
    let mut pairs = right.indexed_iter().zip(&came);
    let Some(((at, v), w)) = pairs.find(|((_, v), w)| v != w) else {
        return told;
    };
    let what = format!(
        "{} Of two pictures of 6 × 9 pixels in two channels, with patches of 3, there should stand at {:?} {}; yours: {}.",
        told.what,
        at.slice(),
        whose(*v),
        whose(*w)
    );
    Diagnosis { what, ..told }
}

/// A convolution along a line, or a column: each place of what comes out sees `kernel` places of what goes in, each place's
/// window beginning `stride` after that of the last; the first begins `padding` places before the first one.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub kernel: usize,
    pub stride: usize,
    pub padding: usize,
}

/// A discriminator, and which of its logits is asked.
#[derive(Clone)]
struct Asked {
    windows: Vec<Window>,
    side: usize,
    place: usize,
}

/// Exercise 10.4, as it can go wrong: the first pixel, and the first that is not seen any more.
fn seen(of: &Asked, is: Is, _: Tap) -> Out {
    let side = of.side as i64;
    let product: i64 = of.windows.iter().map(|w| w.stride as i64).product();
    let place =
        if is("always the first logit") { 0 } else { of.place as i64 };
    if is("tiles") {
        let range = [place * product, (place + 1) * product];
        return range.iter().map(|v| arr0(*v as f64).into_dyn()).collect();
    }
    let (mut from, mut to) = (place, place + 1);
    if is("centred") {
        let (mut many, mut jump) = (1, 1);
        for w in &of.windows {
            many += (w.kernel as i64 - 1) * jump;
            jump *= w.stride as i64;
        }
        let from = place * jump + jump / 2 - many / 2;
        let range = [from.max(0), (from + many).min(side)];
        return range.iter().map(|v| arr0(*v as f64).into_dyn()).collect();
    }
    let kernels = of.windows.iter().map(|w| w.kernel as i64);
    let many = match () {
        _ if is("kernels multiplied") => Some(kernels.product::<i64>()),
        _ if is("kernels added") => Some(kernels.sum()),
        _ if is("one kernel") => kernels.max(),
        _ if is("twice the stride") => Some(2 * product),
        _ if is("always 22") => Some(22),
        _ => None,
    };
    let all: Vec<&Window> = match is("from the first layer on") {
        true => of.windows.iter().collect(),
        false => of.windows.iter().rev().collect(),
    };
    let all = match is("the last layer alone") {
        true => all.into_iter().take(1).collect(),
        false => all,
    };
    let last = all.len().saturating_sub(1);
    let mut jump = product;
    for (n, w) in all.into_iter().enumerate() {
        let [k, s, p] = [w.kernel, w.stride, w.padding].map(|v| v as i64);
        let p = match () {
            _ if is("no padding") => 0,
            _ if is("padding of the first layer alone") && n < last => 0,
            _ if is("padding of the last layer alone") && n > 0 => 0,
            _ if is("padding not stretched") => 0,
            _ if is("padding on the other side") => -p,
            _ => p,
        };
        let s = if is("no strides") { 1 } else { s };
        let s = if is("the last layer's stride left out") && n == 0 {
            1
        } else {
            s
        };
        let s = if is("the first layer's stride left out") && n == last {
            1
        } else {
            s
        };
        if is("own stride counts") {
            // Grows by (k - 1) times the product of strides up to this one, its own included.
            let wide = to - from + (k - 1) * jump;
            from = from * s - p;
            to = from + wide;
            jump /= s;
            continue;
        }
        let end = match () {
            _ if is("the first window's end") => from * s - p + k,
            _ if is("a kernel after the end") => to * s - p + k,
            _ if is("kernel once for each place") => to * s - p,
            _ => (to - 1) * s - p + k,
        };
        (from, to) = match () {
            _ if is("padding before the stride") => {
                ((from - p) * s, (to - 1 - p) * s + k)
            }
            _ => (from * s - p, end),
        };
        if is("padding added to the end") {
            to += 2 * p;
        }
        if is("padding taken from the end too") {
            to -= p;
        }
    }
    if let Some(many) = many {
        to = from + many;
    }
    if is("padding not stretched") {
        let sum: i64 = of.windows.iter().map(|w| w.padding as i64).sum();
        (from, to) = (from - sum, to - sum);
    }
    if is("moved back inside") {
        let over = (-from).max(0);
        (from, to) = (from + over, (to + over).min(side));
    }
    let left = if is("beyond the left edge") { i64::MIN } else { 0 };
    let right = if is("beyond the right edge") { i64::MAX } else { side };
    (from, to) = (from.max(left), to.min(right));
    if is("the last one in place of the next") {
        to -= 1;
    }
    if is("how many in place of where") {
        to -= from;
    }
    [from, to].iter().map(|v| arr0(*v as f64).into_dyn()).collect()
}

const SEEN: Mistakes<Asked> = mistakes!(
    seen,
    [
        "tiles",
        "This is the logit's own tile of the picture, as if it were cut into as many pieces as there are logits. Windows of 4 that move \
         by 2 overlap: a logit sees into its neighbours' tiles."
    ],
    [
        "kernels multiplied",
        "The kernels were multiplied. A place of the last layer sees 4 places of the one before; two of these that are neighbours see 4 \
         each, but begin only a stride apart: together (4 - 1) · stride + 4."
    ],
    [
        "kernels added",
        "The kernels were added up. Each layer adds its kernel less 1, times all the strides below it."
    ],
    [
        "one kernel",
        "This is what one layer sees. The pixels of a logit are all that lie below what it sees, down to the picture."
    ],
    [
        "centred",
        "The pixels were laid around the middle of the logit's tile. Where they lie, the paddings decide: begin at the logit's place and \
         take off each layer's padding on the way down."
    ],
    [
        "always 22",
        "There are always 22. That is so of the page's three layers; here kernels and strides are others."
    ],
    [
        "padding before the stride",
        "The padding was taken off before the stride was multiplied. A window begins at n · stride − padding: the padding counts places \
         of the layer's *input*."
    ],
    [
        "padding added to the end",
        "At the end the padding was added, as if the window grew on both sides. It moves the window, and does not widen it."
    ],
    [
        "the last layer alone",
        "These are the places of the last layer's input, and not pixels: go on, down to the first layer."
    ],
    [
        "twice the stride",
        "This is twice the distance of two logits, as it would be for a single layer whose kernel is twice its stride."
    ],
    [
        "no strides",
        "The strides have been left out, so that each layer adds its kernel less 1. A step in a deep layer is as many pixels as the \
         strides below it multiply to."
    ],
    [
        "from the first layer on",
        "The layers were gone through from the first to the last. The question begins at a logit: what does it see of the last layer's \
         input, and what do these places see of theirs?"
    ],
    [
        "own stride counts",
        "A layer's kernel was multiplied by its own stride, too. What a layer adds is (kernel - 1) times the strides *below* it: places \
         next to one another in its input are as far apart as those make them."
    ],
    [
        "the last layer's stride left out",
        "The last layer's stride was left out: logits next to one another begin a stride apart in its input."
    ],
    [
        "the first layer's stride left out",
        "The first layer's stride was left out. It stretches whatever stands behind it."
    ],
    [
        "no padding",
        "As many pixels, but too far to the right: the padding is missing. With padding 1 the first window begins one place *before* the \
         first pixel."
    ],
    [
        "padding not stretched",
        "The paddings were added up as they are. One place of padding in a deep layer is as many pixels as the strides below it multiply \
         to; take it off at its layer."
    ],
    [
        "padding of the first layer alone",
        "Only the first layer's padding was taken off. Each layer has its own."
    ],
    [
        "padding of the last layer alone",
        "Only the last layer's padding was taken off. Each layer has its own."
    ],
    [
        "padding on the other side",
        "The padding moved the windows to the right. With padding the first window begins *before* the first place: take it off."
    ],
    [
        "padding taken from the end too",
        "The padding was taken off twice at the end of the window. It moves the window, and does not make it shorter."
    ],
    [
        "the first window's end",
        "The end is that of the first place's window. Of several places next to one another the last one's window ends last."
    ],
    [
        "a kernel after the end",
        "The end is a stride too far in each layer: the last place that is seen is the one *before* the end of the range."
    ],
    [
        "kernel once for each place",
        "The end leaves the kernel out: the next place's window begins there. The last one's ends a kernel after it began."
    ],
    [
        "beyond the left edge",
        "What is seen begins left of the picture. Nothing is there but zeros: begin at pixel 0."
    ],
    [
        "beyond the right edge",
        "What is seen ends right of the picture. Nothing is there but zeros: end with the picture."
    ],
    [
        "moved back inside",
        "What hung over the left edge was moved to the right. It is cut off there: a logit at an edge sees fewer pixels."
    ],
    [
        "the last one in place of the next",
        "The range ends one pixel too early: `first..end` does not hold its end."
    ],
    [
        "how many in place of where",
        "Behind the dots stands how many pixels there are. The end of a range is the first that is not in it."
    ],
    [
        "always the first logit",
        "Whichever logit is asked, the first one answers: `place` was not looked at."
    ],
);

fn questions() -> Vec<(&'static str, Asked)> {
    let of = |windows: &[[usize; 3]], side, place| {
        let windows = windows.iter().map(|[kernel, stride, padding]| {
            let [kernel, stride, padding] = [*kernel, *stride, *padding];
            Window { kernel, stride, padding }
        });
        Asked { windows: windows.collect(), side, place }
    };
    let patches = [[4, 2, 1]; 3];
    let uneven = [[3, 1, 1], [4, 2, 1], [5, 3, 2]];
    vec![
        ("no layer at all", of(&[], 7, 3)),
        (
            "one layer, of kernel 3, stride 1 and padding 1",
            of(&[[3, 1, 1]], 9, 4),
        ),
        (
            "one layer, of kernel 4, stride 2 and padding 1",
            of(&[[4, 2, 1]], 16, 3),
        ),
        (
            "two layers of kernel 3, without stride or padding",
            of(&[[3, 1, 0]; 2], 12, 5),
        ),
        ("the page's three layers, 64 pixels, logit 4", of(&patches, 64, 4)),
        ("the page's three layers, 64 pixels, logit 5", of(&patches, 64, 5)),
        (
            "the page's three layers, 32 pixels, the first logit",
            of(&patches, 32, 0),
        ),
        (
            "the page's three layers, 32 pixels, the last logit",
            of(&patches, 32, 3),
        ),
        (
            "layers with kernels 3, 4, 5, strides 1, 2, 3 and paddings 1, 1, 2",
            of(&uneven, 90, 7),
        ),
        ("the same layers, the first logit", of(&uneven, 90, 0)),
        ("the same layers, the last logit", of(&uneven, 90, 14)),
        (
            "the same layers in the opposite order",
            of(&[[5, 3, 2], [4, 2, 1], [3, 1, 1]], 90, 6),
        ),
        (
            "layers without padding",
            of(&[[4, 2, 0], [3, 3, 0], [2, 1, 0]], 120, 6),
        ),
        (
            "a stride of 3 and a kernel of 2, so that pixels are left out",
            of(&[[2, 3, 0], [3, 2, 0]], 40, 2),
        ),
    ]
}

pub fn sees(
    candidate: fn(&[Window], usize, usize) -> Range<usize>,
) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 10, § A critic of patches, equation 10.4",
        results: &["the first pixel", "the end"],
        right: |of| rightly(seen, of),
        suspects: SEEN.0,
        terms: none,
        others: |of| {
            let place = |place| Asked { place, ..of.clone() };
            vec![
                ("for the next logit".into(), place(of.place + 1)),
                (
                    "for the logit before, or the first".into(),
                    place(of.place.saturating_sub(1)),
                ),
            ]
        },
        numbers: none,
        tolerance: 1e-12,
    };
    let told = judged(&exercise, seen, SEEN.1, &questions(), |of| {
        let Range { start, end } = candidate(&of.windows, of.side, of.place);
        [start, end].iter().map(|v| arr0(*v as f64).into_dyn()).collect()
    });
    told.map_err(|told| match told.mistake {
        "value" | "stops" => {
            let told = without_steps(told);
            let what = format!("{}{}", told.what, examples(candidate));
            Diagnosis { what, ..told }
        }
        _ => told,
    })
}

/// What is right and what came on a few simple questions, where the two differ.
fn examples(
    candidate: fn(&[Window], usize, usize) -> Range<usize>,
) -> String {
    let said = questions().into_iter().filter_map(|(words, of)| {
        let right = rightly(seen, &of);
        let [from, to] = [0, 1].map(|n| right[n].sum() as usize);
        let tried = std::panic::catch_unwind(|| {
            candidate(&of.windows, of.side, of.place)
        });
        let came = match tried {
            Ok(came) if came == (from..to) => return None,
            Ok(came) => format!("{came:?}"),
            Err(_) => "it stops".into(),
        };
        Some(format!(" With {words}: {from}..{to}; yours: {came}."))
    });
    said.take(3).collect()
}

/// Makes every two mistakes at once.
pub(crate) fn together() {
    made_together(cut, CUT.1, &albums());
    made_together(seen, SEEN.1, &questions());
}

/// Mistakes that the inputs cannot tell apart.
pub(crate) fn alike() -> Vec<[&'static str; 2]> {
    [two_alike(cut, CUT.1, &albums()), two_alike(seen, SEEN.1, &questions())]
        .concat()
}
