a = 1
result = f'''first {a}
second {
    a + 1
}'''
