"""Which machine and which programs a figure was measured with."""

import importlib.metadata
import os
import platform
import shutil
import sqlite3
import subprocess
from pathlib import Path

_PACKAGES = ("tocsin", "django", "granian", "uvloop", "cryptography", "psycopg")


def describe(folder: Path) -> dict[str, str | int]:
    """Return what the machine is; `folder` is where the databases lie."""
    return {
        "processor": _first("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_mb": int((_first("/proc/meminfo", "MemTotal") or "0").split()[0]) // 1024,
        "kernel": platform.release(),
        "file_system": file_system(folder),
        "load_before": f"{os.getloadavg()[0]:.2f}",
    }


def versions() -> dict[str, str]:
    """Return the versions of what takes part."""
    found = {package: importlib.metadata.version(package) for package in _PACKAGES}
    return {
        "python": platform.python_version(),
        **found,
        "sqlite": sqlite3.sqlite_version,
        "nginx": _said("nginx", "-v").rpartition("/")[2],
    }


def file_system(folder: Path) -> str:
    """Return the type of the file system that `folder` lies on: figures from tmpfs would be worth nothing."""
    best, kind = "", ""
    for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines():
        _, place, found, *_ = line.split()
        if folder.resolve().is_relative_to(place) and len(place) >= len(best):
            best, kind = place, found
    return kind


def _first(path: str, name: str) -> str:
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""


def _said(program: str, argument: str) -> str:
    found = shutil.which(program)
    if found is None:
        return ""
    said = subprocess.run([found, argument], capture_output=True, text=True, check=False)
    return (said.stdout + said.stderr).strip()
