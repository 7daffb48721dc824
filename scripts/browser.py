"""Can this machine run the browser tests: find Chromium, else install Debian's, else say what to do."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HELP = """\
No Chromium was found and it could not be installed, so the browser tests cannot run.
Install it (Debian: apt-get install chromium fonts-noto-cjk), or name one:
HONGYAN_CHROMIUM=/path/to/chromium make test"""


def chromium() -> str | None:
    """Find the browser: the one named by HONGYAN_CHROMIUM, else one on the path."""
    named = os.environ.get("HONGYAN_CHROMIUM")
    return next((found for name in (named, *NAMES) if name and (found := shutil.which(name))), None)


def has_chinese_font() -> bool:
    """Say whether Chinese would be drawn as letters and not as boxes."""
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout.strip())


def install(*packages: str) -> bool:
    """Install Debian packages as root or through sudo; say whether it worked."""
    apt = shutil.which("apt-get")
    sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if not apt or (sudo and not shutil.which("sudo")):
        return False
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    commands = (
        [*sudo, *environment, apt, "update", "-qq"],
        [*sudo, *environment, apt, "install", "-y", "-qq", "--no-install-recommends", *packages],
    )
    print(f"Setting up: {' '.join(packages)} …", flush=True)
    return all(subprocess.run(command, check=False).returncode == 0 for command in commands)


def main() -> None:
    """Exit 0 with a browser, 1 with a sentence that says what is missing."""
    missing = ([] if chromium() else ["chromium"]) + ([] if has_chinese_font() else ["fonts-noto-cjk"])
    if missing:
        install(*missing)
    if not chromium():
        sys.exit(HELP)
    if not has_chinese_font():
        print("Note: no Chinese font (fonts-noto-cjk); the tests run, their screenshots show boxes.")


if __name__ == "__main__":
    main()
