raise ValueError('plain') from None
