"""The swarm: agents that integrate one platform with another."""
