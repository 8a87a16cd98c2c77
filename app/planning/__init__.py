"""Plans that models draw: a goal becomes a flow, and a part of a flow is planned anew."""
