"""The portal as people meet it: one module for each audience."""
