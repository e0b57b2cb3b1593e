"""The kernels under the address, undefined-behaviour and thread sanitizers, and in one library.

They take a minute of compiling, so `make test` leaves them out: `make sanitize` runs them.
"""

import platform
import shutil
import subprocess
from pathlib import Path

import pytest

from gyeol import kernels

SOURCES = Path(kernels.__file__).parent
COMPILER = shutil.which("g++") or shutil.which("c++")
FLAGS = ["-std=c++17", "-O1", "-g", "-pthread", f"-I{SOURCES}"]
SETS = {
    "plain": [],
    "avx2": ["-mavx2", "-mfma"],
    "avx512": ["-mavx512f", "-mavx512vl", "-mavx512dq", "-mavx512bw", "-mfma"],
}

pytestmark = [
    pytest.mark.sanitizers,
    pytest.mark.skipif(
        COMPILER is None or not (SOURCES / "isa.cc").exists(), reason="no compiler, or no sources"
    ),
]


def defined(instruction_set):
    return [
        f"-DGYEOL_ISA={instruction_set}",
        f'-DGYEOL_NAME="{instruction_set}"',
        "-DGYEOL_TABLE=kChecked",
        *SETS[instruction_set],
    ]


@pytest.mark.parametrize("sanitizer", ["address,undefined", "thread"])
def test_nothing_is_found(sanitizer, tmp_path, instruction_set):
    if sanitizer == "thread" and instruction_set != "avx2":
        pytest.skip("threads are the same for each instruction set")
    command = [COMPILER, *FLAGS, f"-fsanitize={sanitizer}", "-fno-sanitize-recover=all"]
    objects = []
    for name in ("isa.cc", "threads.cc", "scratch.cc"):
        objects.append(str(tmp_path / f"{name}.o"))
        source = [*defined(instruction_set), "-c", str(SOURCES / name), "-o", objects[-1]]
        subprocess.run([*command, *source], check=True)
    for check in ("check.cc", "conv_check.cc"):
        program = str(tmp_path / "check")
        source = str(Path(__file__).with_name(check))
        linked = [*command, *defined(instruction_set), source, *objects, "-o", program]
        subprocess.run(linked, check=True)
        done = subprocess.run([program], capture_output=True, text=True)
        assert done.returncode == 0 and done.stdout == "right\n", done.stdout + done.stderr


@pytest.mark.skipif(platform.machine() != "x86_64", reason="only one instruction set here")
def test_no_code_of_one_instruction_set_can_serve_another(tmp_path):
    """The linker keeps one copy of what has one name: AVX-512 in it would end other machines."""
    made = tmp_path / "isa.o"
    flags = [*FLAGS, "-O3", *defined("avx512"), "-c", str(SOURCES / "isa.cc"), "-o", str(made)]
    subprocess.run([COMPILER, *flags], check=True)
    symbols = subprocess.run(["nm", "-C", str(made)], capture_output=True, text=True).stdout
    shared = [
        line
        for line in filter(None, symbols.splitlines())
        # The last is a pointer to data, for exceptions.
        if line[17:18] in "WVu" and not any(n in line for n in ("avx512::", "gxx_personality"))
    ]
    assert not shared, shared
