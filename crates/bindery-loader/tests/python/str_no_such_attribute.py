'abc'.nothing
