"""Drives Protégé on a screen in memory: keys and clicks in, lines of its log and pictures out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from waiting import wait_until

from protege.fetch import PROTEGE

PICTURES: Final = PROTEGE / "pictures"
_HERE: Final = Path(__file__).resolve().parent
_SIZE: Final = (1600, 1000)
_SECONDS: Final = 300
"""The longest that anything may take on a machine that has other work."""

_CLASSPATH: Final = (
    "guava", "logback-classic", "logback-core", "slf4j-api", "glassfish-corba-orb",
    "org.apache.felix.main", "maven-artifact", "protege-launcher",
)  # fmt: skip
_PARSER: Final = "com.sun.org.apache.xerces.internal.jaxp.SAXParserFactoryImpl"


@dataclass(frozen=True)
class Desktop:
    """A running Protégé that fills its screen."""

    screen: str
    """The name of the display, such as `:7`."""
    log: Path

    def press(self, *keys: str) -> None:
        """Press keys one after the other, in the names of xdotool: `ctrl+r`, `Down`."""
        for key in keys:
            self.do("key", key)
            _pause()

    def click(self, across: int, down: int) -> None:
        """Click at a point of the screen, in pixels from its upper left corner."""
        self.do("mousemove", str(across), str(down), "click", "1")
        _pause()

    def point(self, across: int, down: int) -> None:
        """Come to rest at a point of the screen, until what is told of it is drawn."""
        self.do("mousemove", str(across), str(down + 1))
        _pause()
        self.do("mousemove", str(across), str(down))
        _pause(3)

    def write(self, text: str) -> None:
        """Write a text where the cursor is, in place of what stands there."""
        self.press("ctrl+a")
        self.do("type", "--delay", "15", text)
        _pause(2)

    def waits_for(self, line: str) -> re.Match[str]:
        """The place in the log that an expression matches, as soon as there is one."""
        wait_until(
            lambda: re.search(line, self.text()),
            seconds=_SECONDS,
            why=lambda: f"no line {line!r} in {self.text()[-2000:]!r}",
        )
        found = re.search(line, self.text())
        assert found is not None
        return found

    def window(self, title: str) -> str:
        """The whole title of a window, as soon as one has a title that an expression matches."""
        wait_until(lambda: self.titles(title), seconds=_SECONDS, why=title)
        return self.titles(title)[0]

    def titles(self, title: str) -> list[str]:
        """The titles of the windows that are seen and whose title an expression matches."""
        numbers = self.do("search", "--onlyvisible", "--name", title).split()
        return [self.do("getwindowname", number).strip() for number in numbers]

    def settle(self) -> None:
        """Let what was found be drawn."""
        _pause(2)

    def text(self) -> str:
        """All that Protégé has written so far."""
        return self.log.read_text("utf-8", "replace")

    def picture(self, name: str) -> None:
        """Keep what is seen, under `build/protege/pictures`."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        file = PICTURES / f"{name}.png"
        subprocess.run(["scrot", "--overwrite", str(file)], env=self._environment(), check=True)

    def do(self, *command: str) -> str:
        """What xdotool answers to a command."""
        done = subprocess.run(
            ["xdotool", *command], env=self._environment(), capture_output=True, text=True,
            timeout=30, check=False,
        )  # fmt: skip
        return done.stdout

    def _environment(self) -> dict[str, str]:
        return os.environ | {"DISPLAY": self.screen}


@contextmanager
def opened(place: str, folder: Path) -> Iterator[Desktop]:
    """Protégé with an ontology open that is at a path or URL; a folder takes all that it writes."""
    with _screen(folder) as screen, (folder / "protege.log").open("wb") as log:
        _set_up(folder)
        java = subprocess.Popen(
            _command(folder, place), cwd=folder, stdout=log, stderr=log, env=_own(folder, screen)
        )
        try:
            desktop = Desktop(screen, folder / "protege.log")
            desktop.waits_for("successfully completed")
            _fill_screen(desktop)
            yield desktop
        finally:
            _end(java)


def _pause(seconds: float = 0.4) -> None:
    """Give windows the time to draw and to take a key: neither is said in the log."""
    time.sleep(seconds)  # rings no bell


def _fill_screen(desktop: Desktop) -> None:
    desktop.window("etiograph")
    _pause(5)
    number = desktop.do("search", "--onlyvisible", "--name", "etiograph").split()[0]
    across, down = _SIZE
    desktop.do("windowmove", number, "0", "0")
    desktop.do("windowsize", number, str(across - 20), str(down - 40))
    desktop.do("windowactivate", "--sync", number)
    _pause(2)


@contextmanager
def _screen(folder: Path) -> Iterator[str]:
    """The name of a display in memory, with a manager that gives windows their focus."""
    across, down = _SIZE
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{across}x{down}x24"],
        pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    with os.fdopen(read) as answer:
        screen = f":{answer.readline().strip()}"
    settings = folder / ".fluxbox"
    settings.mkdir()
    (settings / "overlay").write_text("background: none\n")
    manager = subprocess.Popen(
        ["fluxbox", "-screen", "all"], env=_own(folder, screen),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield screen
    finally:
        _end(manager)
        _end(server)


def _set_up(folder: Path) -> None:
    """Give a Protégé of its own to a folder: it writes beside itself."""
    for name in ("bundles", "plugins"):
        (folder / name).symlink_to(PROTEGE / name)
    (folder / "conf").mkdir()
    for name in ("config.xml", "logback.xml"):
        shutil.copy(_HERE / name, folder / "conf")


def _command(folder: Path, place: str) -> list[str]:
    jars = ":".join(f"bundles/{name}.jar" for name in _CLASSPATH)
    return [
        "java", "-Xmx1500M", "-Xms200M", "-Xss16M", f"-Duser.home={folder}",
        "-Dlogback.configurationFile=conf/logback.xml", "-DentityExpansionLimit=100000000",
        f"-Djavax.xml.parsers.SAXParserFactory={_PARSER}", "-Dfile.encoding=UTF-8",
        "-classpath", jars, "org.protege.osgi.framework.Launcher", place,
    ]  # fmt: skip


def _own(folder: Path, screen: str) -> dict[str, str]:
    return os.environ | {"DISPLAY": screen, "HOME": str(folder)}


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
