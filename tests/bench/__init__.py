"""What `make bench` measures: figures for this machine, never asserted."""
