'a'.partition('')
