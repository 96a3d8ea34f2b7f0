// Keeps the reader's guesses in the browser, helps the search, and opens everything that is folded before
// printing.
(function () {
    "use strict";

    const page = location.pathname.split("/").pop() || "index.html";
    for (const guess of document.querySelectorAll("textarea[data-guess]")) {
        const key = "workbook-guess:" + page + "#" + guess.dataset.guess;
        try {
            guess.value = localStorage.getItem(key) || "";
        } catch (error) {
            // Without storage a guess lasts as long as the page is open.
        }
        // Arrow keys turn mdBook's pages; inside a guess they move the cursor.
        guess.addEventListener("keydown", (event) => event.stopPropagation());
        guess.addEventListener("input", () => {
            try {
                localStorage.setItem(key, guess.value);
            } catch (error) {
                // As above.
            }
        });
    }

    // The search: sections with all the words, or else with any. Its index holds words of ASCII letters, and for a Greek
    // letter its name.
    const greek = ("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma " +
        "tau upsilon phi chi psi omega").split(" ");
    const named = (letter) => ` ${greek[letter.charCodeAt(0) - "α".charCodeAt(0)]} `;
    if (window.elasticlunr) {
        const search = elasticlunr.Index.prototype.search;
        elasticlunr.Index.prototype.search = function (query, options) {
            const words = query.normalize("NFKC").toLowerCase().replace(/[α-ω]/g, named);
            const all = search.call(this, words, { ...options, bool: "AND" });
            return all.length > 0 ? all : search.call(this, words, options);
        };
    }

    let opened = [];
    window.addEventListener("beforeprint", () => {
        opened = Array.from(document.querySelectorAll("details:not([open])"));
        opened.forEach((details) => (details.open = true));
    });
    window.addEventListener("afterprint", () => {
        opened.forEach((details) => (details.open = false));
        opened = [];
    });
})();
