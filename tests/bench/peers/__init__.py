"""Other products that do what ours does, built here and measured beside it."""
