"""The what-if bench: the frozen marks of a round under other settings, and how firmly each application is in or out.

``frozen`` holds what does not change, ``settings`` what may, ``arrays`` computes totals exactly as the scoring does,
``bench`` says who is in, ``stability`` in how many plausible settings.
"""
