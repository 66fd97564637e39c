"""The portal that selects, certifies and follows benchmark projects for synergy of pollution and carbon reduction."""
