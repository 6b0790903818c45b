"""Plain values and rules of the product. No I/O."""
