"""The ladder and what people are asked for."""
