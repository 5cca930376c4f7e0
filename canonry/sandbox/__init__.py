"""One SQL query in a process that can do nothing else: read one open file, use bounded memory and time, write one answer.

Nothing here imports the rest of canonry, so that the process that queries are forked from stays small and holds nothing worth reading.

- `canonry.sandbox.parent`: what a server calls; it starts the template process and hands queries over.
- `canonry.sandbox.template`: the template process; it forks one child per query, kills it at its deadline, and runs no SQL itself.
- `canonry.sandbox.child`: the child; it opens the file, shuts itself in, runs the query, writes the answer and ends.
- `canonry.sandbox.kernel`: the walls that the kernel offers.
"""
