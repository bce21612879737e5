"""The portal: where players see to their own account."""
