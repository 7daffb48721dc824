"""Which exact files does a set-up install: rebuild the hashed locks from pyproject.toml and package.json."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = [
    str(Path(sys.executable).with_name("pip-compile")),
    "--quiet",
    "--generate-hashes",
    "--allow-unsafe",
    "--strip-extras",
    # A lock names files by their hashes, never the place they came from.
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-emit-trusted-host",
    "--no-emit-options",
]


def compile_lock(name: str, *sources: str, upgrade: bool, wanted: str = "") -> None:
    """Write one lock; versions already in it stay unless `upgrade`. Source `-` reads `wanted`."""
    # A machine's extra indexes may hold rebuilt files: only the public index may give hashes.
    environment = os.environ | {
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_FIND_LINKS": "",
        "CUSTOM_COMPILE_COMMAND": "make lock",
    }
    command = [*COMPILE, *(["--upgrade"] if upgrade else []), f"--output-file={name}", *sources]
    print(f"{name} …", flush=True)
    subprocess.run(command, cwd=ROOT, env=environment, check=True, input=wanted, text=True)


def main() -> None:
    """Rebuild the locks; with --upgrade take the newest versions pyproject.toml admits."""
    upgrade = "--upgrade" in sys.argv[1:]
    # The editable install needs the build backend, and a fresh venv has none.
    compile_lock("requirements.lock", "--build-deps-for=editable", "pyproject.toml", upgrade=upgrade)
    compile_lock(
        "requirements-dev.lock",
        "--extra=dev",
        "--build-deps-for=editable",
        "--constraint=requirements.lock",
        "pyproject.toml",
        upgrade=upgrade,
    )
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    compile_lock("requirements-node.lock", "-", upgrade=upgrade, wanted="\n".join(groups["node"]))
    npm = ["npm", "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(npm, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
