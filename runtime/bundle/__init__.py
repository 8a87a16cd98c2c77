"""A run in one file: its flow, its recording and a trace, to be opened on another machine."""
