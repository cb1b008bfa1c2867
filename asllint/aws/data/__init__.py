"""The distilled data: made by tools/build_integrations.py, loaded only where it is asked for."""
