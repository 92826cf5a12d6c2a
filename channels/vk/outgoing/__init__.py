"""From the outbox to VK: parameters, files, batches, second ways."""
