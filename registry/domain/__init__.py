"""The rules of the job as plain Python: values in, values out."""
