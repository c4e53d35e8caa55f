dict('ab')
