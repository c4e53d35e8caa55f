[] + None
