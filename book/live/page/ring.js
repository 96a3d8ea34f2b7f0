// Chapter 3: the pair on the ring, step by step.
workbookLive.demo("ring", async (kit) => {
    "use strict";
    const REACH = 1.5;
    const CELLS = 40;
    const settings = { seed: 1, game: 0, noise: 2, penalty: 0 };
    let seen = null;
    let arrows = true;
    const losses = { d: [], g: [] };
    const shade = document.createElement("canvas").getContext("2d");
    shade.canvas.width = shade.canvas.height = CELLS;

    const look = async () => {
        seen = await kit.ask("ring.view");
        const [step, d, g, modes, good, steps] = seen[4];
        if (steps > 0 && losses.d.length < steps) losses.d.push([steps, d]);
        if (step > 0) losses.g.push([step, g]);
        const loss = (of, steps) => (steps > 0 ? `${of.toFixed(3)} nats` : "none yet");
        kit.say(`Step ${step}. Loss of D: ${loss(d, steps)}; of G: ${loss(g, step)}. ` +
            `${modes} of 8 modes found, ${Math.round(100 * good)} % of the samples close to one.`);
        kit.redraw();
    };
    const begin = async () => {
        run.stop();
        losses.d.length = losses.g.length = 0;
        const { seed, game, noise, penalty } = settings;
        await kit.ask("ring.new", [seed, game, noise, penalty]);
        await look();
    };
    const change = async () => {
        await kit.ask("ring.settings", [settings.game, settings.penalty]);
        await look();
    };

    const plane = kit.canvas("The plane: real examples, samples with their arrows, and what the discriminator thinks of each place",
        440, 1, (at, w, h) => {
            if (!seen) return;
            const [x, surface, toGo, real] = seen;
            const place = (a, b) => [w * (0.5 + a / (2 * REACH)), h * (0.5 - b / (2 * REACH))];
            shade.fillStyle = kit.colour(3);
            shade.clearRect(0, 0, CELLS, CELLS);
            surface.forEach((p, n) => {
                shade.globalAlpha = 0.6 * p;
                shade.fillRect(n % CELLS, CELLS - 1 - Math.floor(n / CELLS), 1, 1);
            });
            at.drawImage(shade.canvas, 0, 0, w, h);
            const dots = (of, colour, size) => {
                at.fillStyle = colour;
                at.beginPath();
                for (let n = 0; n < of.length; n += 2) {
                    const [a, b] = place(of[n], of[n + 1]);
                    at.moveTo(a + size, b);
                    at.arc(a, b, size, 0, 2 * Math.PI);
                }
                at.fill();
            };
            dots(real, kit.colour("fg"), 1.6);
            dots(x, kit.colour(2), 2.2);
            if (!arrows) return;
            at.strokeStyle = kit.colour(2);
            at.lineWidth = 1;
            at.beginPath();
            for (let n = 0; n < toGo.length; n += 2) {
                const from = place(x[n], x[n + 1]);
                const to = place(x[n] + 0.15 * toGo[n], x[n + 1] + 0.15 * toGo[n + 1]);
                const turn = Math.atan2(to[1] - from[1], to[0] - from[0]);
                at.moveTo(...from);
                at.lineTo(...to);
                for (const side of [-2.6, 2.6]) {
                    at.moveTo(...to);
                    at.lineTo(to[0] + 5 * Math.cos(turn + side), to[1] + 5 * Math.sin(turn + side));
                }
            }
            at.stroke();
        });
    const curves = kit.canvas("Both losses, step by step", 440, 0.32, (at, w, h) => {
        const all = [...losses.d, ...losses.g];
        const last = Math.max(10, ...all.slice(-1).map((p) => p[0]), ...losses.d.slice(-1).map((p) => p[0]));
        const most = Math.max(2, ...all.map((p) => p[1]));
        const place = ([step, loss]) => [30 + ((w - 36) * step) / last, h - 16 - ((h - 24) * loss) / most];
        at.strokeStyle = kit.colour("grid");
        at.fillStyle = kit.colour("fg");
        at.font = "11px sans-serif";
        for (const loss of [0, most / 2, most]) {
            const [, y] = place([0, loss]);
            at.beginPath();
            at.moveTo(30, y);
            at.lineTo(w - 6, y);
            at.stroke();
            at.fillText(loss.toFixed(1), 4, y + 4);
        }
        at.fillText(`step ${last}`, w - 60, h - 3);
        for (const [of, colour, name, top] of [[losses.d, 1, "D", 12], [losses.g, 2, "G", 26]]) {
            at.strokeStyle = at.fillStyle = kit.colour(colour);
            at.fillText(name, w - 16, top);
            at.beginPath();
            of.forEach((point, n) => (n ? at.lineTo(...place(point)) : at.moveTo(...place(point))));
            at.stroke();
        }
    });
    kit.mount.append(plane, curves);

    const run = kit.runs(async (calm) => {
        await kit.ask("ring.steps", [calm ? 200 : 10]);
        await look();
    });
    kit.row(
        run,
        kit.button("One step of D", async () => (await kit.ask("ring.d"), await look())),
        kit.button("One step of G", async () => (await kit.ask("ring.g"), await look())),
        kit.button("Begin again", begin),
    );
    kit.row(
        kit.choice("Game", ["non-saturating", "saturating", "relativistic"], (n) => (settings.game = n, change())),
        kit.slider("Penalty γ", [0, 2, 0.1, 0], (v) => (settings.penalty = v, change()), (v) => v.toFixed(1)),
        kit.slider("Noise", [1, 8, 1, 2], (v) => (settings.noise = v, begin()), (v) => `${v} normal`),
        kit.slider("Seed", [1, 20, 1, 1], (v) => (settings.seed = v, begin())),
        kit.choice("Arrows", ["shown", "hidden"], (n) => (arrows = n === 0, kit.redraw())),
    );
    await begin();
});
