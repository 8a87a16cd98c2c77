"""One WebSocket for many subscriptions: runs, agents, services and metrics, as they change."""
