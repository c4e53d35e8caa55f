text = 'the cat the dog a cat'
counts = {}
for word in text.split():
    counts[word] = counts.get(word, 0) + 1
result = sorted(counts.items(), key=lambda kv: (-kv[1], kv[0]))
