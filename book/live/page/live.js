// What a reader can play with: the chapters' own functions, compiled for the page, answer in a worker; each demo asks them and
// draws. A demo is made when it comes near the window, and rests while it is out of sight.
(function () {
    "use strict";

    // Runs in the worker, whose whole text this function is. It takes questions in turn.
    function worker() {
        let module = null;
        let ready = null;
        const text = new TextEncoder();
        const room = (name, more) => {
            const bytes = text.encode(name);
            const eights = Math.ceil(bytes.length / 8);
            const at = module.room(eights + more);
            const there = new Uint8Array(module.memory.buffer, at, 8 * eights);
            there.fill(32);
            there.set(bytes);
            return [eights, at + 8 * eights];
        };
        const unlessFailed = (count) => {
            if (count >= 0) return count;
            const words = new Uint8Array(module.memory.buffer, module.error(), module.error_length());
            throw new Error(new TextDecoder().decode(words));
        };
        const ask = (question, numbers) => {
            const [eights, at] = room(question, numbers.length);
            new Float64Array(module.memory.buffer, at, numbers.length).set(numbers);
            const count = unlessFailed(module.ask(eights));
            return Array.from({ length: count }, (_, n) =>
                new Float32Array(module.memory.buffer, module.array(n), module.length(n)).slice());
        };
        const put = (name, bytes) => {
            const more = Math.ceil(bytes.length / 8);
            const [eights, at] = room(name, more);
            new Uint8Array(module.memory.buffer, at, bytes.length).set(bytes);
            unlessFailed(module.put(eights, 8 * more - bytes.length));
            return [];
        };
        self.onmessage = async ({ data }) => {
            try {
                if (data.wasm) {
                    ready = WebAssembly.instantiate(data.wasm, {});
                    return;
                }
                module = module || (await ready).instance.exports;
                const begun = performance.now();
                const answer = data.bytes ? put(data.name, data.bytes) : ask(data.question, data.numbers);
                const took = performance.now() - begun;
                self.postMessage({ id: data.id, answer, took }, answer.map((a) => a.buffer));
            } catch (error) {
                // A panic leaves the module as it was in the middle of something.
                const ended = error.name === "RuntimeError";
                self.postMessage({ id: data.id, error: ended ? "the computation has failed; reload the page" : error.message });
            }
        };
    }

    const folder = document.currentScript.src.replace(/[^/]*$/, "");
    const load = (name) => new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = folder + name;
        script.onload = done;
        script.onerror = () => failed(new Error(`${name} cannot be read`));
        document.head.append(script);
    });
    const once = {};
    const loaded = (name) => (once[name] = once[name] || load(name));
    const bytes = async (name, base64) => {
        try {
            const zipped = new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]);
            const unzipped = zipped.stream().pipeThrough(new DecompressionStream("gzip"));
            return new Uint8Array(await new Response(unzipped).arrayBuffer());
        } catch {
            throw new Error(`${name} is damaged`);
        }
    };

    let started = null;
    const waiting = new Map();
    let asked = 0;
    const start = async () => {
        await loaded("wasm.js");
        const source = new Blob([`(${worker})()`], { type: "text/javascript" });
        const at = new Worker(URL.createObjectURL(source));
        at.onmessage = ({ data }) => {
            const [done, failed] = waiting.get(data.id);
            waiting.delete(data.id);
            live.took = data.took;
            data.error === undefined ? done(data.answer) : failed(new Error(data.error));
        };
        at.onerror = ({ message }) => {
            live.failed = new Error(`the computation cannot start: ${message}`);
            waiting.forEach(([, failed]) => failed(live.failed));
            waiting.clear();
        };
        const wasm = await bytes("wasm.js", live.wasm);
        live.wasm = null;
        at.postMessage({ wasm }, [wasm.buffer]);
        return at;
    };
    const send = async (message, moved) => {
        const at = await (started = started || start());
        if (live.failed) throw live.failed;
        return new Promise((done, failed) => {
            asked += 1;
            waiting.set(asked, [done, failed]);
            at.postMessage({ ...message, id: asked }, moved || []);
        });
    };

    const makers = {};
    const live = {
        wasm: null,
        failed: null,
        weights: {},
        /// Milliseconds that the last question took in the worker.
        took: 0,
        /// How many have been asked.
        get asked() {
            return asked;
        },
        /// A demo and what makes it: a function of its kit.
        demo: (name, make) => (makers[name] = make),
        /// Asks `ring.step`, with numbers; gives arrays of numbers.
        ask: (question, numbers = []) => send({ question, numbers }),
        /// Reads a model's weights, once, and puts them where a question looks for them.
        model: (name) => (once[`model ${name}`] = once[`model ${name}`] || (async () => {
            await loaded(`${name}.weights.js`);
            const of = await bytes(`${name}.weights.js`, live.weights[name]);
            live.weights[name] = null;
            await send({ name, bytes: of }, [of.buffer]);
        })()),
    };
    window.workbookLive = live;

    // What demos are made of.
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
    const paper = window.matchMedia("print");
    const element = (tag, attributes = {}, ...children) => {
        const made = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes)) {
            name in made && name !== "list" ? (made[name] = value) : made.setAttribute(name, value);
        }
        made.append(...children);
        return made;
    };
    let ids = 0;

    class Kit {
        constructor(mount) {
            this.mount = mount;
            this.visible = false;
            this.redraws = [];
            this.ask = live.ask;
            this.model = live.model;
            const seen = new IntersectionObserver((entries) => {
                this.visible = entries[entries.length - 1].isIntersecting;
            });
            seen.observe(mount);
            new MutationObserver(() => this.redraw()).observe(document.documentElement, { attributeFilter: ["class"] });
            paper.addEventListener("change", () => this.redraw());
            this.status = element("output", { className: "live-says" });
        }

        /// Draws everything again: the theme or the width has changed.
        redraw() {
            this.redraws.forEach((draw) => draw());
        }

        /// A colour of the page: `fg`, `bg`, `grid`, or 1 to 6.
        colour(name) {
            const style = getComputedStyle(this.mount);
            const found = { fg: "--fg", bg: "--bg", grid: "--fig-grid" }[name] || `--fig-${name}`;
            return style.getPropertyValue(found).trim();
        }

        /// A row of controls.
        row(...controls) {
            const row = element("div", { className: "live-row" }, ...controls);
            this.mount.append(row);
            return row;
        }

        button(words, press) {
            return element("button", { type: "button", textContent: words, onclick: () => this.safely(press) });
        }

        /// A slider; `show` says its value in words.
        slider(words, [least, most, step, value], change, show = String) {
            const id = `live-${(ids += 1)}`;
            const said = element("span", { className: "live-value", textContent: show(value) });
            const input = element("input", { type: "range", id, min: least, max: most, step, value });
            const tell = () => {
                said.textContent = show(Number(input.value));
                input.setAttribute("aria-valuetext", said.textContent);
            };
            tell();
            input.addEventListener("input", () => {
                tell();
                this.safely(() => change(Number(input.value)));
            });
            const label = element("label", { htmlFor: id, textContent: words });
            const control = element("span", { className: "live-control" }, label, input, said);
            control.set = (v) => {
                input.value = v;
                tell();
            };
            return control;
        }

        /// One of several; `change` gets its number.
        choice(words, options, change, chosen = 0) {
            const id = `live-${(ids += 1)}`;
            const select = element("select", { id }, ...options.map((o, n) => element("option", { value: n, textContent: o })));
            select.value = chosen;
            select.addEventListener("change", () => this.safely(() => change(Number(select.value))));
            const label = element("label", { htmlFor: id, textContent: words });
            const control = element("span", { className: "live-control" }, label, select);
            control.set = (v) => (select.value = v);
            return control;
        }

        /// A canvas that is as wide as there is room, up to `most` pixels, and `high` times as high. `draw` gets its context and
        /// its size in CSS pixels. With `takes`, it can be focused: its keys and its pointer are told to it.
        canvas(label, most, high, draw, takes = null) {
            const at = element("canvas", { className: "live-canvas", role: takes ? "application" : "img" });
            at.setAttribute("aria-label", label);
            at.style.maxWidth = `${most}px`;
            at.style.aspectRatio = `1 / ${high}`;
            const context = at.getContext("2d");
            const paint = () => {
                const width = at.clientWidth;
                if (width === 0) return;
                const ratio = window.devicePixelRatio || 1;
                const [w, h] = [Math.round(width * ratio), Math.round(width * high * ratio)];
                if (at.width !== w || at.height !== h) [at.width, at.height] = [w, h];
                context.setTransform(ratio, 0, 0, ratio, 0, 0);
                context.clearRect(0, 0, width, width * high);
                draw(context, width, width * high);
            };
            this.redraws.push(paint);
            new ResizeObserver(paint).observe(at);
            if (takes) {
                at.tabIndex = 0;
                const place = (event) => {
                    const box = at.getBoundingClientRect();
                    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
                };
                at.addEventListener("pointerdown", (event) => {
                    if (event.button !== 0 || !event.isPrimary) return;
                    at.setPointerCapture(event.pointerId);
                    at.focus({ preventScroll: true });
                    this.safely(() => takes.down && takes.down(...place(event)));
                    event.preventDefault();
                });
                at.addEventListener("pointermove", (event) => {
                    const held = at.hasPointerCapture(event.pointerId);
                    const told = held ? takes.drag : takes.over;
                    if (told) this.safely(() => told(...place(event)));
                });
                at.addEventListener("lostpointercapture", () => this.safely(() => takes.up && takes.up()));
                at.addEventListener("keydown", (event) => {
                    if (event.ctrlKey || event.metaKey || event.altKey || !takes.key) return;
                    if (takes.key(event.key, event.shiftKey) !== false) event.preventDefault();
                });
                if (takes.drag) at.style.touchAction = "none";
            }
            at.paint = paint;
            return at;
        }

        /// A line under a picture.
        note(words) {
            const note = element("p", { className: "live-note", textContent: words });
            this.mount.append(note);
            return note;
        }

        /// Pixels, line by line from the top, each of one number or of three from 0 to 1, as something to draw from.
        pixels(values, width, channels = 1) {
            const of = element("canvas", { width, height: values.length / channels / width });
            const at = of.getContext("2d");
            const data = at.createImageData(of.width, of.height);
            for (let n = 0; n < of.width * of.height; n += 1) {
                for (let c = 0; c < 3; c += 1) data.data[4 * n + c] = Math.round(255 * values[channels * n + (c % channels)]);
                data.data[4 * n + 3] = 255;
            }
            at.putImageData(data, 0, 0);
            return of;
        }

        /// A plane in squares, so many on a side, the lowest line first; `paint` gives the n-th one's colour and its strength.
        squares(at, [w, h], side, paint) {
            const of = element("canvas", { width: side, height: side });
            const on = of.getContext("2d");
            for (let n = 0; n < side * side; n += 1) {
                [on.fillStyle, on.globalAlpha] = paint(n);
                on.fillRect(n % side, side - 1 - Math.floor(n / side), 1, 1);
            }
            at.drawImage(of, 0, 0, w, h);
        }

        line(at, from, to) {
            at.beginPath();
            at.moveTo(...from);
            at.lineTo(...to);
            at.stroke();
        }

        /// The path of a disc, to be filled or stroked.
        disc(at, [x, y], size) {
            at.beginPath();
            at.arc(x, y, size, 0, 2 * Math.PI);
        }

        /// Says something, in words: numbers of what is seen.
        say(words) {
            this.status.textContent = words;
            this.status.classList.remove("live-wrong");
        }

        /// Does something, and says why if it fails.
        async safely(what) {
            try {
                await what();
            } catch (error) {
                this.status.textContent = error.message;
                this.status.classList.add("live-wrong");
            }
        }

        /// A function that does its work in turn. What is asked for while it is at work is done afterwards, once.
        inTurn(work) {
            let [now, again] = [null, false];
            const all = async () => {
                try {
                    do {
                        again = false;
                        await work();
                    } while (again);
                } finally {
                    now = null;
                }
            };
            return () => {
                again = true;
                return (now = now || all());
            };
        }

        /// Start and pause: `step` is called again and again while it runs and can be seen. With motion reduced, it is called with
        /// true, and half a second apart: it is to do more between two pictures.
        runs(step, words = ["Start", "Pause"]) {
            const button = this.button(words[0], () => (running ? stop() : go()));
            let running = false;
            let turn = 0; // of those that were started, only the last goes on
            const stop = () => {
                if (!running) return;
                turn += 1;
                running = false;
                button.textContent = words[0];
                delete button.dataset.running;
                // What changed with every picture is read out now, once.
                this.status.setAttribute("aria-live", "polite");
                this.status.textContent += "";
            };
            const pause = () => new Promise((done) => calm.matches ? setTimeout(done, 500) : requestAnimationFrame(done));
            const go = async () => {
                const mine = (turn += 1);
                running = true;
                button.textContent = words[1];
                button.dataset.running = "true";
                this.status.setAttribute("aria-live", "off");
                while (turn === mine) {
                    if (this.visible && !document.hidden) {
                        try {
                            if ((await step(calm.matches)) === false && turn === mine) stop();
                        } catch (error) {
                            if (turn === mine) stop();
                            throw error;
                        }
                    }
                    await pause();
                }
            };
            button.stop = stop;
            return button;
        }
    }

    // Each figure, when it comes near.
    const make = async (figure) => {
        const name = figure.dataset.live;
        const mount = element("div", { className: "live-demo" });
        // Keys that turn mdBook's pages move something here.
        mount.addEventListener("keydown", (event) => event.stopPropagation());
        const kit = new Kit(mount);
        try {
            await loaded(`${name}.js`);
            if (!makers[name]) throw new Error(`${name}.js is damaged`);
            await makers[name](kit);
            mount.append(kit.status);
            figure.querySelector("img").replaceWith(mount);
            figure.classList.add("live-is");
            kit.redraw();
        } catch (error) {
            kit.say(`This demo cannot run here: ${error.message}`);
            figure.append(kit.status);
        }
        figure.dataset.ready = "true";
    };
    const figures = document.querySelectorAll("figure[data-live]");
    const needed = ["WebAssembly", "Worker", "DecompressionStream", "IntersectionObserver", "ResizeObserver"];
    const lacks = needed.filter((name) => !(name in window));
    if (lacks.length > 0) {
        figures.forEach((figure) => {
            const why = `This demo cannot run here: the browser has no ${lacks.join(", no ")}.`;
            figure.append(element("output", { textContent: why }));
            figure.dataset.ready = "true";
        });
        return;
    }
    const near = new IntersectionObserver((entries) => {
        for (const { isIntersecting, target } of entries) {
            if (isIntersecting) {
                near.unobserve(target);
                make(target);
            }
        }
    }, { rootMargin: "600px" });
    figures.forEach((figure) => near.observe(figure));
})();
