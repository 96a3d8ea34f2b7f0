// Chapter 4: the game of two numbers, from any start.
workbookLive.demo("dirac", async (kit) => {
    "use strict";
    const REACH = 3;
    const now = { score: 0, order: 0, gamma: 0, eta: 0.1, beta: 0, whole: false, steps: 200, theta: 1, psi: 0 };
    let way = null;
    let arrows = null;
    let shown = now.steps;

    // The first slider sets η, or the whole length of a step with its momentum.
    const eta = () => (now.whole ? now.eta * (1 - now.beta) : now.eta);
    const game = () => [now.score, now.order, now.gamma, eta(), now.beta];
    // How far it comes in the later half of the way, as against the earlier one.
    const trend = () => {
        const norms = way[1];
        if (Math.max(...norms) === 0) return ["stays", 1];
        const half = Math.ceil(norms.length / 2);
        const [early, late] = [norms.slice(0, half), norms.slice(half)].map((of) => Math.max(0, ...of));
        if (norms.length <= now.steps || late > 1.01 * early) return ["goes out", 2];
        return late < 0.99 * early ? ["comes in", 3] : ["goes round", 1];
    };
    const powers = (v) => v.toExponential(1).replace("e+", "e").replace("-", "−");
    const many = (v) => (v !== 0 && (v < 0.01 || v >= 1e4) ? powers(v) : v.toFixed(2));
    // What becomes of a pair that is close to the end of the game.
    const closeBy = (radius) => {
        const there = "Close to the end of the game ρ is";
        if (Math.abs(radius - 1) < 1e-6) {
            return now.score === 0 ? `${there} 1: a pair there neither leaves nor arrives.` :
                `${there} 1, and ρ alone does not decide: the bends of the field do.`;
        }
        const digits = Math.abs(radius - 1) < 5e-5 ? 6 : 4;
        const said = `${there} ${radius.toFixed(digits)}: a pair there`;
        if (radius < 1) return `${said} comes nearer in the long run.`;
        const round = now.score === 1 && now.order === 0 && now.gamma === 0 && now.beta === 0;
        const end = round ? ", one far off comes in, and both end going round in between" :
            trend()[0] === "comes in" ? ", so this one does not arrive" : "";
        return `${said} goes farther away in the long run${end}.`;
    };
    const tell = () => {
        const norms = way[1];
        const end = norms.length - 1;
        const gone = end < now.steps ? `after ${end} steps it is more than a million away` :
            `after ${end} steps ${many(norms[end])}`;
        const step = now.whole ? ` The step size η is ${eta().toFixed(3)}.` : "";
        kit.say(`The pair ${trend()[0]}: it starts ${many(norms[0])} from the end of the game, ${gone}. ` +
            `${closeBy(way[2][0])}${step}`);
    };
    const look = async () => {
        shown = now.steps;
        [way, [arrows]] = await Promise.all([
            kit.ask("dirac.way", [...game(), now.theta, now.psi, now.steps]),
            kit.ask("dirac.field", [...game(), REACH]),
        ]);
        tell();
        kit.redraw();
    };
    const change = () => (walk.stop(), look());
    const startAt = (theta, psi) => {
        const near = (v) => Math.round(20 * Math.min(REACH, Math.max(-REACH, v))) / 20;
        [now.theta, now.psi] = [near(theta), near(psi)];
        return change();
    };

    const text = (at, words, x, y, align = "left", colour = "fg", font = "12px sans-serif") => {
        at.font = font;
        at.textAlign = align;
        at.lineJoin = "round";
        at.lineWidth = 4;
        at.strokeStyle = kit.colour("bg");
        at.strokeText(words, x, y);
        at.fillStyle = kit.colour(colour);
        at.fillText(words, x, y);
    };
    const line = (at, points, colour, width, dashes = []) => {
        at.strokeStyle = kit.colour(colour);
        at.lineWidth = width;
        at.setLineDash(dashes);
        at.beginPath();
        points.forEach((point, n) => (n ? at.lineTo(...point) : at.moveTo(...point)));
        at.stroke();
        at.setLineDash([]);
    };
    const dots = (at, points, size, colour) => {
        at.fillStyle = kit.colour(colour);
        at.beginPath();
        points.forEach(([x, y]) => (at.moveTo(x + size, y), at.arc(x, y, size, 0, 2 * Math.PI)));
        at.fill();
    };
    const dot = (at, point, size, colour) => dots(at, [point], size, colour);
    const last = () => Math.min(shown, way[1].length - 1);
    const pair = (n) => [way[0][2 * n], way[0][2 * n + 1]];

    const drawPlane = (at, w, h) => {
        if (!way) return;
        const place = ([theta, psi]) => [w * (0.5 + theta / (2 * REACH)), h * (0.5 - psi / (2 * REACH))];
        const [middle, colour] = [place([0, 0]), trend()[1]];
        line(at, [[0, middle[1]], [w, middle[1]]], "grid", 1);
        line(at, [[middle[0], 0], [middle[0], h]], "grid", 1);
        at.globalAlpha = 0.7;
        const stems = [];
        for (let n = 0; n < arrows.length; n += 4) {
            const [theta, psi, alongTheta, alongPsi] = arrows.slice(n, n + 4);
            const share = Math.min(0.1, 0.45 / Math.hypot(alongTheta, alongPsi));
            stems.push([place([theta, psi]), place([theta + share * alongTheta, psi + share * alongPsi])]);
        }
        at.strokeStyle = kit.colour(6);
        at.lineWidth = 1.2;
        at.beginPath();
        stems.forEach(([from, tip]) => (at.moveTo(...from), at.lineTo(...tip)));
        at.stroke();
        dots(at, stems.map(([, tip]) => tip), 2.2, 6);
        at.globalAlpha = 1;
        at.strokeStyle = kit.colour("fg");
        at.lineWidth = 1;
        at.setLineDash([4, 4]);
        at.beginPath();
        at.arc(...middle, (w * way[1][0]) / (2 * REACH), 0, 2 * Math.PI);
        at.stroke();
        at.setLineDash([]);
        const points = Array.from({ length: last() + 1 }, (_, n) => place(pair(n)));
        line(at, points, colour, 1.5);
        dots(at, points, 2, colour);
        line(at, [[middle[0] - 6, middle[1]], [middle[0] + 6, middle[1]]], "fg", 2);
        line(at, [[middle[0], middle[1] - 6], [middle[0], middle[1] + 6]], "fg", 2);
        dot(at, points[0], 5, "fg");
        dot(at, points[points.length - 1], 7, colour);
        text(at, trend()[0], 8, 20, "left", colour, "bold 15px sans-serif");
        text(at, "θ", w - 6, middle[1] - 6, "right", "fg", "italic 15px serif");
        text(at, "ψ", middle[0] + 6, 14, "left", "fg", "italic 15px serif");
        for (const v of [-2, 0, 2]) {
            text(at, String(v).replace("-", "−"), place([v, 0])[0], h - 5, "center");
            text(at, String(v).replace("-", "−"), 4, place([0, v])[1] + 4);
        }
    };
    const drawGame = (at, w, h) => {
        if (!way) return;
        const [theta, psi] = pair(last());
        const top = 20;
        const middle = (h + top) / 2;
        const place = (x, s) => [w * (0.5 + x / (2 * REACH)), middle - ((h - top) * s) / 6];
        at.save();
        at.beginPath();
        at.rect(0, top, w, h - top);
        at.clip();
        line(at, [place(-REACH, 0), place(REACH, 0)], "grid", 1);
        line(at, [place(-REACH, -REACH * psi), place(REACH, REACH * psi)], 1, 2);
        at.restore();
        dot(at, place(0, 0), 6, "fg");
        const inside = Math.min(REACH - 0.1, Math.max(0.1 - REACH, theta));
        dot(at, place(inside, 0), 6, 2);
        // Each name on its own side of 0, and of the axis where the line is not.
        const right = inside >= 0;
        const lower = right === psi >= 0;
        const name = (words, x, toRight, colour) =>
            text(at, words, x, middle + (lower === (toRight === right) ? 20 : -12), toRight ? "left" : "right", colour);
        name("datum", place(0, 0)[0] + (right ? -7 : 7), !right, "fg");
        const at0 = place(0, 0)[0] + (right ? 7 : -7);
        const most = right ? w - 84 : 84;
        const x = place(inside, 0)[0];
        const beside = right ? Math.max(at0, Math.min(x - 6, most)) : Math.min(at0, Math.max(x + 6, most));
        name(inside === theta ? "fake, at θ" : "fake, beyond", beside, right, 2);
        text(at, "logit ψx", 6, 14, "left", 1);
        text(at, `step ${last()}`, w - 6, 14, "right");
    };
    const drawDistance = (at, w, h) => {
        if (!way) return;
        const [low, high] = [-2, 2];
        const place = (n, r) => {
            const up = (Math.log10(Math.max(r, 1e-9)) - low) / (high - low);
            return [40 + ((w - 48) * n) / now.steps, h - 20 - (h - 28) * up];
        };
        for (const v of [0.01, 0.1, 1, 10, 100]) {
            line(at, [place(0, v), place(now.steps, v)], "grid", 1);
            text(at, String(v), 34, place(0, v)[1] + 4, "right");
        }
        const norms = way[1];
        at.save();
        at.beginPath();
        at.rect(40, 4, w - 44, h - 22);
        at.clip();
        line(at, [place(0, norms[0]), place(now.steps, norms[0])], "fg", 1, [4, 4]);
        line(at, Array.from(norms.slice(0, last() + 1), (r, n) => place(n, r)), trend()[1], 2);
        dot(at, place(last(), norms[last()]), 5, trend()[1]);
        at.restore();
        text(at, "distance from the end of the game", 44, 14);
        text(at, "step 0", 40, h - 4);
        text(at, `step ${now.steps}`, w - 6, h - 4, "right");
    };

    const put = (x, y) => startAt((2 * x - 1) * REACH, (1 - 2 * y) * REACH);
    const keys = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] };
    const plane = kit.canvas("The plane of θ, to the right, and ψ, upwards: the arrows of the field, and the pair's way. " +
        "Arrow keys move the start, Enter walks the way step by step", 420, 1, drawPlane, {
        down: put,
        drag: put,
        key: (key) => {
            if (key === "Enter") walk.click();
            else if (keys[key]) kit.safely(() => startAt(now.theta + keys[key][0], now.psi + keys[key][1]));
            else return false;
            return true;
        },
    });
    const column = (...canvases) => {
        const made = document.createElement("div");
        made.append(...canvases);
        return made;
    };
    const side = document.createElement("div");
    side.className = "live-side";
    side.append(column(plane), column(
        kit.canvas("The discriminator's line, the datum at 0 and the fake at θ, at the last step drawn", 420, 0.44, drawGame),
        kit.canvas("The distance from the end of the game, step by step, on a logarithmic axis", 420, 0.56, drawDistance),
    ));
    kit.mount.append(side);
    kit.note("Drag the start, or focus the plane and use arrow keys; Enter walks.");

    const walk = kit.runs((calm) => {
        const end = way[1].length - 1;
        shown = shown >= end ? 0 : Math.min(end, shown + (calm ? Math.ceil(end / 10) : 1));
        kit.redraw();
        return shown < end;
    }, ["Walk", "Pause"]);
    kit.row(
        walk,
        kit.button("One step", () => (walk.stop(), (shown = shown >= way[1].length - 1 ? 0 : shown + 1), kit.redraw())),
        kit.button("Whole way", () => (walk.stop(), (shown = now.steps), kit.redraw())),
        kit.choice("Losses", ["linear", "chapter 1's"], (n) => (now.score = n, change())),
        kit.choice("Both move", ["at once", "in turn"], (n) => (now.order = n, change())),
    );
    const slider = (name, words, bounds, digits) => kit.slider(words, [...bounds, now[name]],
        (v) => (now[name] = v, change()), (v) => v.toFixed(digits).replace("-", "−"));
    // In turn, at η = 2 of the linear game, both eigenvalues are −1: a pair goes out though ρ is 1.
    const first = slider("eta", "Step size η", [0.02, 1.9, 0.02], 2);
    const keeps = (whole) => {
        now.whole = whole;
        first.querySelector("label").textContent = whole ? "η/(1 − β)" : "Step size η";
        return change();
    };
    kit.row(
        first,
        slider("gamma", "Penalty γ", [0, 4, 0.05], 2),
        slider("beta", "Momentum β", [-0.9, 0.9, 0.05], 2),
        kit.choice("Changing β keeps", ["η", "η/(1 − β), as in the table"], (n) => keeps(n === 1)),
        slider("steps", "Steps", [10, 600, 10], 0),
    );
    await look();
});
