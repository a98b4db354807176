"""Describe the machine a figure was measured on."""

import os
import platform
import sys
from pathlib import Path


def describe() -> dict[str, str | int]:
    """Name processor, cores, system and Python."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith(("model name", "Hardware")):
                model = line.partition(":")[2].strip()
                break
    return {
        "processor": model,
        "architecture": platform.machine(),
        "cores": os.cpu_count() or 1,
        "system": platform.system(),
        "python": sys.version.split()[0],
    }
