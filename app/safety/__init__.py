"""No work is lost: drafts, saving, versions, files changed by others, flows from elsewhere."""
