// Chapter 6: straight-through's arrow, and that of the smoothed loss.
workbookLive.demo("arrow", async (kit) => {
    "use strict";
    const REACH = 1.3;
    const PLACES = 130;
    const SMOOTH = 26;
    const LONG = 0.42;
    const SIDE = 13;
    // A gradient that is shorter says little by its direction.
    const FAINT = 0.1;
    const places = { latent: [-0.5, -0.2], aim: [-0.05, -0.2] };
    let noise = 0.2;
    let shown = 0;
    let field = true;
    let held = "latent";
    let plan = null;
    let seen = null;
    const decimals = (v, digits = 2) => v.toFixed(digits).replace("-", "−");

    const narrow = () => plane.clientWidth > 0 && plane.clientWidth < 400;
    const between = (v, least, most) => Math.max(least, Math.min(most, v));
    const degrees = (cosine) => (Math.acos(between(cosine, -1, 1)) * 180) / Math.PI;
    const words = () => {
        const [straight, smooth, [cosine], [, loss, mean]] = seen.here;
        const angle = degrees(cosine);
        const angles = Array.from(seen.field[3], degrees);
        const many = angles.filter((a) => a > 90).length;
        const average = angles.reduce((sum, a) => sum + a, 0) / angles.length;
        const long = (v) => Math.hypot(...v).toFixed(2);
        return `The arrows are ${angle.toFixed(0)}° apart (cosine ${decimals(cosine)}): ` +
            `a short step along straight-through's goes ${angle > 90 ? "uphill" : "downhill"} on the smoothed loss. ` +
            `The loss of the code is ${loss.toFixed(2)}, under noise of ${noise.toFixed(2)} it is ${mean.toFixed(2)}; ` +
            `the gradients' lengths are ${long(straight)} and ${long(smooth)}. ` +
            `Over ${angles.length} places${narrow() ? ", 49 of them drawn," : ""} the mean angle is ` +
            `${average.toFixed(0)}°, and straight-through leads uphill at ${many}.`;
    };
    // What is to be asked anew, `all` or `latent`; requests that come faster than answers are one.
    let wanted = null;
    let asking = false;
    const look = async (what) => {
        wanted = wanted === "all" ? "all" : what;
        if (asking) return;
        asking = true;
        try {
            while (wanted) {
                const all = wanted === "all";
                wanted = null;
                const now = { ...seen };
                if (all) {
                    await kit.ask("arrow.set", [noise, ...places.aim]);
                    [now.losses] = await kit.ask("arrow.losses");
                    now.field = await kit.ask("arrow.field");
                    now.smooth = shown === 1 ? (await kit.ask("arrow.smooth"))[0] : null;
                }
                now.here = await kit.ask("arrow.at", places.latent);
                now.latent = [...places.latent];
                seen = now;
                kit.say(words());
                kit.redraw();
            }
        } finally {
            asking = false;
        }
    };

    const move = (to) => {
        places[held] = to.map((v) => between(v, -REACH, REACH));
        return look(held === "aim" ? "all" : "latent");
    };
    const place = (right, down) => [REACH * (2 * right - 1), REACH * (1 - 2 * down)];
    const takes = {
        down: (right, down) => {
            const [x, y] = place(right, down);
            const near = ([a, b]) => (Math.hypot(a - x, b - y) * plane.clientWidth) / (2 * REACH);
            held = near(places.aim) < 16 && near(places.latent) > near(places.aim) ? "aim" : "latent";
            return move([x, y]);
        },
        drag: (right, down) => move(place(right, down)),
        key: (key, shift) => {
            const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
            if (key === "Enter") {
                held = held === "aim" ? "latent" : "aim";
                kit.redraw();
                return true;
            }
            if (!ways[key]) return false;
            return kit.safely(() => move(places[held].map((v, axis) => v + ways[key][axis] * (shift ? 0.2 : 0.04))));
        },
    };

    const shade = (at, w, h) => {
        const { smooth, losses } = seen;
        const [colour, most] = [kit.colour(5), Math.max(...losses)];
        const loss = (n) => (smooth ? smooth[n] : losses[plan.cells[n]]);
        kit.squares(at, [w, h], smooth ? SMOOTH : PLACES, (n) => [colour, (0.6 * loss(n)) / most]);
    };
    const { line, disc } = kit;
    const label = (at, what, [x, y], colour) => {
        at.font = "bold 12px sans-serif";
        at.textAlign = "center";
        at.lineWidth = 4;
        at.lineJoin = "round";
        at.strokeStyle = kit.colour("bg");
        at.strokeText(what, x, y);
        at.fillStyle = colour;
        at.fillText(what, x, y);
    };
    // Where the arrow of a gradient ends: downhill.
    const tip = (from, of, n, long) => {
        const length = Math.hypot(of[2 * n], of[2 * n + 1]) || 1;
        return [from[0] - (long * of[2 * n]) / length, from[1] - (long * of[2 * n + 1]) / length];
    };
    const arrow = (at, from, to, colour, wide) => {
        const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
        const [a, b] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
        const neck = [to[0] - 9 * a, to[1] - 9 * b];
        for (const [paint, more] of [[kit.colour("bg"), 1], [colour, 0]]) {
            at.strokeStyle = at.fillStyle = paint;
            at.lineWidth = wide + 2 * more;
            line(at, from, neck);
            at.beginPath();
            at.moveTo(to[0] + more * a, to[1] + more * b);
            at.lineTo(neck[0] - more * a - (wide + 2.5 + more) * b, neck[1] - more * b + (wide + 2.5 + more) * a);
            at.lineTo(neck[0] - more * a + (wide + 2.5 + more) * b, neck[1] - more * b - (wide + 2.5 + more) * a);
            at.fill();
        }
    };
    const faint = (of, n) => Math.max(0.12, Math.min(1, Math.hypot(of[2 * n], of[2 * n + 1]) / FAINT));
    // Where there is little room, every other one.
    const small = (at, spot) => {
        const [from, straight, smooth, cosines] = seen.field;
        const [every, long, size] = narrow() ? [2, 0.17, 0.9] : [1, 0.105, 1];
        cosines.forEach((cosine, n) => {
            if ((n % SIDE) % every || Math.floor(n / SIDE) % every) return;
            const here = [from[2 * n], from[2 * n + 1]];
            if (degrees(cosine) > 90) {
                at.fillStyle = kit.colour(4);
                disc(at, spot(here), 4.5 * size);
                at.fill();
            }
            [straight, smooth].forEach((of, which) => {
                const end = spot(tip(here, of, n, long));
                at.globalAlpha = faint(of, n);
                at.strokeStyle = at.fillStyle = kit.colour(2 - which);
                at.lineWidth = (which ? 1.2 : 1.8) * size;
                line(at, spot(here), end);
                disc(at, end, (which ? 2 : 2.4) * size);
                at.fill();
                at.globalAlpha = 1;
            });
        });
    };
    const target = (at, here) => {
        at.strokeStyle = at.fillStyle = kit.colour(3);
        at.lineWidth = held === "aim" ? 3 : 2;
        disc(at, here, 8);
        at.stroke();
        disc(at, here, 3);
        at.fill();
    };
    const large = (at, spot, w) => {
        const [straight, smooth, [cosine], [code]] = seen.here;
        const here = spot(seen.latent);
        at.strokeStyle = kit.colour("fg");
        at.lineWidth = 1.5;
        at.setLineDash([4, 4]);
        line(at, here, spot([plan.codes[2 * code], plan.codes[2 * code + 1]]));
        at.setLineDash([]);
        const ends = [straight, smooth].map((of) => spot(tip(seen.latent, of, 0, LONG)));
        const angle = degrees(cosine);
        const turns = ends.map(([x, y]) => Math.atan2(y - here[1], x - here[0]));
        const turn = Math.atan2(Math.sin(turns[1] - turns[0]), Math.cos(turns[1] - turns[0]));
        const pixels = w / (2 * REACH);
        const radius = 0.55 * LONG * pixels;
        at.fillStyle = kit.colour(angle > 90 ? 4 : 6);
        at.globalAlpha = 0.4;
        at.beginPath();
        at.moveTo(...here);
        at.arc(...here, radius, ...turns, turn < 0);
        at.fill();
        at.globalAlpha = 1;
        at.strokeStyle = kit.colour(1);
        at.lineWidth = 1.2;
        at.setLineDash([1.5, 3]);
        disc(at, here, noise * pixels);
        at.stroke();
        at.setLineDash([]);
        [straight, smooth].forEach((of, n) => {
            at.globalAlpha = faint(of, 0);
            arrow(at, here, ends[n], kit.colour(2 - n), (n ? 3 : 8) * (narrow() ? 0.75 : 1));
        });
        at.globalAlpha = 1;
        disc(at, here, 6);
        at.fillStyle = kit.colour("bg");
        at.fill();
        for (const [paint, wide] of [["bg", 6], ["fg", 2.5]]) {
            at.strokeStyle = kit.colour(paint);
            at.lineWidth = wide;
            at.stroke();
        }
        return () => {
            // Between the arrows if there is room, and behind them if not.
            const middle = turns[0] + turn / 2;
            const out = angle < 40 ? -22 : radius + 16;
            const [x, y] = [here[0] + out * Math.cos(middle), here[1] + out * Math.sin(middle) + 4];
            const colour = kit.colour(angle > 90 ? 4 : "fg");
            label(at, `${angle.toFixed(0)}°`, [between(x, 16, w - 16), between(y, 14, w - 6)], colour);
        };
    };
    const plane = kit.canvas(
        "The plane: cells, an aim, a latent and its two arrows. Arrow keys move the latent, Enter picks the aim in its place",
        480, 1, (at, w, h) => {
            if (!seen) return;
            const spot = ([x, y]) => [w * (0.5 + x / (2 * REACH)), h * (0.5 - y / (2 * REACH))];
            shade(at, w, h);
            at.strokeStyle = kit.colour("fg");
            at.globalAlpha = 0.5;
            at.lineWidth = 1;
            const { borders, codes } = plan;
            for (let n = 0; n < borders.length; n += 4) {
                line(at, spot(borders.slice(n, n + 2)), spot(borders.slice(n + 2, n + 4)));
            }
            at.globalAlpha = 1;
            if (field) small(at, spot);
            for (let n = 0; n < codes.length; n += 2) {
                at.fillStyle = kit.colour("fg");
                at.strokeStyle = kit.colour("bg");
                at.lineWidth = 1.5;
                disc(at, spot(codes.slice(n, n + 2)), 5);
                at.fill();
                at.stroke();
            }
            const write = large(at, spot, w);
            target(at, spot(places.aim));
            write();
        }, takes);
    // What is what, each sign in its colour.
    const legend = (...signs) => {
        const all = kit.note("");
        signs.forEach(([sign, name, colour]) => {
            const [item, mark] = [document.createElement("span"), document.createElement("b")];
            mark.textContent = sign;
            mark.style.color = `var(--${colour})`;
            item.style.cssText = "display: inline-block; margin-inline-end: 1.2rem";
            item.append(mark, ` ${name}`);
            all.append(item, " ");
        });
    };
    kit.mount.append(plane);
    legend(["➡", "straight-through", "fig-2"], ["→", "smoothed", "fig-1"], ["●", "uphill", "fig-4"], ["◎", "aim", "fig-3"],
        ["○", "latent", "fg"], ["●", "code", "fg"]);
    kit.note("Drag, or focus the picture: arrow keys move the latent, Enter picks the aim in its place.");
    kit.row(
        kit.slider("Noise s", [0.1, 0.8, 0.05, noise], (v) => (noise = v, look("all")), (v) => v.toFixed(2)),
        kit.choice("Shade", ["loss of the code", "smoothed loss"], (n) => (shown = n, look("all"))),
        kit.choice("Small arrows", ["shown", "hidden"], (n) => (field = n === 0, kit.redraw())),
    );
    await kit.ask("arrow.set", [noise, ...places.aim]);
    const [codes, borders, cells] = await kit.ask("arrow.cells");
    plan = { codes, borders, cells };
    await look("all");
});
