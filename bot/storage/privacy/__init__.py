"""What is stored of a customer: found in every table, handed out, erased."""
