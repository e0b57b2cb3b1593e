"""Numbers as a page writes them."""

import math

# A number and its unit stay on one line.
_SPACE = "\u00a0"


def number_text(value: float) -> str:
    """A number as it is read: four digits, whole from 10,000 on.

    >>> number_text(0.03125), number_text(12345.678), number_text(math.nan), number_text(1e-7)
    ('0.03125', '12,346', 'NaN', '1e-07')
    """
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    return f"{value:,.0f}" if 10_000 <= abs(value) < 1e9 else f"{value:.4g}"


def percent(share: float, digits: int = 1) -> str:
    """A share in percent.

    Args:
        share: from 0 to 1.
        digits: how many stand behind the point.

    >>> percent(0.98765)
    '98.8\xa0%'
    """
    return f"{100 * share:.{digits}f}{_SPACE}%"
