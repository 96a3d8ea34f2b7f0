// Chapter 8: a drawing, its codes, what comes back of them, and what the file takes.
workbookLive.demo("digit", async (kit) => {
    "use strict";
    const IMAGE = 28;
    const REACH = 2;
    // A pixel that has changed by less than this looks as it did.
    const SEEN = 0.05;
    const line = (...at) => [at.slice(0, 2), at.slice(2)];
    const curve = (...at) => Array.from({ length: at.length / 2 }, (_, n) => at.slice(2 * n, 2 * n + 2));
    // Strokes, in a box of 20 × 20 pixels: each goes smoothly through its points.
    const READY = {
        0: [curve(11, 1, 6, 4, 4, 10, 6, 17, 10, 19, 14, 16, 16, 9, 14, 3, 11, 1)],
        1: [line(12, 1, 8.5, 19)],
        2: [curve(4, 5.5, 6, 2, 10.5, 1, 14, 4, 12.5, 9, 8, 14, 3.5, 18.5), curve(3.5, 18.5, 7, 17, 11, 18, 17, 17.5)],
        3: [curve(4, 3, 9, 1, 14, 3.5, 12, 8, 8, 9.5), curve(8, 9.5, 13.5, 11, 15, 15, 11, 19, 4, 17.5)],
        4: [curve(6, 2, 4, 8, 4.5, 11, 9, 11.5, 15.5, 10), line(15, 3, 12.5, 19)],
        5: [line(16, 2, 8, 2.5), line(8, 2.5, 6, 9), curve(6, 9, 10, 8, 14.5, 11, 13.5, 16.5, 9, 19, 4, 17.5)],
        6: [curve(13, 1, 8.5, 5, 5.5, 11.5, 6.5, 17.5, 11, 19, 14.5, 15.5, 12.5, 11.5, 8.5, 12, 6, 15)],
        7: [curve(4, 3.5, 9, 2.5, 16, 2.5), curve(16, 2.5, 12.5, 9, 9, 19)],
        8: [curve(14.5, 4, 10, 1, 6.5, 4.5, 10, 9.5, 13.5, 14.5, 10, 19, 6, 15.5, 9.5, 10, 14.5, 4)],
        9: [curve(14.5, 5, 10, 1.5, 6, 5.5, 9, 10, 13.5, 8, 14.5, 5), curve(14.5, 5, 13.5, 12, 11, 19)],
        House: [line(2, 10, 10, 2), line(10, 2, 18, 10), line(4, 10, 4, 19), line(4, 19, 16, 19), line(16, 19, 16, 10)],
    };

    const pixels = new Float64Array(IMAGE * IMAGE);
    const pen = { x: 8, y: 6, down: false, shown: false };
    let place = 24;
    let how = 0;
    let any = 84;
    let drawing = false;
    let seen = null;
    // Which pixels have changed with the codes.
    let altered = [];
    // How far the drawing has been shifted, to the right and down, and the bits that it took before.
    let shifted = [0, 0];
    let untried = null;
    let offers = null;
    await kit.model("compressor");
    const [[codes, side, header]] = await kit.ask("digit.new");
    const patch = IMAGE / side;

    // The drawing.
    const stroke = ([x0, y0], [x1, y1]) => {
        const [dx, dy] = [x1 - x0, y1 - y0];
        const square = dx * dx + dy * dy || 1;
        for (let n = 0; n < pixels.length; n += 1) {
            const [x, y] = [(n % IMAGE) + 0.5, Math.floor(n / IMAGE) + 0.5];
            const t = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / square));
            const apart = Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
            pixels[n] = Math.max(pixels[n], Math.min(1, (REACH - apart) / 1.2));
        }
    };
    // A curve through the points that leaves each along its neighbours.
    const smooth = (points) => {
        const at = (n) => points[Math.min(points.length - 1, Math.max(0, n))];
        const made = [];
        for (let n = 0; n + 1 < points.length; n += 1) {
            for (let t = 0; t < 1; t += 0.125) {
                made.push([0, 1].map((axis) => {
                    const [a, b, c, d] = [n - 1, n, n + 1, n + 2].map((m) => at(m)[axis]);
                    return b + (t / 2) * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
                }));
            }
        }
        return [...made, at(points.length)];
    };
    const centre = () => {
        let [all, x, y] = [0, 0, 0];
        pixels.forEach((v, n) => {
            all += v;
            x += v * ((n % IMAGE) + 0.5);
            y += v * (Math.floor(n / IMAGE) + 0.5);
        });
        if (all === 0) return;
        shift(...[x, y].map((sum) => Math.round(IMAGE / 2 - sum / all)));
    };
    const shift = (right, down) => {
        const before = pixels.slice();
        pixels.forEach((_, n) => {
            const [u, v] = [(n % IMAGE) - right, Math.floor(n / IMAGE) - down];
            const inside = u >= 0 && v >= 0 && u < IMAGE && v < IMAGE;
            pixels[n] = inside ? before[v * IMAGE + u] : 0;
        });
    };
    const ready = (name) => {
        pixels.fill(0);
        for (const points of READY[name]) {
            smooth(points).reduce((from, to) => {
                stroke([from[0] + 4, from[1] + 4], [to[0] + 4, to[1] + 4]);
                return to;
            });
        }
        centre();
    };

    // What the compressor makes of it.
    const take = (view) => {
        seen = view;
        const [chosen, map, bits, image, [bytes, all, error], untouched] = view;
        const at = (n) => Math.floor(n / IMAGE / patch) * side + Math.floor((n % IMAGE) / patch);
        altered = Array.from(image, (v, n) => Math.abs(v - untouched[n]) > SEEN);
        const pixel = altered.filter(Boolean).length;
        const beyond = altered.filter((is, n) => is && chosen[at(n)] === map[at(n)]).length;
        if (untried === null) untried = all;
        const changed = chosen.filter((code, n) => code !== map[n]).length;
        const there = `Line ${Math.floor(place / side) + 1}, column ${(place % side) + 1}: code ${map[place]}, ` +
            `${bits[place].toFixed(1)} bits` + (map[place] === chosen[place] ? "." : `; the encoder chose ${chosen[place]}.`);
        const lost = Number.isFinite(error) ? error.toFixed(3) : "undefined, as all pixels are alike";
        const [right, down] = shifted;
        const way = (by, words) => by ? [`${Math.abs(by)} ${words[by > 0 ? 1 : 0]}`] : [];
        const ways = [...way(right, ["left", "right"]), ...way(down, ["up", "down"])];
        const before = ways.length ? ` (shifted ${ways.join(", ")}; before: ${untried.toFixed(0)} bits)` : "";
        const also = changed ? ` ${changed === 1 ? "A code is" : `${changed} codes are`} changed, and with ` +
            `${changed === 1 ? "it" : "them"} ${pixel} pixels, ${beyond} of them beyond ` +
            `${changed === 1 ? "its patch" : "their patches"}.` : "";
        kit.say(`${map.length} codes: ${all.toFixed(0)} bits${before}. The file: ${bytes} bytes, ${header} of them header; ` +
            `raw, a byte a pixel: ${pixels.length}. Error: ${lost}.${also} ${there}`);
        kit.redraw();
    };
    const offer = async () => {
        if (drawing) return;
        const at = place;
        offers = [...await kit.ask("digit.offers", [at, how]), at];
        kit.redraw();
    };
    let wanted = false;
    let busy = false;
    const compress = async () => {
        wanted = true;
        if (busy) return;
        busy = true;
        try {
            while (wanted) {
                wanted = false;
                take(await kit.ask("digit.draw", Array.from(pixels, (v) => Math.round(255 * v) / 255)));
            }
        } finally {
            busy = false;
        }
        await offer();
    };
    const put = async (code) => take(await kit.ask("digit.put", [place, code]));
    const choose = async (other) => {
        place = other;
        take(seen);
        await offer();
    };
    const anew = () => {
        shifted = [0, 0];
        untried = null;
    };
    const began = async (from) => {
        drawing = false;
        anew();
        from();
        await compress();
    };
    const move = async (right, down) => {
        shifted = [shifted[0] + right, shifted[1] + down];
        shift(right, down);
        await compress();
    };

    // Pictures.
    const show = (at, from, [x, y, size], [left, top, cells] = [0, 0, IMAGE]) => {
        at.imageSmoothingEnabled = false;
        at.drawImage(kit.pixels(from, IMAGE), left, top, cells, cells, x, y, size, size);
    };
    const frame = (at, [x, y, w, h], colour, width) => {
        at.strokeStyle = kit.colour(colour);
        at.lineWidth = width;
        at.strokeRect(x + width / 2, y + width / 2, w - width, h - width);
    };
    const draw = (x, y, on) => {
        const to = [x * IMAGE, y * IMAGE];
        anew();
        stroke(on ? [pen.x, pen.y] : to, to);
        [pen.x, pen.y] = to;
        return compress();
    };
    const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const page = kit.canvas(
        "Your drawing. Keys: arrow keys move a pen, and the space bar puts it down and lifts it.", 230, 1,
        (at, w) => {
            show(at, pixels, [0, 0, w]);
            if (!pen.shown || document.activeElement !== page) return;
            at.beginPath();
            at.arc((pen.x * w) / IMAGE, (pen.y * w) / IMAGE, (1.5 * w) / IMAGE, 0, 2 * Math.PI);
            at.strokeStyle = at.fillStyle = kit.colour(2);
            at.lineWidth = 2;
            at.stroke();
            if (pen.down) at.fill();
        },
        {
            down: (x, y) => {
                drawing = true;
                pen.shown = pen.down = false;
                return draw(x, y, false);
            },
            drag: (x, y) => draw(x, y, true),
            up: () => {
                drawing = false;
                return compress();
            },
            key: (key, shift) => {
                pen.shown = true;
                const by = ARROWS[key];
                if (by) {
                    const [x, y] = [pen.x + by[0] * (shift ? 4 : 1), pen.y + by[1] * (shift ? 4 : 1)];
                    const to = [x, y].map((v) => Math.min(IMAGE - 1, Math.max(1, v)));
                    if (pen.down) kit.safely(() => draw(to[0] / IMAGE, to[1] / IMAGE, true));
                    [pen.x, pen.y] = to;
                } else if (key === " ") {
                    pen.down = !pen.down;
                    if (pen.down) kit.safely(() => draw(pen.x / IMAGE, pen.y / IMAGE, false));
                } else return false;
                page.paint();
                return true;
            },
        },
    );
    page.addEventListener("blur", () => {
        pen.down = false;
        page.paint();
    });
    // Lines round the pixels that have changed, inside of them.
    const outline = (at, w) => {
        const size = w / IMAGE;
        const thick = Math.max(1.5, 0.28 * size);
        const is = (x, y) => x >= 0 && y >= 0 && x < IMAGE && y < IMAGE && altered[y * IMAGE + x];
        at.fillStyle = kit.colour(3);
        altered.forEach((here, n) => {
            if (!here) return;
            const [x, y] = [n % IMAGE, Math.floor(n / IMAGE)];
            const [left, top] = [x * size, y * size];
            at.globalAlpha = 0.3;
            at.fillRect(left, top, size, size);
            at.globalAlpha = 1;
            if (!is(x - 1, y)) at.fillRect(left, top, thick, size);
            if (!is(x + 1, y)) at.fillRect(left + size - thick, top, thick, size);
            if (!is(x, y - 1)) at.fillRect(left, top, size, thick);
            if (!is(x, y + 1)) at.fillRect(left, top + size - thick, size, thick);
        });
    };
    const back = kit.canvas("The picture that comes back of the codes; framed, the patch of the chosen place, and outlined, " +
        "the pixels that have changed with changed codes", 230, 1, (at, w) => {
        if (!seen) return;
        show(at, seen[3], [0, 0, w]);
        outline(at, w);
        const size = w / side;
        frame(at, [(place % side) * size, Math.floor(place / side) * size, size, size], 2, 2);
    });
    const grid = kit.canvas(
        "The codes. Keys: arrow keys choose a place, and Delete puts the encoder's own code there.",
        230, 1,
        (at, w) => {
            if (!seen) return;
            const [chosen, map, bits] = seen;
            const size = w / side;
            at.textAlign = "center";
            at.textBaseline = "middle";
            map.forEach((code, n) => {
                const [x, y] = [(n % side) * size, Math.floor(n / side) * size];
                at.globalAlpha = 0.6 * Math.min(1, bits[n] / 12);
                at.fillStyle = kit.colour(1);
                at.fillRect(x, y, size, size);
                at.globalAlpha = 1;
                at.fillStyle = kit.colour("fg");
                at.font = `${code === chosen[n] ? "" : "bold "}${size < 28 ? 11 : 12}px sans-serif`;
                at.fillText(code, x + size / 2, y + size / 2 + 1);
            });
            at.strokeStyle = kit.colour("grid");
            at.lineWidth = 1;
            for (let n = 0; n <= side; n += 1) {
                const along = Math.min(w - 0.5, Math.max(0.5, Math.round(n * size)));
                at.beginPath();
                at.moveTo(along, 0);
                at.lineTo(along, w);
                at.moveTo(0, along);
                at.lineTo(w, along);
                at.stroke();
            }
            frame(at, [(place % side) * size, Math.floor(place / side) * size, size, size], 2, 3);
            at.fillStyle = kit.colour(3);
            map.forEach((code, n) => {
                if (code === chosen[n]) return;
                const [right, top] = [((n % side) + 1) * size - 3, Math.floor(n / side) * size + 3];
                at.beginPath();
                at.moveTo(right, top);
                at.lineTo(right, top + 10);
                at.lineTo(right - 10, top);
                at.fill();
            });
        },
        {
            down: (x, y) => {
                const at = [y, x].map((v) => Math.min(side - 1, Math.max(0, Math.floor(v * side))));
                return choose(at[0] * side + at[1]);
            },
            key: (key) => {
                const by = ARROWS[key];
                const [line, column] = [Math.floor(place / side), place % side];
                if (by) {
                    const to = [line + by[1], column + by[0]].map((v) => Math.min(side - 1, Math.max(0, v)));
                    kit.safely(() => choose(to[0] * side + to[1]));
                } else if (key === "Delete" || key === "Backspace") kit.safely(() => put(seen[0][place]));
                else return false;
                return true;
            },
        },
    );

    // Codes for the chosen place, each as it would look there.
    const COLUMNS = 4;
    const strip = kit.canvas(
        "Codes for the framed place, each with the picture around it, its number and its bits. Keys: arrow keys put one there.",
        350, 0.95,
        (at, w, h) => {
            if (!offers) return;
            const [list, bits, images, of] = offers;
            const [wide, high] = [w / COLUMNS, (h * COLUMNS) / list.length];
            const size = Math.min(wide - 10, high - 36);
            const corner = [of % side, Math.floor(of / side)].map((v) => (v - 1) * patch);
            at.textAlign = "center";
            at.textBaseline = "alphabetic";
            list.forEach((code, n) => {
                const [x, y] = [((n % COLUMNS) + 0.5) * wide - size / 2, Math.floor(n / COLUMNS) * high + 4];
                at.fillStyle = kit.colour("grid");
                at.fillRect(x, y, size, size);
                const image = images.subarray(n * pixels.length, (n + 1) * pixels.length);
                show(at, image, [x, y, size], [...corner, 3 * patch]);
                frame(at, [x + size / 3, y + size / 3, size / 3, size / 3], 2, 1);
                const here = seen[1][place] === code;
                if (here) frame(at, [x - 4, y - 4, size + 8, size + 8], 2, 2);
                at.fillStyle = kit.colour("fg");
                at.font = `${here ? "bold " : ""}12px sans-serif`;
                at.fillText(code, x + size / 2, y + size + 16);
                at.font = "11px sans-serif";
                at.fillText(`${bits[n].toFixed(1)} bits`, x + size / 2, y + size + 29);
            });
        },
        {
            down: (x, y) => {
                const rows = offers[0].length / COLUMNS;
                const n = Math.floor(y * rows) * COLUMNS + Math.floor(x * COLUMNS);
                if (n >= 0 && n < offers[0].length) return put(offers[0][n]);
                return null;
            },
            key: (key) => {
                const by = ARROWS[key];
                if (!by || !offers) return false;
                const list = offers[0];
                const at = list.indexOf(seen[1][place]);
                const to = at < 0 ? 0 : at + by[0] + COLUMNS * by[1];
                if (to >= 0 && to < list.length) kit.safely(() => put(list[to]));
                return true;
            },
        },
    );
    const sizes = kit.canvas("Bytes of the raw picture and of the file", 300, 0.32, (at, w) => {
        if (!seen) return;
        const [bytes] = seen[4];
        const bar = (top, from, to, colour) => {
            at.fillStyle = kit.colour(colour);
            at.fillRect((w * from) / pixels.length, top, (w * (to - from)) / pixels.length, 14);
        };
        at.font = "12px sans-serif";
        at.fillStyle = kit.colour("fg");
        at.fillText(`raw, a byte a pixel: ${pixels.length} bytes`, 0, 12);
        at.fillText(`file: ${bytes} bytes, ${header} of header and ${bytes - header} of codes`, 0, 52);
        bar(18, 0, pixels.length, "grid");
        bar(58, 0, header, "fg");
        bar(58, header, bytes, 1);
    });

    const titled = (words, ...of) => {
        const panel = document.createElement("div");
        const title = document.createElement("div");
        title.textContent = words;
        title.style.marginBottom = "0.6rem";
        panel.append(title, ...of);
        return panel;
    };
    const note = (words) => {
        const made = document.createElement("p");
        made.className = "live-note";
        made.style.marginTop = "0.4rem";
        made.textContent = words;
        return made;
    };
    const beside = (...panels) => {
        const row = document.createElement("div");
        row.className = "live-side";
        panels.forEach(([flex, panel]) => {
            panel.style.flex = flex;
            row.append(panel);
        });
        kit.mount.append(row);
    };
    beside(["2 1 11rem", titled("Your drawing", page, note("Draw with finger, mouse, or arrow keys and space."))], 
        ["2 1 11rem", titled("What comes back", back, note("Green: changed with the codes."))],
        ["1 1 18rem", titled("Its codes, shaded by their bits", grid,
            note("Choose a place with finger, mouse, or arrow keys; Delete undoes what you put there."))]);
    kit.row(...Object.keys(READY).map((name) => kit.button(name, () => began(() => ready(name)))));
    const pushes = [["←", "left", -1, 0], ["↑", "up", 0, -1], ["→", "right", 1, 0], ["↓", "down", 0, 1]];
    kit.row("Shift by 1", ...pushes.map(([arrow, where, ...by]) => {
        const push = kit.button(arrow, () => move(...by));
        push.setAttribute("aria-label", `Shift the drawing ${where} by a pixel`);
        return push;
    }), kit.button("Centre", () => began(centre)), kit.button("Clear", () => began(() => pixels.fill(0))));
    beside(
        ["1 1 36rem", titled("Codes for the framed place, the encoder's own first", strip,
            note("Put one there with finger, mouse, or arrow keys."))],
        ["1 1 22rem", titled("Its size", sizes, kit.row(
            kit.choice("Codes", ["most frequent there", "nearest to the latent"], (n) => (how = n, offer())),
            kit.button("Random code", () => put((any = (205 * any + 131) % codes))),
            kit.button("Undo here", () => put(seen[0][place])),
            kit.button("Undo all", async () => (take(await kit.ask("digit.back")), await offer())),
        ))],
    );
    await began(() => ready(3));
});
