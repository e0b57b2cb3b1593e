"""What the tests of the kernels share."""

import pytest

from gyeol import kernels


@pytest.fixture(params=["plain", "avx2", "avx512"])
def instruction_set(request):
    """Each instruction set that this machine runs, one after the other."""
    library = kernels.library()
    before = library.gyeol_instruction_set()
    if not library.gyeol_use(request.param.encode()):
        pytest.skip(f"this machine does not run {request.param}")
    yield request.param
    library.gyeol_use(before)


def pytest_collection_modifyitems(items):
    if kernels.library() is None:
        for item in items:
            if "tests/kernels" in str(item.path):
                item.add_marker(pytest.mark.skip(reason="the kernels were not built"))
