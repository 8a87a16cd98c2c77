"""The bridge to Roblox Studio: scripts kept alike on both sides, logs, assets and publishing."""
