"""Pictures as values: plain functions turn figures into shapes, which pages and papers draw each in their own way."""
