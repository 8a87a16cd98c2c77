"""The integration hub: the platforms' agents, workflows, schemas and data, over one API."""
