"""Teaches E5 what messages to companies mean alike; needs torch and tokenizers, which nothing else does."""
