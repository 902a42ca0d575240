"""What ours is measured beside: nginx, a bare function, a plain Django view."""
