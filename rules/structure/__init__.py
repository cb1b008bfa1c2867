"""Rules on the shape: fields, types, values, Next and End."""
