result = [(255).bit_length(), (0).bit_length(), (10).bit_count(), (-2 ** 70).bit_count(), (5).conjugate(), (7).numerator, (7).denominator, (3).real, (3).imag]
