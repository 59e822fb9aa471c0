"""An import map as a value, and the HTML Standard's algorithms on it. Knows no Python package."""
