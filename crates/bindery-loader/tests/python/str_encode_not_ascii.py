'aé'.encode('ascii')
