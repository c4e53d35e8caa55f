result = undefined_name
