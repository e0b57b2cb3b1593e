"""The way of the data through `fit`: feed, compiled program, loop."""
