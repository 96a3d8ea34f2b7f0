"""Packs the drawings of two artists into two sheets and a list, here or in another folder: needs Python 3 and Pillow.

    npm pack emoji-datasource-google@16.0.0 emoji-datasource-twitter@16.0.0
    for a in google twitter; do mkdir $a && tar xzf emoji-datasource-$a-16.0.0.tgz -C $a; done
    python3 pack.py .
    python3 pack.py . 64 ../emoji-64

Each emoji is a cell of 32 x 32 pixels, or of 64 x 64. The packages have two more from cell to cell, one pixel around each; what
is transparent there is put on white. The five swatches of skin tones, which are no pictures of their own, and the 1,875
drawings in a skin tone are left out.
"""

import hashlib
import json
import sys
from pathlib import Path

from PIL import Image

COLUMNS = 39
PEOPLE = {"1F468", "1F469", "1F9D1", "1F466", "1F467", "1F9D2", "1F474", "1F475", "1F9D3"}
ASIDE = {"2640", "2642", "FE0F", "200D", "27A1"}
HERE = Path(__file__).parent


def base(emoji):
    """What is drawn, whoever does it: a man, a woman and a person in one occupation are one base, and so are all families."""
    codes = emoji["unified"].split("-")
    if emoji["category"] != "People & Body":
        return "-".join(codes)
    rest = [c for c in codes if c not in ASIDE]
    if len(rest) > 1:
        rest = [c for c in rest if c not in PEOPLE]
    return "-".join(rest) or "people"


def held_back(base):
    """One base in eight, by chance, and the same ones for ever."""
    return hashlib.md5(base.encode()).digest()[0] % 8 == 0


def main(packages, side=32, to=HERE):
    side, to = int(side), Path(to)
    to.mkdir(exist_ok=True)
    emoji = json.loads((packages / "google/package/emoji.json").read_text())
    emoji = [e for e in emoji if e["category"] != "Component"]
    emoji.sort(key=lambda e: e["sort_order"])
    lines = ["code\tname\tcategory\tbase\tsplit"]
    for e in emoji:
        split = "test" if held_back(base(e)) else "train"
        lines.append("\t".join([e["unified"], e["short_name"], e["category"], base(e), split]))
    (to / "emoji.tsv").write_text("\n".join(lines) + "\n")
    for package, artist in [("google", "noto"), ("twitter", "twemoji")]:
        path = packages / package / f"package/img/{package}/sheets-clean/{side}.png"
        drawn = Image.open(path).convert("RGBA")
        rows = -(-len(emoji) // COLUMNS)
        sheet = Image.new("RGB", (COLUMNS * side, rows * side), "white")
        for n, e in enumerate(emoji):
            assert e[f"has_img_{package}"], e["name"]
            x, y = (e[f"sheet_{axis}"] * (side + 2) + 1 for axis in "xy")
            cell = drawn.crop((x, y, x + side, y + side))
            on_white = Image.new("RGBA", (side, side), "white")
            on_white.alpha_composite(cell)
            sheet.paste(on_white.convert("RGB"), (n % COLUMNS * side, n // COLUMNS * side))
        sheet.save(to / f"{artist}.png", optimize=True)


main(Path(sys.argv[1]), *sys.argv[2:])
