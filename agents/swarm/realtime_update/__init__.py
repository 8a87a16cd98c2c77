"""Events pushed to clients: a Pusher server of our own, and the way to one outside."""
