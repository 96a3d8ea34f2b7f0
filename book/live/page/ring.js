// Chapter 3: the pair on the ring, step by step.
workbookLive.demo("ring", async (kit) => {
    "use strict";
    const REACH = 1.5;
    const CELLS = 40;
    // The longest arrow, and the shortest, in units of the plane.
    const [LONGEST, SHORTEST] = [0.35, 0.07];
    const SPEEDS = [1, 3, 10];
    const MOST = 600;
    const settings = { seed: 1, noise: 2, game: 0, penalty: 0, speed: 1 };
    let seen = null;
    let arrows = true;
    // Points of step and loss, and how many steps there are at least between two of them.
    const losses = { d: { points: [], apart: 1 }, g: { points: [], apart: 1 } };

    const signed = (v, digits) => v.toFixed(digits).replace("-", "−");
    const note = (of, step, loss) => {
        const { points, apart } = of;
        const end = points.length - 1;
        if (step === 0 || (end >= 0 && points[end][0] === step)) return;
        // The last point is always the newest; it stays if it is far enough from the one before.
        if (end > 0 && points[end][0] - points[end - 1][0] < apart) points.pop();
        points.push([step, loss]);
        if (points.length <= MOST) return;
        of.points = points.filter((_, n) => n % 2 === 0);
        of.apart = Math.ceil((2 * step) / MOST);
    };
    // How often it has begun; what was asked before is of no use then.
    let begun = 0;
    const look = async () => {
        const mine = begun;
        const answer = await kit.ask("ring.view");
        if (mine !== begun) return;
        seen = answer;
        const [g, lossOfD, lossOfG, modes, good, d] = seen[4];
        note(losses.d, d, lossOfD);
        note(losses.g, g, lossOfG);
        const loss = (of, steps) => (steps > 0 ? `${signed(of, 3)} nats` : "none yet");
        kit.say(`D has taken ${d} ${d === 1 ? "step" : "steps"}, G ${g}. ` +
            `Loss of D: ${loss(lossOfD, d)}; of G: ${loss(lossOfG, g)}. Of ${seen[0].length / 2} samples, ` +
            `${Math.round(100 * good)} % are of high quality; they find ${modes} of 8 modes.`);
        kit.redraw();
    };
    const changing = () => [settings.game, settings.penalty, settings.speed];
    const begin = async () => {
        run.stop();
        begun += 1;
        for (const of of [losses.d, losses.g]) Object.assign(of, { points: [], apart: 1 });
        await kit.ask("ring.new", [settings.seed, settings.noise, ...changing()]);
        await look();
    };
    const change = async () => {
        await kit.ask("ring.settings", changing());
        await look();
    };

    const drawArrow = (at, from, to) => {
        const turn = Math.atan2(to[1] - from[1], to[0] - from[0]);
        at.moveTo(...from);
        at.lineTo(...to);
        for (const side of [-2.6, 2.6]) {
            at.moveTo(...to);
            at.lineTo(to[0] + 6 * Math.cos(turn + side), to[1] + 6 * Math.sin(turn + side));
        }
    };
    const drawPlane = (at, w, h) => {
        if (!seen) return;
        const [x, surface, toGo, real] = seen;
        const place = (a, b) => [w * (0.5 + a / (2 * REACH)), h * (0.5 - b / (2 * REACH))];
        const colour = kit.colour(3);
        kit.squares(at, [w, h], CELLS, (n) => [colour, 0.6 * surface[n]]);
        const circles = (of, size) => {
            at.beginPath();
            for (let n = 0; n < of.length; n += 2) {
                const [a, b] = place(of[n], of[n + 1]);
                at.moveTo(a + size, b);
                at.arc(a, b, size, 0, 2 * Math.PI);
            }
        };
        at.fillStyle = kit.colour(2);
        circles(x, 3.2);
        at.fill();
        at.strokeStyle = kit.colour(2);
        at.lineWidth = 1.3;
        at.beginPath();
        for (let n = 0; arrows && n < toGo.length; n += 2) {
            const steep = Math.hypot(toGo[n], toGo[n + 1]);
            if (steep === 0) continue;
            const share = Math.max(SHORTEST, (LONGEST * steep) / (1 + steep)) / steep;
            drawArrow(at, place(x[n], x[n + 1]), place(x[n] + share * toGo[n], x[n + 1] + share * toGo[n + 1]));
        }
        at.stroke();
        at.fillStyle = kit.colour("fg");
        circles(real, 1.9);
        at.fill();
    };

    // Round numbers between two, at most five.
    const levels = (low, high) => {
        const unit = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100].find((v) => (high - low) / v <= 4) || (high - low) / 4;
        const first = Math.ceil(low / unit);
        return Array.from({ length: Math.floor(high / unit) - first + 1 }, (_, n) => (first + n) * unit);
    };
    const drawLosses = (at, w, h) => {
        const of = [losses.d.points, losses.g.points];
        const all = of.flat();
        const last = Math.max(10, ...all.map((point) => point[0]));
        const [low, high] = [Math.min(0, ...all.map((point) => point[1])), Math.max(0.5, ...all.map((point) => point[1]))];
        const [left, right, top, bottom] = [40, 10, 26, 20];
        const place = ([step, loss]) => [left + ((w - left - right) * step) / last,
            top + ((h - top - bottom) * (high - loss)) / (high - low)];
        const text = (words, x, y, align = "left", colour = "fg") => {
            at.textAlign = align;
            at.fillStyle = kit.colour(colour);
            at.fillText(words, x, y);
        };
        at.font = "12px sans-serif";
        at.lineWidth = 1;
        at.strokeStyle = kit.colour("grid");
        for (const loss of levels(low, high)) {
            const [x, y] = place([0, loss]);
            at.beginPath();
            at.moveTo(x, y);
            at.lineTo(w - right, y);
            at.stroke();
            text(signed(loss, 1), left - 6, y + 4, "right");
        }
        text("losses, in nats:", left, 13);
        text("of D", left + 92, 13, "left", 1);
        text("of G", left + 126, 13, "left", 2);
        text("step 0", left, h - 4);
        text(`step ${last}`, w - right, h - 4, "right");
        for (const [n, colour] of [[0, 1], [1, 2]]) {
            at.strokeStyle = at.fillStyle = kit.colour(colour);
            at.lineWidth = 1.3;
            at.beginPath();
            of[n].forEach((point, k) => (k ? at.lineTo(...place(point)) : at.moveTo(...place(point))));
            at.stroke();
            // A few points are drawn one by one, of many the newest.
            for (const point of of[n].length > 40 ? of[n].slice(-1) : of[n]) {
                at.beginPath();
                at.arc(...place(point), 2.5, 0, 2 * Math.PI);
                at.fill();
            }
        }
    };
    kit.mount.append(
        kit.canvas("The plane: real examples, samples with their arrows, and what the discriminator thinks of each place",
            440, 1, drawPlane),
        kit.canvas("Both losses, step by step", 440, 0.4, drawLosses),
    );

    const run = kit.runs(async (calm) => {
        await kit.ask("ring.steps", [calm ? 200 : 10]);
        await look();
    });
    const stepOfD = async (steps) => {
        // Each step's loss is a point.
        for (let n = 0; n < steps; n += 1) {
            await kit.ask("ring.d", [1]);
            await look();
        }
    };
    kit.row(
        run,
        kit.button("One step of D", () => stepOfD(1)),
        kit.button("10 steps of D", () => stepOfD(10)),
        kit.button("One step of G", async () => (await kit.ask("ring.g"), await look())),
    );
    kit.row(
        kit.choice("G's loss", ["non-saturating", "saturating"], (n) => (settings.game = n, change())),
        kit.choice("G's step size", ["0.002, as D's", "0.006, 3 times D's", "0.02, 10 times D's"],
            (n) => (settings.speed = SPEEDS[n], change())),
        kit.slider("Penalty γ (next section)", [0, 2, 0.1, 0], (v) => (settings.penalty = v, change()), (v) => v.toFixed(1)),
        kit.choice("Arrows", ["shown", "hidden"], (n) => (arrows = n === 0, kit.redraw())),
    );
    kit.row(
        kit.button("Begin again", begin),
        "These begin again, too:",
        kit.slider("Noise", [1, 8, 1, 2], (v) => (settings.noise = v, begin()), (v) => `${v} normal`),
        kit.slider("Seed", [1, 20, 1, 1], (v) => (settings.seed = v, begin())),
    );
    await begin();
});
