f'{missing_value}'
