result = [repr({"it's": 'x'}), repr(['"', "'"]), repr(('a\nb',)), str(['é', '\t'])]
