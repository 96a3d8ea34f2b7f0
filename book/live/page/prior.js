// Chapter 9: the prior draws a digit, code by code.
workbookLive.demo("prior", async (kit) => {
    "use strict";
    const SIDE = 7;
    const PLACES = SIDE * SIDE;
    const PIXELS = 28;
    const INKED = 16;
    const LAST = PLACES;
    const OWN = 11;
    // Of the width, above a square.
    const TOP = 0.08;
    // Pen strokes of each digit, on 28 by 28 pixels.
    const arc = (x, y, a, b, from, to) => Array.from({ length: 25 }, (_, n) => {
        const angle = 2 * Math.PI * (from + ((to - from) * n) / 24);
        return [x + a * Math.cos(angle), y + b * Math.sin(angle)];
    });
    const STROKES = [
        [arc(14, 14, 5.5, 8.5, 0, 1)],
        [[[15.5, 5], [12.5, 23]]],
        [[...arc(14, 9.5, 5, 4.5, -0.45, 0.08), [9, 22], [20, 22]]],
        [[...arc(13.5, 9.5, 5, 4, -0.42, 0.25), ...arc(13.5, 18, 5.5, 4.5, -0.25, 0.42)]],
        [[[10, 5.5], [8.5, 14.5], [19, 14]], [[19, 6], [17.5, 23]]],
        [[[20, 6], [11, 6], [10, 13], ...arc(13, 17.5, 5.5, 5, -0.3, 0.38)]],
        [[[16.5, 5], [11, 12.5], ...arc(14, 18, 5, 4.8, 0.55, 1.55)]],
        [[[8, 7.5], [20, 7], [12.5, 23]]],
        [[...arc(14, 9.5, 4.2, 4.2, 0.25, 1.25), ...arc(14, 18.5, 4.8, 4.8, -0.25, 0.75)]],
        [[...arc(13.5, 10, 4.6, 4.6, 0, 1), [18.1, 10], [15.5, 23]]],
    ];
    const settings = { seed: 4, digit: 10, temperature: 1, begin: 0, heads: 0 };
    let seen = null;
    let paper = null;
    let pen = null;
    // The place that was asked for, if the reader has chosen one.
    let aim = null;

    const percent = (p) => p < 0.001 ? "under 0.1 %" : p > 0.995 ? "over 99 %" : `${(100 * p).toFixed(p < 0.1 ? 1 : 0)} %`;
    const tell = () => {
        const { codes, bits, likely, shares, place, given, own } = seen;
        const where = `row ${Math.floor(place / SIDE) + 1}, column ${(place % SIDE) + 1}`;
        const { temperature } = settings;
        const cold = temperature === 1 ? "" : `; at temperature ${temperature.toFixed(1)}, ${percent(own)}`;
        const here = place < codes.length ?
            `${place < given ? "Given" : "Drawn"} at ${where}: code ${codes[place]}, ` +
            `probability ${percent(2 ** -bits[place])} at temperature 1, that is ${bits[place].toFixed(1)} bits${cold}.` :
            `Next is ${where}, where code ${likely[0]} is the likeliest, ${percent(shares[0])}.`;
        const drawn = codes.length - given;
        const all = bits.slice(given).reduce((sum, b) => sum + b, 0);
        const before = given ? `${given} codes are given. ` : "";
        kit.say(`${here} ${before}${drawn} ${drawn === 1 ? "code" : "codes"} drawn so far: ${all.toFixed(1)} bits` +
            `${temperature === 1 ? "" : ", at temperature 1 as all bits here"}.`);
    };
    const view = async (at) => {
        const [image, codes, bits, looks, likely, shares, others, said] = await kit.ask("prior.view", [at]);
        const [place, given, heads, own] = said;
        const pictures = { image: kit.pixels(image, PIXELS), others: kit.pixels(others, PIXELS) };
        seen = { ...pictures, codes, bits, looks, likely, shares, place, given, heads, own };
    };
    const look = async (at) => {
        await view(at);
        // The last corner is seldom what one wants to see of a whole digit: rather the code that took the most bits.
        const { bits, codes, given } = seen;
        if (at === LAST && codes.length === PLACES) await view(bits.indexOf(Math.max(...bits.slice(given)), given));
        tell();
        kit.redraw();
    };
    // Draws so many codes anew, or as many as there are.
    let wanted;
    const anew = kit.inTurn(async () => {
        const count = wanted === undefined ? seen.codes.length : wanted;
        wanted = undefined;
        const { seed, digit, temperature } = settings;
        const given = paper ? (PLACES * INKED) / PIXELS : 0;
        const more = Math.max(0, count - given);
        await kit.ask("prior.new", [seed, digit, temperature, more, ...(paper || [])]);
        const drawn = given + more;
        aim = aim === null ? null : Math.min(aim, drawn, PLACES - 1);
        await look(aim !== null ? aim : more ? LAST : given);
    });
    const redo = (count) => {
        if (count !== undefined) wanted = count;
        return anew();
    };
    const draw = async (count) => {
        aim = null;
        if (seen.codes.length === PLACES) await redo(0);
        await kit.ask("prior.step", [count]);
        await look(LAST);
    };
    const choose = (to) => {
        aim = Math.max(0, Math.min(to, seen.codes.length, PLACES - 1));
        return look(aim);
    };

    const chosenAt = (x, y) => {
        const row = Math.floor((y * (1 + TOP) - TOP) * SIDE);
        return choose(SIDE * Math.max(0, row) + Math.min(SIDE - 1, Math.floor(SIDE * x)));
    };
    const step = (key) => {
        const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -SIDE, ArrowDown: SIDE }[key];
        if (by === undefined) return false;
        kit.safely(() => choose((aim === null ? seen.place : aim) + by));
        return true;
    };

    // A pen that is about two pixels wide.
    const ink = ([a, b], [c, d]) => {
        const [dx, dy] = [c - a, d - b];
        const square = dx * dx + dy * dy || 1;
        for (let n = 0; n < INKED * PIXELS; n += 1) {
            const [x, y] = [(n % PIXELS) + 0.5 - a, Math.floor(n / PIXELS) + 0.5 - b];
            const along = Math.max(0, Math.min(1, (x * dx + y * dy) / square));
            const apart = Math.hypot(x - along * dx, y - along * dy);
            paper[n] = Math.max(paper[n], Math.min(1, Math.max(0, 1.9 - apart)));
        }
    };
    const begin = (n) => {
        run.stop();
        settings.begin = n;
        begins.set(n);
        pen = aim = null;
        paper = n === 0 ? null : Array(PIXELS * PIXELS).fill(0);
        const strokes = STROKES[n - 1] || [];
        strokes.forEach((stroke) => stroke.slice(1).forEach((point, k) => ink(stroke[k], point)));
    };
    const lead = (to) => {
        ink(pen || to, to);
        pen = to;
        return redo();
    };

    const frame = (at, n, top, cell) => {
        at.strokeStyle = kit.colour(2);
        at.lineWidth = 2.5;
        at.strokeRect((n % SIDE) * cell + 1.25, top + Math.floor(n / SIDE) * cell + 1.25, cell - 2.5, cell - 2.5);
    };
    const title = (at, words, x, y, align = "start") => {
        at.font = "12px sans-serif";
        at.fillStyle = kit.colour("fg");
        at.textAlign = align;
        at.textBaseline = "alphabetic";
        at.fillText(words, x, y);
    };

    const labels = [
        "The image of the codes so far. Keys: arrow keys choose a place. If it begins with what you draw, they move a pen " +
            "over the upper part, and with Shift it draws.",
        "The codes, and how much attention looked at each from one place. Keys: arrow keys choose the place.",
        "The likeliest codes at the place, their probabilities, and the image around with each",
    ];
    const picture = kit.canvas(labels[0], 340, 1 + TOP, (at, w) => {
        if (!seen) return;
        const { image, codes, given, place } = seen;
        const [cell, top] = [w / SIDE, TOP * w];
        title(at, "Image", 0, top - 8);
        at.imageSmoothingEnabled = false;
        at.drawImage(image, 0, top, w, w);
        at.fillStyle = kit.colour("grid");
        const [row, column] = [Math.floor(codes.length / SIDE), codes.length % SIDE];
        at.beginPath();
        if (column) at.rect(column * cell, top + row * cell, w, cell + 0.5);
        at.rect(0, top + Math.ceil(codes.length / SIDE) * cell, w, w);
        at.fill();
        if (given) {
            at.strokeStyle = kit.colour(3);
            at.lineWidth = 2;
            at.setLineDash([6, 4]);
            at.beginPath();
            at.moveTo(0, top + (w * INKED) / PIXELS);
            at.lineTo(w, top + (w * INKED) / PIXELS);
            at.stroke();
            at.setLineDash([]);
            const blank = settings.begin === OWN && !paper.some((v) => v > 0);
            title(at, blank ? "draw here, above the line" : "given above the line, drawn below it", w, top - 8, "end");
        }
        frame(at, place, top, cell);
        if (!pen) return;
        at.strokeStyle = kit.colour(3);
        at.beginPath();
        at.arc((pen[0] * w) / PIXELS, top + (pen[1] * w) / PIXELS, w / PIXELS, 0, 2 * Math.PI);
        at.stroke();
    }, {
        down: (x, y) => {
            if (settings.begin !== OWN) return chosenAt(x, y);
            pen = null;
            return lead(onPaper(x, y));
        },
        drag: (x, y) => pen && lead(onPaper(x, y)),
        up: () => (pen = null, kit.redraw()),
        key: (key, shift) => {
            if (settings.begin !== OWN) return step(key);
            const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
            if (!by) return false;
            const from = pen || [PIXELS / 2, INKED / 2];
            const within = (v, most) => Math.max(0.5, Math.min(v, most - 0.5));
            const to = [within(from[0] + by[0], PIXELS), within(from[1] + by[1], INKED)];
            kit.safely(() => (shift ? lead(to) : (pen = to, kit.redraw())));
            return true;
        },
    });
    const onPaper = (x, y) => [x * PIXELS, (y * (1 + TOP) - TOP) * PIXELS];

    const map = kit.canvas(labels[1], 340, 1 + TOP,
        (at, w) => {
            if (!seen) return;
            const { codes, looks, place, given, heads } = seen;
            const [cell, top] = [w / SIDE, TOP * w];
            const all = Array.from({ length: looks.length / (place + 1) }, (_, n) => n);
            const of = all.filter((n) => settings.heads === 0 ||
                (settings.heads <= 2 ? Math.floor(n / heads) === settings.heads - 1 : n === settings.heads - 3));
            const weight = (j) => of.reduce((sum, n) => sum + looks[n * (place + 1) + j], 0) / of.length;
            const weights = Array.from({ length: place + 1 }, (_, j) => weight(j));
            const most = Math.max(...weights);
            const shade = (j, ...box) => {
                at.globalAlpha = (0.65 * weights[j]) / most;
                at.fillStyle = kit.colour(1);
                at.fillRect(...box);
                at.globalAlpha = 1;
                at.strokeStyle = kit.colour("grid");
                at.lineWidth = 1;
                at.strokeRect(...box);
            };
            shade(0, 0.5, 2.5, cell - 1, top - 8);
            title(at, "start", cell / 2, top - 10, "center");
            title(at, `shade: attention, up to ${percent(most)}`, w, top - 10, "end");
            for (let n = 0; n < PLACES; n += 1) {
                const [x, y] = [(n % SIDE) * cell, top + Math.floor(n / SIDE) * cell];
                if (n < place) shade(n + 1, x + 0.5, y + 0.5, cell - 1, cell - 1);
                at.strokeStyle = kit.colour("grid");
                at.strokeRect(x + 0.5, y + 0.5, cell - 1, cell - 1);
                if (n < codes.length) title(at, codes[n], x + cell / 2, y + cell / 2 + 4, "center");
            }
            if (given) {
                at.fillStyle = kit.colour(3);
                at.fillRect(0, top + (w * INKED) / PIXELS - 1, w, 2);
            }
            frame(at, place, top, cell);
        }, {
            down: (x, y) => chosenAt(x, y),
            key: (key) => step(key),
        });
    const side = document.createElement("div");
    side.className = "live-side";
    side.append(picture, map);

    const heading = document.createElement("div");
    heading.textContent = "The likeliest codes at this place, and the image around it with each:";
    const guesses = kit.canvas(labels[2], 440, 0.32,
        (at, w, h) => {
            if (!seen) return;
            const { codes, likely, shares, others, place } = seen;
            const step = w / likely.length;
            const size = Math.min(h - 44, step - 10);
            const [x, y] = [4 * (place % SIDE) - 4, 4 * Math.floor(place / SIDE) - 4];
            at.imageSmoothingEnabled = false;
            for (let n = 0; n < likely.length; n += 1) {
                const [left, top] = [n * step + 5, 2];
                // What is beyond the edge is left out.
                for (let k = 0; k < 9; k += 1) {
                    const [a, b] = [x + 4 * (k % 3), y + 4 * Math.floor(k / 3)];
                    if (Math.min(a, b) < 0 || Math.max(a, b) >= PIXELS) continue;
                    const to = [left + ((k % 3) * size) / 3, top + (Math.floor(k / 3) * size) / 3];
                    at.drawImage(others, a, n * PIXELS + b, 4, 4, ...to, size / 3 + 0.4, size / 3 + 0.4);
                }
                const own = likely[n] === codes[place];
                at.strokeStyle = kit.colour(own ? 2 : 1);
                at.lineWidth = own ? 2.5 : 1;
                at.strokeRect(left + size / 3, top + size / 3, size / 3, size / 3);
                at.fillStyle = kit.colour(1);
                at.fillRect(left, top + size + 5, Math.max(1, size * shares[n]), 7);
                title(at, likely[n], left, top + size + 25);
                title(at, percent(shares[n]).replace("under", "<").replace("over", ">"), left, top + size + 39);
            }
        });
    const note = document.createElement("p");
    note.className = "live-note";
    note.textContent = "Choose a place with finger, mouse, or arrow keys. To begin with what you draw, draw above the green " +
        "line with finger or mouse, or move the pen with arrow keys and draw with Shift.";
    kit.mount.append(side, note, heading, guesses);

    const run = kit.runs(async (calm) => {
        await draw(calm ? SIDE : 1);
        if (!calm) await new Promise((done) => setTimeout(done, 100));
        return seen.codes.length < PLACES;
    });
    const begins = kit.choice("Begin with", ["nothing", ...STROKES.map((_, n) => `upper part of a ${n}`), "what I draw"],
        (n) => (begin(n), redo(0)));
    const each = [1, 2].flatMap((b) => [1, 2, 3, 4].map((h) => `block ${b}, head ${h}`));
    kit.row(
        run,
        kit.button("One code", () => (run.stop(), draw(1))),
        kit.button("All", () => (run.stop(), draw(PLACES))),
        kit.button("Begin again", () => (begin(settings.begin), redo(0))),
        begins,
    );
    kit.row(
        kit.choice("Digit", ["not told", ..."0123456789"], (n) => (settings.digit = n === 0 ? 10 : n - 1, redo())),
        kit.slider("Temperature", [0, 2, 0.1, 1], (v) => (settings.temperature = v, redo()), (v) => v.toFixed(1)),
        kit.slider("Seed", [1, 20, 1, settings.seed], (v) => (settings.seed = v, redo())),
        kit.choice("Attention of", ["all heads", "block 1", "block 2", ...each], (n) => (settings.heads = n, kit.redraw())),
    );
    await Promise.all([kit.model("tokeniser"), kit.model("prior")]);
    await redo(27);
});
