"""Puts the Protégé desktop together in `build/protege`: `python tests/protege/fetch.py`.

Protégé is published as parts on Maven Central, not as a program. `jars.txt` names each with its
digest, and `config.xml` the order in which they start; the command line is that of Protégé's own
`run.sh`. Debian packages give Java with windows, a screen in memory, and what types and clicks on
it. What cannot be had is said, and its tests are skipped with the reason; in CI they fail.
"""

from __future__ import annotations

import shutil
import sys
import zipfile
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fetching import install, say_missing
from jars import fetch_jars, lacking

PROTEGE: Final = Path(__file__).resolve().parents[2] / "build" / "protege"
_LIST: Final = Path(__file__).resolve().parent / "jars.txt"
_PROGRAMS: Final = {"Xvfb": "xvfb", "fluxbox": "fluxbox", "xdotool": "xdotool", "scrot": "scrot"}
_LOGGING: Final = "org/osgi/service/log/"
_MANIFEST: Final = f"""Manifest-Version: 1.0
Bundle-ManifestVersion: 2
Bundle-SymbolicName: org.osgi.service.log
Bundle-Version: 1.3.0
Export-Package: {_LOGGING.strip("/").replace("/", ".")};version="1.3.0"

"""


def missing_protege() -> str:
    """Why Protégé cannot be started; empty where it can."""
    programs = [each for each in _PROGRAMS if not shutil.which(each)]
    if programs:
        return f"there is no {', '.join(programs)} (Debian packages of these names)"
    if not _has_windows():
        return "there is no Java that can open windows (Debian package default-jre)"
    missing = lacking(_LIST, PROTEGE)
    if missing:
        name = missing[0].artifact
        return f"build/protege lacks {name} as jars.txt has it (make test-protege fetches it)"
    return ""


def fetch() -> None:
    """Fetch what is missing and can be had."""
    packages = [name for program, name in _PROGRAMS.items() if not shutil.which(program)]
    packages += [] if _has_windows() else ["default-jre"]
    packages += ["maven"] if lacking(_LIST, PROTEGE) and not shutil.which("mvn") else []
    install(*packages)
    fetch_jars(_LIST, PROTEGE)
    if not lacking(_LIST, PROTEGE):
        _add_what_logging_needs()


def _has_windows() -> bool:
    java = shutil.which("java")
    return java is not None and (Path(java).resolve().parents[1] / "lib/libawt_xawt.so").is_file()


def _add_what_logging_needs() -> None:
    """A bundle that exports the one package that Maven Central has in no bundle of its own."""
    with (
        zipfile.ZipFile(PROTEGE / "parts" / "org.osgi.compendium.jar") as whole,
        zipfile.ZipFile(PROTEGE / "bundles" / "org.osgi.service.log.jar", "w") as part,
    ):
        part.writestr("META-INF/MANIFEST.MF", _MANIFEST)
        for name in whole.namelist():
            if name.startswith(_LOGGING) and name.endswith(".class"):
                part.writestr(name, whole.read(name))


if __name__ == "__main__":
    fetch()
    say_missing(missing_protege())
