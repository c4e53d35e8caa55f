[].push
