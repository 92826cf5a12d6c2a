"""Learns the weights of ranking and confidence from labelled messages; not needed to run."""
