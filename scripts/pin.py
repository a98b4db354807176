"""Write the exact version of every dependency into pyproject.toml.

uv.lock would do the same but holds download addresses, so it is not committed: the list between
`# pins: begin` and `# pins: end` takes its place as `[tool.uv] constraint-dependencies`.

    uv run scripts/pin.py                     add and drop what the dependencies ask for now
    uv run scripts/pin.py --upgrade           move everything to the newest allowed version
    uv run scripts/pin.py --upgrade-package cryptography
    uv run scripts/pin.py --check             change nothing, exit 1 if the list is out of date
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
BEGIN = "# pins: begin"
END = "# pins: end"
INDENT = "    "
OLDEST_PYTHON = "3.10"


def split_at_pins(pyproject: str) -> tuple[str, list[str], str]:
    """Split the file's text into what precedes the pins, the pins, and what follows them.

    Raises:
        ValueError: a marker comment is missing or stands there twice.
    """
    if pyproject.count(BEGIN) != 1 or pyproject.count(END) != 1:
        raise ValueError(f"pyproject.toml needs exactly one {BEGIN!r} and one {END!r}")
    head, rest = pyproject.split(BEGIN)
    pins, tail = rest.split(END)
    lines = [line.strip().rstrip(",").strip('"') for line in pins.splitlines()]
    return head + BEGIN, [line for line in lines if line], END + tail


def resolve(pins: list[str], upgrade: list[str]) -> list[str]:
    """Resolve for every supported Python and platform, keeping `pins` where they still fit.

    `upgrade` holds the uv options that say which pins may move.
    """
    with tempfile.TemporaryDirectory() as scratch:
        output = Path(scratch) / "requirements.txt"
        output.write_text("".join(f"{pin}\n" for pin in pins), encoding="utf-8")
        # --no-config: the present list must not constrain its own successor.
        command = ["uv", "pip", "compile", "--no-config", "--universal", "--quiet"]
        command += ["--python-version", OLDEST_PYTHON, "--no-python-downloads"]
        command += ["--no-annotate", "--no-header", "--group", "dev"]
        command += [*upgrade, "--output-file", str(output), PYPROJECT.name]
        subprocess.run(command, check=True, cwd=PYPROJECT.parent)
        return output.read_text(encoding="utf-8").split("\n")[:-1]


def main() -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="pin every dependency in pyproject.toml")
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--check", action="store_true", help="only say whether the list is current")
    action.add_argument("--upgrade", action="store_true", help="move everything to the newest")
    action.add_argument("--upgrade-package", action="append", default=[], metavar="NAME")
    options = parser.parse_args()

    text = PYPROJECT.read_text(encoding="utf-8")
    head, pins, tail = split_at_pins(text)
    upgrade = ["--upgrade"] if options.upgrade else []
    upgrade += [f"--upgrade-package={name}" for name in options.upgrade_package]
    resolved = resolve(pins, upgrade)
    changes = [f"- {pin}" for pin in pins if pin not in resolved]
    changes += [f"+ {pin}" for pin in resolved if pin not in pins]
    if changes:
        print("\n".join(changes))
    if options.check:
        if changes:
            print("pyproject.toml: the pins are out of date, run: uv run scripts/pin.py")
        return 1 if changes else 0
    lines = "".join(f'{INDENT}"{pin}",\n' for pin in resolved)
    PYPROJECT.write_text(f"{head}\n{lines}{INDENT}{tail}", encoding="utf-8", newline="\n")
    print(f"{len(resolved)} pins, {len(changes)} changes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
