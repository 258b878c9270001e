"""Pure calculation: no framework, no input or output, no clock. The same input always gives the same answer."""
