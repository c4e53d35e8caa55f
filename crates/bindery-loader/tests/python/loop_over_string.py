result = [c for c in 'añ😀']
