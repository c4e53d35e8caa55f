command = "curl -d '{\"id\": 1}' {url}"
x = command.format(url="http://example.org")
