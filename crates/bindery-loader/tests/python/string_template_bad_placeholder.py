import string
string.Template('cost: $5').substitute()
