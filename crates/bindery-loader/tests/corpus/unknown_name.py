result = undefined_thing + 1
