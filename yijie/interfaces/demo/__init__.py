"""The demonstration: hospital systems that speak the national interface, and a journey told step by step."""
