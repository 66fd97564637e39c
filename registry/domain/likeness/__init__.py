"""Near-duplicate texts, recycled evidence and the same figures, shown as findings for somebody to judge.

`values` has the words and the thresholds, `shingling` reads texts, `sketches` finds which may be alike without trying
all pairs, `copies` compares those exactly, `passages` finds what two texts have in common, `files` and `figures` do the
same for stored files and for numbers.
"""
