"""Who is tied to whom: people, organisations and legal representatives as a graph, read for whoever is to judge.

`names` compares names of organisations, `values` has the words, `graph` finds the ways from one organisation to others,
`standing` holds people against the applications of a round, and `verdicts` applies what was decided about a finding.
"""
