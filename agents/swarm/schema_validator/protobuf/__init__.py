"""Protocol Buffers: `.proto` texts, checking values, and whether one reads what another wrote."""
