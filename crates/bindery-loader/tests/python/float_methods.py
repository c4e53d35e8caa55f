result = [(1.0).is_integer(), (1.5).is_integer(), float('inf').is_integer(), (2.0).real, (2.0).imag]
