deps = {'app': ['db', 'cache'], 'db': ['disk'], 'cache': [], 'disk': []}
order, seen = [], set()
def visit(n):
    if n in seen:
        return
    seen.add(n)
    for d in deps[n]:
        visit(d)
    order.append(n)
for name in deps:
    visit(name)
result = order
