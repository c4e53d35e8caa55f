ord()
