// Chapter 1: two densities, the best discriminator, and one that climbs towards it.
workbookLive.demo("densities", async (kit) => {
    "use strict";
    const REACH = 6;
    const GUESS = -Math.log(4);
    const [LEFT, RIGHT] = [44, 12];
    // The example of the chapter.
    const start = { mean: 0.3, spread: 1.3, apart: 2.7, width: 0.6 };
    const now = { ...start, kind: 0 };
    const tall = window.innerWidth < 600 ? 0.5 : 0.34;
    const climbed = [];
    let seen = null;

    const nats = (v) => `${v < 0 ? "−" : ""}${Math.abs(v).toFixed(4)}`;
    const look = async () => {
        seen = await kit.ask("densities.view");
        const [step, value, best, jsd, bound] = seen[4];
        // At one step the densities may change: what was, and what has come of it.
        if (climbed.length > 1 && climbed[climbed.length - 2][0] === step) climbed.pop();
        climbed.push([step, value, best]);
        kit.say(`Step ${step}: V of the learnt D is ${nats(value)} nats, of D* ${nats(best)}. ` +
            `JSD is ${nats(jsd)} of at most ${nats(Math.log(2))} nats, and 2 JSD − log 4 is ${nats(bound)}.`);
        kit.redraw();
    };
    const densities = () => [now.mean, now.spread, now.apart, now.width];
    const begin = async () => {
        run.stop();
        climbed.length = 0;
        await kit.ask("densities.new", [...densities(), now.kind]);
        await look();
    };
    const change = async () => {
        await kit.ask("densities.settings", densities());
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
        points.forEach((point, n) => (n ? at.lineTo(...point) : at.moveTo(...point)));
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
        through(at, onLine(seen[2], range, w, h), "fg", 1.5, [6, 4]);
        through(at, [[LEFT, 10], [LEFT + 24, 10]], "fg", 1.5, [6, 4]);
        text(at, "the best, D*", LEFT + 30, 14);
        through(at, [[LEFT + 116, 10], [LEFT + 140, 10]], 3, 3);
        text(at, "D on its way", LEFT + 146, 14, "left", 3);
        if (w > 400) text(at, "D(x)", w - RIGHT, 14, "right");
        places(at, w, h);
    };
    const drawClimb = (at, w, h) => {
        if (!seen) return;
        const lowest = Math.min(...climbed.map((point) => point[1]));
        const range = [Math.max(-4, Math.min(-1.5, lowest - 0.05)), 0];
        const last = Math.max(100, climbed[climbed.length - 1][0]);
        const point = (step, v) => [LEFT + ((w - LEFT - RIGHT) * step) / last, height(v, range, h)];
        level(at, height(0, range, h), w, "0");
        level(at, height(GUESS, range, h), w, "−log 4");
        text(at, "V, in nats", w - RIGHT, 14, "right");
        const [, value, best] = climbed[climbed.length - 1];
        clipped(at, w, h, () => {
            through(at, climbed.map(([step, v]) => point(step, v)), 3, 3);
            const stars = climbed.map(([step, , v]) => point(step, v));
            through(at, [...stars, point(last, best)], "fg", 1.5, [6, 4]);
        });
        at.fillStyle = kit.colour(3);
        at.beginPath();
        at.arc(...point(climbed[climbed.length - 1][0], Math.max(range[0], value)), 5, 0, 2 * Math.PI);
        at.fill();
        text(at, `V(D*) ${nats(best)}`, w - RIGHT, height(best, range, h) - 8, "right");
        text(at, "step 0", LEFT, h - 6);
        text(at, `step ${last}`, w - RIGHT, h - 6, "right");
    };

    // The generator's bell curve, moved by hand.
    const move = (mean, spread) => {
        now.mean = Math.round(20 * Math.min(4, Math.max(-4, mean))) / 20;
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
        kit.canvas("The value of both, step by step", 600, tall, drawClimb),
    );

    const climb = async (steps) => (await kit.ask("densities.steps", [steps]), await look());
    const run = kit.runs((calm) => climb(calm ? 100 : 4));
    const slider = (name, words, least, most) => kit.slider(words, [least, most, 0.05, now[name]],
        (v) => (now[name] = v, change()), (v) => v.toFixed(2).replace("-", "−"));
    const sliders = {
        mean: slider("mean", "Mean of q", -4, 4),
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
        kit.choice("D is", ["a logit for each cell", "the same, plain ascent", "a network", "a straight line"],
            (n) => (now.kind = n, begin())),
        kit.button("q = p", () => set({ mean: -0.15, spread: 0.6, apart: 0, width: 0.6 })),
        kit.button("The chapter's two", () => set(start)),
    );
    await begin();
});
