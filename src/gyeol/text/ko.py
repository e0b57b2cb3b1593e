"""The Korean of every message, by its English template (see `gyeol.text.tr`).

Grouped by the file that says them, so that helpers and people can find their place.
"""

KOREAN: dict[str, str] = {}
