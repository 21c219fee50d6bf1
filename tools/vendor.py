"""Refresh static/vendor/ from vendor.toml (`python tools/vendor.py`, needs npm): files, licence and their sums."""

import hashlib
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE_MAP = re.compile(rb"\s*(/\*#\s*sourceMappingURL=.*?\*/|//#\s*sourceMappingURL=\S*)\s*$")


def vendor(entry: dict, scratch: Path) -> None:
    """Fetch one package and write its folder, without the pointers to source maps that are not served."""
    spec = f"{entry['name']}@{entry['version']}"
    npm = shutil.which("npm") or "npm"
    packed = subprocess.run([npm, "pack", "--silent", spec], cwd=scratch, check=True, capture_output=True, text=True)  # noqa: S603 - fixed words and our own vendor.toml
    folder = ROOT / "static/vendor" / f"{entry['name']}-{entry['version']}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tarfile.open(scratch / packed.stdout.split()[-1]) as tar:
        for name in [*entry["files"], entry["licence_file"]]:
            body = SOURCE_MAP.sub(b"\n", tar.extractfile(f"package/{name}").read())
            (folder / Path(name).name).write_bytes(body)
    sums = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}
    manifest = {key: entry[key] for key in ("name", "version", "licence")} | {"sha256": sums}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        for entry in tomllib.loads((ROOT / "vendor.toml").read_text())["vendor"]:
            vendor(entry, Path(scratch))
