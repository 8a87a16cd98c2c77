"""What stands around every call to the outside: time limit, retry, breaker, rate, bulkhead."""
