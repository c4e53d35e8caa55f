result = ['aéb'.encode('ascii', 'ignore').decode(), 'aéb'.encode('ascii', 'replace').decode()]
