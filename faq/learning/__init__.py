"""Learning from use: what customers' presses and operators' replies teach, proposed to an admin, never done alone."""
