"""The domain, one app per noun: its tables and its operations. Apps speak to each other through their ``__init__``."""
