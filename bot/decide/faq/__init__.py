"""Looking things up in the FAQ, and changing it, from the operators' group: `/faq`."""
