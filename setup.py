"""The kernels in C++ are built with the package where there is a compiler, and left out elsewhere.

Everything else about the package is in pyproject.toml.
"""

import platform
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

FOLDER = Path("src/gyeol/kernels")
FLAGS = ["-std=c++17", "-O3", "-fno-math-errno", "-fno-trapping-math", "-fvisibility=hidden", "-g0"]
# Of each instruction set: its namespace, the name of its table, and the flags.
SETS = [("plain", "kPlain", [])]
if platform.machine() in ("x86_64", "AMD64"):
    avx2 = ["-mavx2", "-mfma"]
    wide = ["-mavx512f", "-mavx512vl", "-mavx512dq", "-mavx512bw", "-mprefer-vector-width=512"]
    SETS += [("avx2", "kAvx2", avx2), ("avx512", "kAvx512", avx2 + wide)]


class BuildKernels(build_ext):
    """Compiles isa.cc once for each instruction set, and the other sources once."""

    def build_extension(self, extension: Extension) -> None:
        if sys.platform == "win32":
            raise NotImplementedError("the kernels need GCC or Clang; gyeol works without them")

        def compiled(source: str, more: list[str], folder: str) -> list[str]:
            return self.compiler.compile(
                [str(FOLDER / source)],
                output_dir=str(Path(self.build_temp) / folder),
                extra_postargs=FLAGS + more,
                depends=[str(path) for path in FOLDER.rglob("*.h")],
            )

        jobs = [(source, [], "") for source in ("ffi.cc", "threads.cc", "scratch.cc")]
        for name, table, flags in SETS:
            names = [f"-DGYEOL_ISA={name}", f'-DGYEOL_NAME="{name}"', f"-DGYEOL_TABLE={table}"]
            jobs.append(("isa.cc", [*names, *flags], name))
        with ThreadPoolExecutor() as pool:
            objects = [
                made for group in pool.map(lambda job: compiled(*job), jobs) for made in group
            ]
        target = Path(self.get_ext_fullpath(extension.name))
        target.parent.mkdir(parents=True, exist_ok=True)
        self.compiler.link_shared_object(
            objects, str(target), target_lang="c++", extra_postargs=["-pthread"]
        )


setup(
    # Optional: without a compiler, pip says so and goes on.
    ext_modules=[Extension("gyeol.kernels._kernels", ["src/gyeol/kernels/isa.cc"], optional=True)],
    cmdclass={"build_ext": BuildKernels},
)
