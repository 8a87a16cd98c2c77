"""The window around everything: menus, tabs, docks, notices."""
