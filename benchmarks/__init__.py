"""What is measured against a floor: ``python -m benchmarks`` runs all of it."""
