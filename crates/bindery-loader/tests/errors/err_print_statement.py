jobs = []
print "hello"
