"""How good an FAQ is: measured on labelled messages, and entries that compete."""
