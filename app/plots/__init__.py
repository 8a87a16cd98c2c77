"""Plots of values over time, drawn by pyqtgraph; to be imported only when one is seen."""
