"""kg: facts with receipts from Thai government news."""

__version__ = "0.1.0"
