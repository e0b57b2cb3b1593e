"""The hash functions of TensorFlow, by which Keras puts categories into bins.

`farm_hash` is FarmHash's `Fingerprint64` (Pike & Alakuijala, 2014), `sip_hash` is SipHash-2-4
(Aumasson & Bernstein, 2012).
"""

_MASK = 2**64 - 1
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F


def _rotated(x: int, by: int) -> int:
    """64 bits moved to the right, those that fall out coming in at the left."""
    x &= _MASK
    return (x >> by | x << (64 - by)) & _MASK


def _mixed(x: int) -> int:
    x &= _MASK
    return x ^ (x >> 47)


def _joined(u: int, v: int, factor: int) -> int:
    a = _mixed((u ^ v) * factor)
    return _mixed((v ^ a) * factor) * factor & _MASK


def farm_hash(data: bytes) -> int:
    """64 bits that depend on nothing but the bytes.

    >>> hex(farm_hash(b"A"))
    '0xeabf3252cc3bf414'
    """
    size = len(data)

    def at(start: int, width: int = 8) -> int:
        start = start % size
        return int.from_bytes(data[start : start + width], "little")

    factor = _K2 + 2 * size
    if size == 0:
        return _K2
    if size < 4:
        y = data[0] + (data[size // 2] << 8)
        z = size + (data[-1] << 2)
        return _mixed((y * _K2 & _MASK) ^ (z * _K0 & _MASK)) * _K2 & _MASK
    if size < 8:
        return _joined(size + (at(0, 4) << 3), at(-4, 4), factor)
    if size <= 16:
        a, b = at(0) + _K2, at(-8)
        return _joined(
            (_rotated(b, 37) * factor + a) & _MASK, (_rotated(a, 25) + b) * factor & _MASK, factor
        )
    if size <= 64:
        first = _K1 if size <= 32 else _K2
        a, b, c, d = at(0) * first & _MASK, at(8), at(-8) * factor, at(-16) * _K2
        y = _rotated(a + b, 43) + _rotated(c, 30) + d
        z = _joined(y & _MASK, (a + _rotated(b + _K2, 18) + c) & _MASK, factor)
        if size <= 32:
            return z
        e, f = at(16) * factor, at(24)
        g, h = (y + at(-32)) * factor, (z + at(-24)) * factor
        return _joined(
            (_rotated(e + f, 43) + _rotated(g, 30) + h) & _MASK,
            (e + _rotated(f + a, 18) + g) & _MASK,
            factor,
        )
    return _of_many(data)


def _of_many(data: bytes) -> int:
    """`farm_hash` of more than 64 bytes."""
    size, start = len(data), 0

    def at(offset: int) -> int:
        return int.from_bytes(data[start + offset : start + offset + 8], "little")

    def weak(offset: int, a: int, b: int) -> tuple[int, int]:
        w, x, y, z = (at(offset + step) for step in (0, 8, 16, 24))
        a += w
        b = _rotated(b + a + z, 21)
        c = a
        a += x + y
        return (a + z) & _MASK, (b + _rotated(a, 44) + c) & _MASK

    x = 81
    y = 81 * _K1 + 113
    z = _mixed(y * _K2 + 113) * _K2 & _MASK
    v, w = (0, 0), (0, 0)
    x = (x * _K2 + at(0)) & _MASK
    last = (size - 1) // 64 * 64
    while True:
        is_last = start == last
        factor = _K1
        if is_last:
            factor = _K1 + ((z & 0xFF) << 1)
            start = size - 64
            w = (w[0] + (size - 1 & 63), w[1])
            v = (v[0] + w[0], v[1])
            w = (w[0] + v[0], w[1])
        x = _rotated(x + y + v[0] + at(8), 37) * factor
        y = _rotated(y + v[1] + at(48), 42) * factor
        x = (x ^ (w[1] * (9 if is_last else 1))) & _MASK
        y = y + v[0] * (9 if is_last else 1) + at(40)
        z = _rotated(z + w[0], 33) * factor
        v = weak(0, v[1] * factor, x + w[0])
        w = weak(32, z + w[1], y + at(16))
        z, x = x & _MASK, z & _MASK
        if is_last:
            break
        start += 64
    return _joined(
        (_joined(v[0], w[0], factor) + _mixed(y) * _K0 + z) & _MASK,
        (_joined(v[1], w[1], factor) + x) & _MASK,
        factor,
    )


def sip_hash(data: bytes, key: tuple[int, int]) -> int:
    """64 bits that depend on the bytes and on two numbers of 64 bits."""
    v0, v1 = key[0] ^ 0x736F6D6570736575, key[1] ^ 0x646F72616E646F6D
    v2, v3 = key[0] ^ 0x6C7967656E657261, key[1] ^ 0x7465646279746573
    # Words of 8 bytes; the last holds the length in its highest byte.
    padded = data + bytes(7 - len(data) % 8) + bytes([len(data) & 0xFF])
    words = [int.from_bytes(padded[i : i + 8], "little") for i in range(0, len(padded), 8)]
    for word, rounds in [(word, 2) for word in words] + [(None, 4)]:
        if word is None:
            v2 ^= 0xFF
        v3 ^= word or 0
        for _ in range(rounds):
            v0, v2 = (v0 + v1) & _MASK, (v2 + v3) & _MASK
            v1, v3 = _rotated(v1, 51) ^ v0, _rotated(v3, 48) ^ v2
            v0 = _rotated(v0, 32)
            v2, v0 = (v2 + v1) & _MASK, (v0 + v3) & _MASK
            v1, v3 = _rotated(v1, 47) ^ v2, _rotated(v3, 43) ^ v0
            v2 = _rotated(v2, 32)
        v0 ^= word or 0
    return v0 ^ v1 ^ v2 ^ v3


def joined_fingerprints(one: int, other: int) -> int:
    """One fingerprint of two, as TensorFlow crosses features."""
    factor = 0xC6A4A7935BD1E995
    result = one ^ factor
    result ^= _mixed(other * factor) * factor & _MASK
    result = _mixed(result * factor) * factor
    return _mixed(result)
