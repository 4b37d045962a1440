"""Tallystick (信契): credit-information infrastructure for organisations."""

__version__ = "0.1.0"
__all__ = ["__version__"]
