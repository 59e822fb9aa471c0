"""The work behind commands and Django beyond `load`: check, why, collect, export, draw."""
