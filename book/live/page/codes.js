// Chapter 5: codes and latents in the plane, and Lloyd's steps.
workbookLive.demo("codes", async (kit) => {
    "use strict";
    const REACH = 2;
    const EDGE = 1.9;
    const PLACES = 110;
    const settings = { layout: 1, seed: 5, codes: 6, start: 3 };
    let seen = null;
    let chosen = null;
    let course = [];
    const colour = (k) => kit.colour(1 + (k % 6));
    const decimals = (v, digits) => v.toFixed(digits).replace("-", "−");

    const rest = () => seen.codes.every((v, n) => v === seen.next[n]);
    const about = () => {
        if (!chosen) return "";
        const of = seen[chosen.of === "code" ? "codes" : "latents"];
        const at = `(${decimals(of[2 * chosen.n], 2)}, ${decimals(of[2 * chosen.n + 1], 2)})`;
        if (chosen.of === "latent") return ` The latent at ${at} gets code ${seen.indices[chosen.n]}.`;
        const count = seen.counts[chosen.n];
        const many = count === 0 ? "no latent chooses it" : `${count} of ${seen.indices.length} latents`;
        return ` Code ${chosen.n} at ${at}: ${many}.`;
    };
    const look = async () => {
        const mine = course;
        const [latents, indices, codes, next, borders, cells, counts, said] = await kit.ask("codes.view");
        if (course !== mine) return;
        seen = { latents, indices, codes, next, borders, cells, counts };
        const [steps, distortion] = said;
        course[steps] = distortion;
        const dead = counts.filter((n) => n === 0).length;
        const among = `${dead} of ${counts.length} codes ${dead === 1 ? "is" : "are"} dead.`;
        kit.say(`${steps} ${steps === 1 ? "step" : "steps"} of Lloyd's${rest() ? ", at rest" : ""}. ` +
            `Distortion ${distortion.toFixed(3)}. ${dead === 0 ? "Every code is chosen." : among}${about()}`);
        kit.redraw();
    };
    const begin = async () => {
        run.stop();
        course = [];
        chosen = null;
        const { layout, seed, codes, start } = settings;
        await kit.ask("codes.new", [layout, seed, codes, start]);
        await look();
    };
    const step = async () => {
        await kit.ask("codes.step");
        await look();
    };

    // Moves that come faster than answers: the last counts.
    let wanted = null;
    let moving = false;
    const move = async (x, y) => {
        const [a, b] = [x, y].map((v) => Math.max(-EDGE, Math.min(EDGE, v)));
        wanted = [chosen.n, a, b];
        const of = seen[chosen.of === "code" ? "codes" : "latents"];
        [of[2 * chosen.n], of[2 * chosen.n + 1]] = [a, b];
        if (moving) return;
        moving = true;
        try {
            while (wanted) {
                const to = wanted;
                wanted = null;
                await kit.ask(`codes.${chosen.of}`, to);
                await look();
            }
        } finally {
            moving = false;
        }
    };
    const nearest = (of, x, y, within) => {
        let [found, least] = [null, within * within];
        for (let n = 0; 2 * n < of.length; n += 1) {
            const apart = (of[2 * n] - x) ** 2 + (of[2 * n + 1] - y) ** 2;
            if (apart < least) [found, least] = [n, apart];
        }
        return found;
    };
    const place = (right, down) => [REACH * (2 * right - 1), REACH * (1 - 2 * down)];
    const choose = (of, by) => {
        const count = of === "code" ? seen.counts.length : seen.indices.length;
        const from = chosen && chosen.of === of ? chosen.n : by > 0 ? -1 : 0;
        chosen = { of, n: (from + by + count) % count };
        return kit.safely(look);
    };
    const takes = {
        down: async (right, down) => {
            const at = place(right, down);
            const pixel = (2 * REACH) / plane.clientWidth;
            const code = nearest(seen.codes, ...at, 18 * pixel);
            const latent = code === null ? nearest(seen.latents, ...at, 14 * pixel) : null;
            chosen = code !== null ? { of: "code", n: code } : latent !== null ? { of: "latent", n: latent } : null;
            await look();
        },
        drag: (right, down) => chosen && move(...place(right, down)),
        key: (key, shift) => {
            const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
            if (key === "Enter") return choose("code", shift ? -1 : 1);
            if (key === " ") return choose("latent", shift ? -1 : 1);
            if (!ways[key]) return false;
            chosen = chosen || { of: "code", n: 0 };
            const of = seen[chosen.of === "code" ? "codes" : "latents"];
            const [x, y] = ways[key].map((way, axis) => of[2 * chosen.n + axis] + way * (shift ? 0.2 : 0.04));
            return kit.safely(() => move(x, y));
        },
    };

    const shade = (at, w, h) => {
        const colours = Array.from(seen.counts, (count, k) => [colour(k), count === 0 ? 0 : 0.16]);
        kit.squares(at, [w, h], PLACES, (n) => colours[seen.cells[n]]);
    };
    const { line, disc } = kit;
    const arrow = (at, from, to) => {
        const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
        const length = Math.hypot(dx, dy);
        if (length < 3) return;
        const [a, b] = [dx / length, dy / length];
        line(at, from, to);
        at.beginPath();
        at.moveTo(...to);
        at.lineTo(to[0] - 7 * a + 4 * b, to[1] - 7 * b - 4 * a);
        at.lineTo(to[0] - 7 * a - 4 * b, to[1] - 7 * b + 4 * a);
        at.fill();
    };
    const code = (at, here, k, size) => {
        const dead = seen.counts[k] === 0;
        at.fillStyle = dead ? kit.colour("bg") : colour(k);
        at.strokeStyle = dead ? kit.colour("fg") : kit.colour("bg");
        at.lineWidth = 1.5;
        at.setLineDash(dead ? [3, 3] : []);
        disc(at, here, size);
        at.fill();
        at.stroke();
        at.setLineDash([]);
        at.fillStyle = kit.colour(dead ? "fg" : "bg");
        at.textAlign = "center";
        at.fillText(k, here[0], here[1] + 4);
        if (dead) at.fillText("dead", Math.max(here[0], 14), here[1] + (here[1] < 30 ? 22 : -13));
    };
    const plane = kit.canvas(
        "The plane: codes, latents and cells. Enter picks the next code, space the next latent, arrow keys move it",
        460, 1, (at, w, h) => {
            if (!seen) return;
            const { latents, indices, codes, next, borders } = seen;
            const spot = (of, n) => [w * (0.5 + of[2 * n] / (2 * REACH)), h * (0.5 - of[2 * n + 1] / (2 * REACH))];
            shade(at, w, h);
            at.strokeStyle = kit.colour("grid");
            at.lineWidth = 1;
            at.strokeRect(0.5, 0.5, w - 1, h - 1);
            at.strokeStyle = kit.colour("fg");
            at.globalAlpha = 0.5;
            at.lineWidth = 1.2;
            for (let n = 0; 2 * n < borders.length; n += 2) line(at, spot(borders, n), spot(borders, n + 1));
            at.lineWidth = 1;
            indices.forEach((k, n) => {
                at.strokeStyle = colour(k);
                at.globalAlpha = 0.3;
                line(at, spot(latents, n), spot(codes, k));
                at.globalAlpha = 1;
                at.fillStyle = colour(k);
                disc(at, spot(latents, n), 2.5);
                at.fill();
            });
            at.strokeStyle = at.fillStyle = kit.colour("fg");
            at.lineWidth = 1.5;
            seen.counts.forEach((_, k) => arrow(at, spot(codes, k), spot(next, k)));
            at.font = "bold 11px sans-serif";
            const size = w < 360 ? 7.5 : 9;
            const order = Array.from(seen.counts.keys()).sort((a, b) => seen.counts[a] - seen.counts[b]);
            order.forEach((k) => code(at, spot(codes, k), k, size));
            if (!chosen) return;
            at.strokeStyle = kit.colour("fg");
            at.lineWidth = 2;
            disc(at, spot(chosen.of === "code" ? codes : latents, chosen.n), chosen.of === "code" ? size + 3 : 6);
            at.stroke();
        }, takes);
    const words = (at, what, x, y, align = "left") => {
        at.fillStyle = kit.colour("fg");
        at.font = "11px sans-serif";
        at.textAlign = align;
        at.fillText(what, x, y);
    };
    const bars = kit.canvas("How many latents choose each code", 460, 0.42, (at, w, h) => {
        if (!seen) return;
        const { counts } = seen;
        const most = Math.max(...counts);
        const wide = w / counts.length;
        words(at, "latents of each code", 2, 11);
        counts.forEach((count, k) => {
            const high = ((h - 48) * count) / most;
            // Six colours tell six codes apart, and no more.
            at.fillStyle = counts.length > 6 ? kit.colour("fg") : colour(k);
            at.globalAlpha = counts.length > 6 ? 0.45 : 1;
            at.fillRect(wide * (k + 0.15), h - 16 - high, 0.7 * wide, high);
            at.globalAlpha = 1;
            words(at, count, wide * (k + 0.5), h - 20 - high, "center");
            words(at, k, wide * (k + 0.5), h - 3, "center");
        });
        at.strokeStyle = kit.colour("fg");
        line(at, [0, h - 15.5], [w, h - 15.5]);
    });
    const curve = kit.canvas("The distortion, step by step", 460, 0.42, (at, w, h) => {
        const last = Math.max(5, course.length - 1);
        const most = Math.max(1e-6, ...course.filter(Number.isFinite));
        const spot = (step, v) => [8 + ((w - 20) * step) / last, h - 18 - ((h - 40) * v) / most];
        words(at, `distortion, from 0 to ${most.toFixed(3)}`, 2, 11);
        words(at, "0", 8, h - 3, "center");
        words(at, `${last} steps`, w - 2, h - 3, "right");
        at.strokeStyle = kit.colour("fg");
        line(at, spot(0, 0), spot(last, 0));
        at.strokeStyle = at.fillStyle = kit.colour(1);
        at.lineWidth = 1.5;
        at.beginPath();
        course.forEach((v, n) => (n ? at.lineTo(...spot(n, v)) : at.moveTo(...spot(n, v))));
        at.stroke();
        course.forEach((v, n) => (disc(at, spot(n, v), 2.5), at.fill()));
    });
    const side = document.createElement("div");
    side.className = "live-side";
    side.append(bars, curve);
    kit.mount.append(plane);
    kit.note("Drag, or focus the picture: Enter picks the next code, space the next latent, arrow keys move it.");
    kit.mount.append(side);

    const run = kit.runs(async (calm) => {
        const begun = course;
        await new Promise((done) => setTimeout(done, calm ? 0 : 350));
        // It may have begun again meanwhile.
        for (let n = 0; n < (calm ? 5 : 1) && course === begun && !rest(); n += 1) await step();
        return !rest();
    });
    kit.row(kit.button("One step of Lloyd's", step), run, kit.button("Begin again", begin));
    kit.row(
        kit.choice("Latents", ["ring", "moons", "grid"], (n) => (settings.layout = n, begin()), settings.layout),
        kit.slider("Codes", [2, 16, 1, settings.codes], (v) => (settings.codes = v, begin())),
        kit.choice("First codes", ["k-means++", "random latents", "the leftmost latents", "anywhere in the square"],
            (n) => (settings.start = n, begin()), settings.start),
        kit.slider("Seed", [1, 20, 1, settings.seed], (v) => (settings.seed = v, begin())),
    );
    await begin();
});
