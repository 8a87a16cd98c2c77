"""When something was, as people say it."""

from datetime import datetime


def since(then: datetime, now: datetime) -> str:
    """How long ago that was: "just now", "12 minutes ago", "yesterday", "3 May 2026"."""
    seconds = (now - then).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return _ago(int(seconds // 60), "minute")
    days = (now.date() - then.date()).days
    if days == 0:
        return _ago(int(seconds // 3600), "hour")
    if days == 1:
        return "yesterday"
    return f"{days} days ago" if days < 7 else f"{then.day} {then:%B %Y}"


def _ago(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'} ago"
