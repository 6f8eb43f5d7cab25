"""Makes the picture of the page that the README shows: `make picture`.

It is the page as it answers the first question, and is made anew when the page looks different.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final

from browsing import Look, browsing, chromium
from servers import serving_built

PICTURE: Final = Path(__file__).resolve().parent.parent / "docs" / "images" / "answer.png"
SENTENCE: Final = "causes of raised ALP given multiple myeloma and normal GGT"
_WIDTH: Final = 1100
_MARGIN: Final = 4
_LAST: Final = "#cause-5"
"""The picture ends with this row, from which on they are alike."""


def make(path: Path) -> None:
    """Write the picture: the question, the form as it was filled, and the first causes."""
    path.parent.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving_built(Path(folder) / "log") as server,
        chromium() as browser,
        browsing(browser, server.url, Look(_WIDTH)) as tab,
    ):
        tab.open("/")
        tab.page.fill("#question", SENTENCE)
        tab.page.press("#question", "Enter")
        tab.page.wait_for_selector("#answer h2")
        top, end = (
            tab.page.locator(each).bounding_box() for each in ("label[for=question]", _LAST)
        )
        assert top is not None
        assert end is not None
        height = end["y"] + end["height"] - top["y"] + 2 * _MARGIN
        tab.page.screenshot(
            path=path,
            full_page=True,
            clip={"x": 0, "y": top["y"] - _MARGIN, "width": _WIDTH, "height": height},
        )


if __name__ == "__main__":
    make(PICTURE)
    sys.stdout.write(f"{PICTURE.name}: {PICTURE.stat().st_size // 1000} kB\n")
