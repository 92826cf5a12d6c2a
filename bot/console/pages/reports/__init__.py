"""Reports: figures with their course, parts and the conversations behind them."""
