"""Every page of the portal, for every role, in every state, in both languages and at two widths: pictures and faults.

`python -m tests.gallery FOLDER` writes pictures, an index to look at them and a report of what a machine finds wrong.
The pages and who reaches them are those of `tests/web/access.yaml`.
"""
