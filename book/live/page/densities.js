// Chapter 1: two densities, the best discriminator, and one that climbs towards it.
workbookLive.demo("densities", async (kit) => {
    "use strict";
    const REACH = 6;
    const GUESS = -Math.log(4);
    const [LEFT, RIGHT] = [44, 12];
    // How far from 0 the mean of q may be.
    const FARTHEST = 5;
    // The example of the chapter.
    const start = { mean: 0.3, spread: 1.3, apart: 2.7, width: 0.6 };
    const now = { ...start, kind: 0 };
    const tall = window.innerWidth < 600 ? 0.5 : 0.32;
    const [RECORD, MOST] = [5, 600];
    // Where neither density is above it, nothing is drawn of D*.
    const LEAST = 1e-6;
    const kinds = [
        ["a logit for each cell", "As in the text, with its Adam, but 120 cells from −6 to 6."],
        ["the same, plain ascent", "The same logits along the slope itself; step size: 4 over the largest p + q of a cell."],
        ["a network", "The logit is a network of x with two hidden layers of 16 tanh units, trained by the same Adam."],
        ["a straight line", "The logit is a straight line in x, ax + b, trained by the same Adam."],
    ];
    let climbed = [];
    let apart = RECORD;
    let seen = null;
    let elsewhere = null;

    const nats = (v) => `${v <= -5e-5 ? "−" : ""}${Math.abs(v).toFixed(4)}`;
    const note = (step, value, best) => {
        const [before, last] = climbed.slice(-2).map((point) => point[0]);
        // At one step the densities may change: what was, and what has come of it. The last point is always the newest.
        if (climbed.length > 1 && (before === step || (last > before && step > last && last - before < apart))) climbed.pop();
        climbed.push([step, value, best]);
        if (climbed.length <= MOST) return;
        climbed = climbed.filter((_, n) => n % 2 === 0);
        apart = Math.max(RECORD, Math.ceil((2 * step) / MOST));
    };
    // How often it has begun; what was asked before is of no use then.
    let begun = 0;
    const look = async () => {
        const mine = begun;
        const answer = await kit.ask("densities.view");
        if (mine !== begun) return;
        seen = answer;
        const [step, value, best, jsd, bound] = seen[4];
        note(step, value, best);
        kit.say(`Step ${step}: V of the learnt D is ${nats(value)} nats, of D* ${nats(best)}. ` +
            `JSD is ${nats(jsd)} of at most ${nats(Math.log(2))} nats, and 2 JSD − log 4 is ${nats(bound)}.`);
        kit.redraw();
    };
    const densities = () => [now.mean, now.spread, now.apart, now.width];
    const begin = async () => {
        run.stop();
        begun += 1;
        climbed = [];
        apart = RECORD;
        await kit.ask("densities.new", [...densities(), now.kind]);
        elsewhere = await kit.ask("densities.means");
        await look();
    };
    const change = async () => {
        await kit.ask("densities.settings", densities());
        elsewhere = await kit.ask("densities.means");
        await look();
    };

    // Where a place of the line is, and how to come back.
    const across = (x, w) => LEFT + ((w - LEFT - RIGHT) * (x + REACH)) / (2 * REACH);
    const height = (v, [low, high], h) => h - 22 - ((h - 46) * (v - low)) / (high - low);
    const text = (at, words, x, y, align = "left", colour = "fg") => {
        at.font = "12px sans-serif";
        at.textAlign = align;
        at.fillStyle = kit.colour(colour);
        at.fillText(words, x, y);
    };
    const level = (at, y, w, words) => {
        at.strokeStyle = kit.colour("grid");
        at.lineWidth = 1;
        at.beginPath();
        at.moveTo(LEFT, y);
        at.lineTo(w - RIGHT, y);
        at.stroke();
        if (words) text(at, words, LEFT - 6, y + 4, "right");
    };
    const places = (at, w, h) => {
        for (let x = -REACH; x <= REACH; x += 2) text(at, String(x).replace("-", "−"), across(x, w), h - 6, "center");
        text(at, "x", across(REACH - 1, w), h - 6, "center");
    };
    const through = (at, points, colour, width, dashes = []) => {
        at.strokeStyle = kit.colour(colour);
        at.lineWidth = width;
        at.setLineDash(dashes);
        at.beginPath();
        // A point that is missing parts the line.
        points.forEach((point, n) => point && (n && points[n - 1] ? at.lineTo(...point) : at.moveTo(...point)));
        at.stroke();
        at.setLineDash([]);
    };
    const onLine = (of, range, w, h) => Array.from(of, (v, n) =>
        [across(((n + 0.5) / of.length) * 2 * REACH - REACH, w), height(v, range, h)]);
    const clipped = (at, w, h, draw) => {
        at.save();
        at.beginPath();
        at.rect(LEFT, 0, w - LEFT - RIGHT, h - 20);
        at.clip();
        draw();
        at.restore();
    };

    const drawDensities = (at, w, h) => {
        if (!seen) return;
        const range = [0, Math.max(0.5, ...seen[0], ...seen[1])];
        level(at, height(0, range, h), w);
        for (const [n, colour] of [[0, 1], [1, 2]]) {
            const points = onLine(seen[n], range, w, h);
            at.fillStyle = kit.colour(colour);
            at.globalAlpha = 0.22;
            at.beginPath();
            at.moveTo(points[0][0], height(0, range, h));
            points.forEach((point) => at.lineTo(...point));
            at.lineTo(points[points.length - 1][0], height(0, range, h));
            at.fill();
            at.globalAlpha = 1;
            through(at, points, colour, 2);
        }
        text(at, "data p", LEFT, 14, "left", 1);
        text(at, "generator q", LEFT + 60, 14, "left", 2);
        text(at, "density", w - RIGHT, 14, "right");
        places(at, w, h);
    };
    const drawAnswers = (at, w, h) => {
        if (!seen) return;
        const range = [0, 1];
        for (const [v, words] of [[0, "0"], [0.5, "½"], [1, "1"]]) level(at, height(v, range, h), w, words);
        through(at, onLine(seen[3], range, w, h), 3, 3);
        const best = onLine(seen[2], range, w, h).map((point, n) => (seen[0][n] + seen[1][n] > LEAST ? point : null));
        through(at, best, "fg", 1.5, [6, 4]);
        through(at, [[LEFT, 10], [LEFT + 24, 10]], "fg", 1.5, [6, 4]);
        text(at, "the best, D*", LEFT + 30, 14);
        through(at, [[LEFT + 116, 10], [LEFT + 140, 10]], 3, 3);
        text(at, "D on its way", LEFT + 146, 14, "left", 3);
        if (w > 400) text(at, "D(x)", w - RIGHT, 14, "right");
        places(at, w, h);
    };
    const values = () => {
        const lowest = Math.min(GUESS - 0.1, ...climbed.map((point) => point[1]));
        return [Math.max(-4, lowest), 0];
    };
    const valueAxis = (at, w, h, range) => {
        level(at, height(0, range, h), w, "0");
        level(at, height(GUESS, range, h), w, "−log 4");
    };
    const dot = (at, [x, y], colour) => {
        at.fillStyle = kit.colour(colour);
        at.beginPath();
        at.arc(x, y, 5, 0, 2 * Math.PI);
        at.fill();
    };
    const drawClimb = (at, w, h) => {
        if (!seen) return;
        const range = values();
        const last = Math.max(100, climbed[climbed.length - 1][0]);
        const point = (step, v) => [LEFT + ((w - LEFT - RIGHT) * step) / last, height(v, range, h)];
        valueAxis(at, w, h, range);
        const [step, value, best] = climbed[climbed.length - 1];
        clipped(at, w, h, () => {
            through(at, climbed.map(([step, v]) => point(step, v)), 3, 3);
            const stars = climbed.map(([step, , v]) => point(step, v));
            through(at, [...stars, point(last, best)], "fg", 1.5, [6, 4]);
        });
        dot(at, point(step, Math.max(range[0], value)), 3);
        text(at, "V in nats, of", LEFT, 14);
        text(at, "D*", LEFT + 76, 14);
        through(at, [[LEFT + 96, 10], [LEFT + 118, 10]], "fg", 1.5, [6, 4]);
        text(at, "and D", LEFT + 128, 14, "left", 3);
        through(at, [[LEFT + 166, 10], [LEFT + 188, 10]], 3, 3);
        text(at, "step 0", LEFT, h - 6);
        text(at, `step ${last}`, w - RIGHT, h - 6, "right");
    };
    const drawElsewhere = (at, w, h) => {
        if (!seen || !elsewhere) return;
        const range = values();
        const [means, best] = elsewhere;
        const point = (mean, v) => [LEFT + ((w - LEFT - RIGHT) * (mean + FARTHEST)) / (2 * FARTHEST), height(v, range, h)];
        valueAxis(at, w, h, range);
        at.globalAlpha = 0.6;
        through(at, Array.from(means, (mean, n) => point(mean, best[n])), "fg", 1.5);
        at.globalAlpha = 1;
        dot(at, point(now.mean, seen[4][2]), 2);
        text(at, "V of D* in nats, by the mean of q", LEFT, 14);
        for (const mean of [-4, -2, 0, 2, 4]) text(at, String(mean).replace("-", "−"), point(mean, 0)[0], h - 6, "center");
    };

    // The generator's bell curve, moved by hand.
    const move = (mean, spread) => {
        now.mean = Math.round(20 * Math.min(FARTHEST, Math.max(-FARTHEST, mean))) / 20;
        now.spread = Math.round(20 * Math.min(3, Math.max(0.3, spread))) / 20;
        sliders.mean.set(now.mean);
        sliders.spread.set(now.spread);
        return change();
    };
    const to = (x) => {
        const w = plane.clientWidth;
        return move(((x * w - LEFT) / (w - LEFT - RIGHT)) * 2 * REACH - REACH, now.spread);
    };
    const keys = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] };
    const plane = kit.canvas("The densities of data and generator. " +
        "Left and right arrow move the generator, up and down widen it and narrow it", 600, tall, drawDensities, {
        down: to,
        drag: to,
        key: (key) => {
            if (!keys[key]) return false;
            kit.safely(() => move(now.mean + keys[key][0], now.spread + keys[key][1]));
            return true;
        },
    });
    plane.style.touchAction = "pan-y";
    kit.mount.append(
        plane,
        kit.canvas("What the best discriminator and the one on its way say of each place", 600, tall, drawAnswers),
    );
    const side = document.createElement("div");
    side.className = "live-side";
    const column = (label, draw) => {
        const made = document.createElement("div");
        made.append(kit.canvas(label, 600, 0.5, draw));
        side.append(made);
    };
    column("The value of both, step by step", drawClimb);
    column("The value of the best discriminator, for each mean of q; a dot where it is now", drawElsewhere);
    kit.mount.append(side);

    const climb = async (steps) => {
        for (let left = steps; left > 0; left -= RECORD) {
            await kit.ask("densities.steps", [Math.min(left, RECORD)]);
            await look();
        }
    };
    const run = kit.runs((calm) => climb(calm ? 100 : 4));
    const slider = (name, words, least, most) => kit.slider(words, [least, most, 0.05, now[name]],
        (v) => (now[name] = v, change()), (v) => v.toFixed(2).replace("-", "−"));
    const sliders = {
        mean: slider("mean", "Mean of q", -FARTHEST, FARTHEST),
        spread: slider("spread", "Spread of q", 0.3, 3),
        apart: slider("apart", "Peaks apart", 0, 5),
        width: slider("width", "Peak spread", 0.3, 3),
    };
    const set = (to) => {
        Object.assign(now, to);
        for (const name of Object.keys(start)) sliders[name].set(now[name]);
        return change();
    };
    kit.row(
        run,
        kit.button("One step", () => climb(1)),
        kit.button("100 steps", () => climb(100)),
        kit.button("Begin again", begin),
    );
    kit.row(sliders.mean, sliders.spread, sliders.apart, sliders.width);
    kit.row(
        kit.button("The chapter's densities", () => set(start)),
        kit.button("Far apart", () => set({ ...start, mean: 4.7, spread: 0.3 })),
        kit.button("Both one bell", () => set({ mean: -0.15, spread: 0.6, apart: 0, width: 0.6 })),
    );
    const about = document.createElement("span");
    about.textContent = kinds[0][1];
    kit.row(
        kit.choice("D is", kinds.map(([name]) => name), (n) => {
            now.kind = n;
            about.textContent = kinds[n][1];
            return begin();
        }),
        about,
    );
    await begin();
});
