x = open("/etc/passwd").read()
