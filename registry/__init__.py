"""The portal that selects, certifies and follows benchmark projects for the synergy of pollution and carbon reduction."""
