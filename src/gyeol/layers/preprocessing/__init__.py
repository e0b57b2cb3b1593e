"""Layers that prepare data: numbers brought to one scale, categories and text made numbers, and
pictures resized or changed at random."""
