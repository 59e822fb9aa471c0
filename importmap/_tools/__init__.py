"""What commands and Django do beyond `load`: check, why, collect, export, draw."""
