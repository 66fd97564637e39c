"""Who reviews what: the reviewers of a whole round assigned at once, and the reason for every pair.

`values` has the words, `grounds` says why a reviewer may or may not judge an application, `checking` reads plans made
by hand, `planning` draws up the best plan, and `missing` counts the reviewers that are wanting. Only the last two bring
in the solver, so that a process which never assigns does not pay for loading it.
"""
