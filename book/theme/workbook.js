// Keeps the reader's guesses in the browser, and opens everything that is folded before printing.
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
