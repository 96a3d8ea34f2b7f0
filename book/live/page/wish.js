// Chapter 10: pictures that do not exist, by category and artist, code by code.
workbookLive.demo("wish", async (kit) => {
    "use strict";
    const PIXELS = 32;
    const SIDE = 8;
    const COUNT = 4;
    // What looks white, of 1.
    const WHITE = 0.9;
    const settings = { category: 0, artist: 1, scale: 1.5, temperature: 1, seed: 1 };
    let seen = null;
    let seconds = 0;

    await kit.model("artist");
    const [counts, ...letters] = await kit.ask("wish.names");
    const names = letters.map((name) => String.fromCodePoint(...name));
    const categories = names.slice(0, counts[0]);
    const artists = names.slice(counts[0]).map((name) => name[0].toUpperCase() + name.slice(1));

    // Whole pictures, in words.
    const whole = (pictures) => {
        const each = pictures.length / COUNT;
        const all = Array.from({ length: COUNT }, (_, n) => pictures.subarray(n * each, (n + 1) * each));
        const differ = new Set(all.map((picture) => picture.join())).size;
        const white = all.filter((picture) => picture.every((v) => v > WHITE)).length;
        return `${differ === 1 ? "the same picture four times" : `${differ} different pictures`}, ${seen.places} codes each` +
            `${white ? `; ${white} of the four white all over` : ""}. Drawn in ${seconds.toFixed(2)} s.`;
    };
    const ask = async (question, numbers) => {
        await kit.ask(question, numbers);
        seconds += workbookLive.took / 1000;
        const [pictures, [drawn, places, variety]] = await kit.ask("wish.view");
        const each = pictures.length / COUNT;
        const nth = (n) => pictures.subarray(n * each, (n + 1) * each);
        const sheets = Array.from({ length: COUNT }, (_, n) => kit.pixels(nth(n), PIXELS, 3));
        seen = { sheets, drawn, places };
        const { category, artist, scale } = settings;
        const wish = `${categories[category]} by ${artists[artist]}, γ = ${scale.toFixed(1)}`;
        const share = (100 * variety).toFixed(0);
        const told = drawn ? ` Variety ${variety.toFixed(2)}: a picture and the next differ in ${share} % of these codes.` : "";
        const made = drawn === places ? whole(pictures) : `${drawn} of ${places} codes of each picture.`;
        kit.say(`${wish}: ${made}${told}`);
        kit.redraw();
    };
    // Draws so many codes anew, or as many as there are.
    let wanted;
    const anew = kit.inTurn(async () => {
        const count = wanted === undefined ? seen.drawn : wanted;
        wanted = undefined;
        seconds = 0;
        const { category, artist, scale, temperature, seed } = settings;
        await ask("wish.new", [category, artist, scale, temperature, seed, count]);
    });
    const redo = (count) => {
        if (count !== undefined) wanted = count;
        return anew();
    };
    const draw = async (count) => {
        if (seen.drawn === seen.places) await redo(0);
        await ask("wish.step", [count]);
    };

    const shown = kit.canvas("Four pictures for one wish, each drawn line by line from the top", 420, 1, (at, w) => {
        if (!seen) return;
        const step = w / 2;
        const size = step - 8;
        at.imageSmoothingEnabled = false;
        seen.sheets.forEach((picture, k) => {
            const [left, top] = [(k % 2) * step + 4, Math.floor(k / 2) * step + 4];
            at.drawImage(picture, left, top, size, size);
            at.fillStyle = kit.colour("grid");
            const cell = size / SIDE;
            const [row, column] = [Math.floor(seen.drawn / SIDE), seen.drawn % SIDE];
            const below = Math.ceil(seen.drawn / SIDE) * cell;
            at.beginPath();
            if (column) at.rect(left + column * cell, top + row * cell, size - column * cell, cell + 0.5);
            at.rect(left, top + below, size, size - below);
            at.fill();
            at.strokeStyle = kit.colour("grid");
            at.strokeRect(left - 0.5, top - 0.5, size + 1, size + 1);
        });
    });
    kit.mount.append(shown);

    const run = kit.runs(async (calm) => {
        await draw(calm ? SIDE : 1);
        return seen.drawn < seen.places;
    }, ["Draw", "Pause"]);
    const begin = () => (run.stop(), redo(0));
    kit.row(
        kit.choice("Category", categories, (n) => (settings.category = n, redo())),
        kit.choice("Artist", artists, (n) => (settings.artist = n, redo()), settings.artist),
    );
    kit.row(
        run,
        kit.button("One code each", () => (run.stop(), draw(1))),
        kit.button("All", () => (run.stop(), draw(seen.places))),
        kit.button("Begin again", begin),
    );
    kit.row(
        kit.slider("Scale γ", [0, 4, 0.5, 1.5], (v) => (settings.scale = v, redo()), (v) => v.toFixed(1)),
        kit.slider("Temperature", [0.5, 2, 0.1, 1], (v) => (settings.temperature = v, redo()), (v) => v.toFixed(1)),
        kit.slider("Seed", [1, 20, 1, 1], (v) => (settings.seed = v, redo())),
    );
    await redo(SIDE * SIDE);
});
