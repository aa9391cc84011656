"""A target, a corpus folder and libFuzzer's options in, a fuzzing run out: `python -m tests.fuzz wheel FOLDER`."""

import sys

import atheris

with atheris.instrument_imports(include=["provenance", "packaging", "configparser", "email", "tomllib"]):
    from tests.fuzz.targets import give

target, *options = sys.argv[1:]
atheris.Setup([sys.argv[0], *options], lambda content: give(target, content))
atheris.Fuzz()
