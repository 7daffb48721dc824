"""Which files of others do our pages load: fetch them by npm, check each one, copy it to static/vendor."""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "src" / "hongyan" / "web" / "static" / "vendor"
BIN = Path(sys.executable).parent

# (file under node_modules, name under static/vendor, SHA-256 of the file as its package brings it)
FILES = (
    (
        "htmx.org/dist/htmx.min.js",
        "htmx.min.js",
        "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717",
    ),
    (
        "echarts/dist/echarts.min.js",
        "echarts.min.js",
        "b66b25aeb4df84e33199dc21694014d336d222cbd9deb0e5a7c14bd6aa0d0fd0",
    ),
    (
        "htmx.org/LICENSE",
        "htmx.LICENSE.txt",
        "d3d2456f76414f2456104660ebd65aff1c04cd7966b942bdabd63f3cdb316a38",
    ),
    (
        "echarts/LICENSE",
        "echarts.LICENSE.txt",
        "634293835b43a6dd2094fa39182a3d9a6b9ca43b7fdb9ac354e8037af2a3093a",
    ),
    (
        "echarts/NOTICE",
        "echarts.NOTICE.txt",
        "d491d358344f842685c1b1585970999db65fe30ecf7ef3867af8814f4016c016",
    ),
)
# A browser's developer tools would ask for a map that is not served, and log an error on our page.
SOURCE_MAP = re.compile(rb"\n?//[#@] sourceMappingURL=\S*\s*$")


def npm() -> str:
    """Find npm; where the machine has none, install the one that comes as a Python wheel."""
    found = shutil.which("npm")
    if found:
        return found
    lock = ["--require-hashes", "-r", str(ROOT / "requirements-node.lock")]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    subprocess.run([*pip, *lock], check=True)
    return str(BIN / "npm")


def copy(source: Path, target: Path, digest: str) -> None:
    """Copy one file after checking that it is the one we looked at."""
    content = source.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != digest:
        raise SystemExit(f"{source.name}: SHA-256 is {found}, scripts/vendor.py expects {digest}; not copied")
    target.write_bytes(SOURCE_MAP.sub(b"", content))


def main() -> None:
    """Fill static/vendor."""
    command = [npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(command, cwd=ROOT, check=True)
    TARGET.mkdir(parents=True, exist_ok=True)
    for source, name, digest in FILES:
        copy(ROOT / "node_modules" / source, TARGET / name, digest)


if __name__ == "__main__":
    main()
