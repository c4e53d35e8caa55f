def search(items, x):
    low, high = 0, len(items)
    while low < high:
        mid = (low + high) // 2
        if items[mid] < x:
            low = mid + 1
        else:
            high = mid
    return low
result = [search([1, 3, 5, 7], x) for x in (0, 1, 4, 7, 8)]
