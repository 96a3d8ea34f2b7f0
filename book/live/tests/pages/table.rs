//! The demos, and what is asked of them.

/// A demo, its page, and questions whose answers are compared.
pub struct Demo {
    pub name: &'static str,
    pub page: &'static str,
    /// The models that it draws with.
    pub models: &'static [&'static str],
    /// What is done in the page before its picture is taken.
    pub still: &'static str,
    /// Asked in this order, both here and in the page.
    pub asks: &'static [(&'static str, &'static [f64])],
}

/// The demo of a name.
pub fn demo(name: &str) -> &'static Demo {
    DEMOS.iter().find(|demo| demo.name == name).unwrap()
}

/// A seven of straight lines, 28 × 28 pixels.
const SEVEN: [f64; 784] = {
    let mut pixels = [0.0; 784];
    let mut n = 0;
    while n < 784 {
        let (line, column) = (n / 28, n % 28);
        let top = line >= 5 && line < 8 && column >= 8 && column < 20;
        let leg = line >= 8 && line < 24 && {
            let left = 17 - (line - 8) / 2;
            column >= left && column < left + 3
        };
        if top || leg {
            pixels[n] = 1.0;
        }
        n += 1;
    }
    pixels
};

/// Seed 2, no class told, temperature 1, nothing drawn; and an image of a bar in the upper part, 28 pixels wide.
const BAR: [f64; 4 + 16 * 28] = {
    let mut numbers = [0.0; 4 + 16 * 28];
    [numbers[0], numbers[1], numbers[2]] = [2.0, 10.0, 1.0];
    let mut n = 0;
    while n < 3 * 12 {
        numbers[4 + (6 + n / 12) * 28 + 8 + n % 12] = 1.0;
        n += 1;
    }
    numbers
};

pub const DEMOS: &[Demo] = &[
    Demo {
        name: "densities",
        page: "01-minimax-loss.html",
        models: &[],
        still: "press('100 steps')",
        asks: &[
            ("densities.new", &[0.3, 1.3, 2.7, 0.6, 0.0]),
            ("densities.steps", &[60.0]),
            ("densities.view", &[]),
            ("densities.means", &[]),
            ("densities.settings", &[4.0, 0.3, 5.0, 0.3]),
            ("densities.steps", &[20.0]),
            ("densities.view", &[]),
            ("densities.means", &[]),
            ("densities.new", &[0.3, 1.3, 2.7, 0.6, 1.0]),
            ("densities.steps", &[100.0]),
            ("densities.view", &[]),
            ("densities.new", &[-0.15, 0.6, 0.0, 0.6, 2.0]),
            ("densities.settings", &[1.0, 0.8, 2.0, 0.6]),
            ("densities.steps", &[50.0]),
            ("densities.view", &[]),
            ("densities.new", &[2.0, 1.0, 2.7, 0.6, 3.0]),
            ("densities.steps", &[100.0]),
            ("densities.view", &[]),
        ],
    },
    Demo {
        name: "dirac",
        page: "04-stability.html",
        models: &[],
        still: "",
        asks: &[
            ("dirac.way", &[0.0, 0.0, 0.0, 0.1, 0.0, 1.0, 0.0, 200.0]),
            ("dirac.way", &[0.0, 1.0, 0.5, 0.1, 0.5, 1.0, 1.0, 100.0]),
            ("dirac.way", &[1.0, 1.0, 0.2, 0.5, -0.5, 2.0, -1.0, 100.0]),
            ("dirac.way", &[0.0, 0.0, 3.0, 1.0, 0.0, 1.0, 0.0, 15.0]),
            ("dirac.field", &[1.0, 0.0, 0.5, 0.1, 0.0, 3.0]),
        ],
    },
    Demo {
        name: "ring",
        page: "03-gan.html",
        models: &[],
        still: "workbookLive.ask('ring.steps', [1000]).then(() => workbookLive.ask('ring.steps', [500])).then(() => press('One step of D'))",
        asks: &[
            ("ring.new", &[3.0, 2.0, 0.0, 0.1, 1.0]),
            ("ring.steps", &[20.0]),
            ("ring.view", &[]),
            ("ring.d", &[10.0]),
            ("ring.g", &[]),
            ("ring.view", &[]),
            ("ring.settings", &[1.0, 0.0, 3.0]),
            ("ring.steps", &[10.0]),
            ("ring.view", &[]),
        ],
    },
    Demo {
        name: "codes",
        page: "05-codebook-lookup.html",
        models: &[],
        still: "press(\"One step of Lloyd's\", 3)",
        asks: &[
            ("codes.new", &[0.0, 1.0, 16.0, 0.0]),
            ("codes.view", &[]),
            ("codes.new", &[2.0, 4.0, 7.0, 1.0]),
            ("codes.step", &[]),
            ("codes.view", &[]),
            ("codes.new", &[1.0, 2.0, 6.0, 2.0]),
            ("codes.view", &[]),
            ("codes.new", &[1.0, 5.0, 6.0, 3.0]),
            ("codes.step", &[]),
            ("codes.code", &[5.0, 0.25, -0.5]),
            ("codes.latent", &[7.0, -1.0, 9.0]),
            ("codes.step", &[]),
            ("codes.view", &[]),
        ],
    },
    Demo {
        name: "arrow",
        page: "06-straight-through.html",
        models: &[],
        still: "",
        asks: &[
            ("arrow.set", &[0.2, -0.05, -0.2]),
            ("arrow.cells", &[]),
            ("arrow.losses", &[]),
            ("arrow.field", &[]),
            ("arrow.at", &[-0.5, -0.2]),
            ("arrow.set", &[0.4, 0.8, 0.5]),
            ("arrow.smooth", &[]),
            ("arrow.at", &[1.0, -1.25]),
        ],
    },
    Demo {
        name: "digit",
        page: "08-vq-vae-compression.html",
        models: &["compressor"],
        still: "",
        asks: &[
            ("digit.new", &[]),
            ("digit.draw", &SEVEN),
            ("digit.offers", &[24.0, 0.0]),
            ("digit.offers", &[10.0, 1.0]),
            ("digit.put", &[24.0, 17.0]),
            ("digit.back", &[]),
        ],
    },
    Demo {
        name: "prior",
        page: "09-code-prior.html",
        models: &["tokeniser", "prior"],
        still: "",
        asks: &[
            ("prior.new", &[3.0, 10.0, 1.0, 20.0]),
            ("prior.view", &[49.0]),
            ("prior.step", &[3.0]),
            ("prior.view", &[23.0]),
            ("prior.new", &[5.0, 7.0, 0.8, 49.0]),
            ("prior.view", &[30.0]),
            ("prior.new", &BAR),
            ("prior.view", &[28.0]),
            ("prior.step", &[49.0]),
            ("prior.view", &[40.0]),
        ],
    },
    Demo {
        name: "wish",
        page: "10-vq-gan.html",
        models: &["artist"],
        still: "",
        asks: &[
            ("wish.names", &[]),
            ("wish.new", &[8.0, 1.0, 1.5, 1.0, 2.0, 40.0]),
            ("wish.view", &[]),
            ("wish.step", &[1.0]),
            ("wish.view", &[]),
        ],
    },
];
