x = "port " + 80
