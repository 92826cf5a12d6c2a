"""The measures' side of the database: facts brought up to date, and what pages and reports read of them."""
