"""How often the doctor is right, on programs with and without mistakes."""
