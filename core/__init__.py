"""The ground: values and promises that rooms and roof share; standard library only."""
